/** onnxruntime-web's files → runtimes for the engine; the only place that imports onnxruntime-web. */
import { AppError } from '../contract/errors.ts';
import { Queue } from '../engine/queue.ts';
import type { Runtime } from '../engine/runtime.ts';
import { requestGpuDevice } from './gpu-device.ts';
import { letEventsRun } from './events.ts';
import { ORT_GLUE } from './node-files.ts';
import { type OrtModule, ortError } from './ort-heap.ts';
import { WasmRuntime } from './ort-wasm.ts';
import { type OrtApi, WebGpuRuntime } from './ort-webgpu.ts';

/** Every create, run and release of this thread, whatever the bundle: concurrent ones hang or crash it. */
const queue = new Queue();

const LOG_WARNING = 2;
const MOST_THREADS = 4;

interface Environment {
  process?: { versions?: { node?: string } };
  crossOriginIsolated?: boolean;
  navigator?: { hardwareConcurrency?: number };
  WorkerGlobalScope?: unknown;
  location?: { origin: string; protocol: string };
}
const environment = globalThis as Environment;
const inNode = environment.process?.versions?.node !== undefined && environment.WorkerGlobalScope === undefined;

/**
 * A worker that began as a blob: has the policy of its page. On the locked page that means no request and no further
 * worker, so the files have to be stored already and there is one thread.
 */
const inherits = environment.location?.protocol === 'blob:';

/** The bytes of a WebAssembly file where it can't be fetched; otherwise nothing, and the runtime fetches it. */
async function storedWasm(url: string): Promise<{ wasmBinary?: ArrayBuffer }> {
  const kept = inherits ? await globalThis.caches?.match(url) : undefined;
  return kept ? { wasmBinary: await kept.arrayBuffer() } : {};
}

/**
 * Threads that a CPU session may use here: more than one needs a cross-origin isolated page, and this file on the
 * page's own origin, because each thread starts from it.
 */
export function usableThreads(): number {
  if (inNode || inherits || environment.crossOriginIsolated !== true) return 1;
  if (new URL(import.meta.url).origin !== environment.location?.origin) return 1;
  const cores = environment.navigator?.hardwareConcurrency ?? 1;
  return Math.max(1, Math.min(MOST_THREADS, Math.ceil(cores / 2)));
}

type Factory = (config: object) => Promise<OrtModule>;

/** Where this site has the two files of the CPU build. The glue is a file of its own: each thread loads it as a worker. */
export async function cpuFiles(): Promise<{ mjs: string; wasm: string }> {
  const [{ default: mjs }, { default: wasm }] = await Promise.all([
    import('onnxruntime-web/ort-wasm-simd-threaded.mjs?url'),
    import('onnxruntime-web/ort-wasm-simd-threaded.wasm?url'),
  ]);
  return { mjs: new URL(mjs, import.meta.url).href, wasm: new URL(wasm, import.meta.url).href };
}

/** Where this site has the WebAssembly of the WebGPU build, whose glue is part of the bundle. */
export async function gpuFiles(): Promise<{ wasm: string }> {
  const { default: wasm } = await import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url');
  return { wasm: new URL(wasm, import.meta.url).href };
}

async function importFactory(): Promise<{ factory: Factory; wasmUrl: string | null }> {
  if (inNode) {
    const { default: factory } = (await import(/* @vite-ignore */ ORT_GLUE)) as { default: Factory };
    return { factory, wasmUrl: null };
  }
  const { mjs, wasm } = await cpuFiles();
  const { default: factory } = (await import(/* @vite-ignore */ mjs)) as { default: Factory };
  return { factory, wasmUrl: wasm };
}

async function startModule(threads: number): Promise<OrtModule> {
  try {
    const { factory, wasmUrl } = await importFactory();
    const module = await factory({
      numThreads: threads,
      ...(wasmUrl === null ? {} : { locateFile: () => wasmUrl, ...(await storedWasm(wasmUrl)) }),
    });
    if (module._OrtInit(threads, LOG_WARNING) !== 0) throw new Error('OrtInit failed');
    return module;
  } catch (cause) {
    throw ortError(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Started modules by thread count: memory of a module is never given back, so it is used again. */
const modules = new Map<number, Promise<OrtModule>>();

/** A runtime on the CPU. Throws `backend-failed` or `out-of-memory`. */
export async function createWasmRuntime({ threads = usableThreads() } = {}): Promise<Runtime> {
  let starting = modules.get(threads);
  if (!starting) {
    starting = startModule(threads);
    modules.set(threads, starting);
    // A failed start may succeed next time.
    starting.catch(() => modules.delete(threads));
  }
  return new WasmRuntime(await starting, queue, threads, letEventsRun, () => modules.delete(threads));
}

/** A runtime on a GPU. Throws `webgpu-missing` or `backend-failed`. */
export async function createWebGpuRuntime(adapter: GPUAdapter): Promise<Runtime> {
  if (inNode) throw new AppError('webgpu-missing', 'There is no WebGPU here.');
  const device = await requestGpuDevice(adapter);
  try {
    const [ort, files] = await Promise.all([import('onnxruntime-web/webgpu'), gpuFiles()]);
    ort.env.wasm.wasmPaths = files;
    ort.env.wasm.numThreads = 1;
    Object.assign(ort.env.wasm, await storedWasm(files.wasm));
    return new WebGpuRuntime(ort as unknown as OrtApi, device, queue, letEventsRun);
  } catch (cause) {
    device.destroy();
    throw ortError(cause instanceof Error ? cause.message : String(cause), cause);
  }
}
