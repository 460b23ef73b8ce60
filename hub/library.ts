/** @huggingface/transformers, set up so that it fetches nothing by itself: models from our store, WebAssembly from this site. */
import { env } from '@huggingface/transformers';
import type { Device } from '../contract/backend.ts';
import type { HubAddress } from '../files/hub/address.ts';
import type { HubFiles } from './hub-files.ts';

/** Where the runtime's files lie on this site. */
export interface RuntimeFiles {
  wasm: string;
  /** The glue, when it is not the one in the bundle. */
  mjs?: string;
}

/** The response to a request of the library; it reads bodies with `arrayBuffer` alone. */
function responseOf(bytes: Uint8Array<ArrayBuffer>): Response {
  const response = new Response(null, { status: 200 });
  // A real body would be a second copy of a graph's weights.
  return Object.defineProperty(response, 'arrayBuffer', { value: async () => bytes.buffer });
}

/** From now on the library reads the files of this model. A file that the hub does not list is a 404 without a request. */
export function serveModel(address: HubAddress, files: HubFiles, signal: AbortSignal): void {
  env.allowLocalModels = false;
  env.allowRemoteModels = true;
  env.remoteHost = `${address.endpoint}/`;
  env.remotePathTemplate = '{model}/resolve/{revision}/';
  // Our store is the cache.
  env.useBrowserCache = false;
  env.useFSCache = false;
  env.useCustomCache = false;
  env.useFS = false;
  // Its own cache would import the glue from a blob: URL, which the page's policy forbids.
  env.useWasmCache = false;
  const base = `${address.endpoint}/${address.repo}/resolve/`;
  const paths = new Set(files.paths);
  env.fetch = async (input: RequestInfo | URL) => {
    const { href } = new URL(input instanceof Request ? input.url : input);
    // Some questions of the library leave the revision out; there is one here, whatever it says.
    const [, ...rest] = href.startsWith(base) ? href.slice(base.length).split('/') : [];
    const path = rest.map(decodeURIComponent).join('/');
    return paths.has(path) ? responseOf(await files.read(path, signal)) : new Response(null, { status: 404 });
  };
}

/** Runtime files and threads. They count until the first session is created; later calls change nothing. */
export function setRuntime(files: RuntimeFiles, threads: number): void {
  const { wasm } = env.backends.onnx;
  if (wasm === undefined) return;
  wasm.wasmPaths = files as { wasm: string; mjs: string };
  wasm.numThreads = threads;
}

/** WebGPU needs the build whose glue is in the bundle; the CPU build is smaller and knows more operators. */
export async function runtimeFor(
  device: Device,
  files: { cpu: () => Promise<RuntimeFiles>; gpu: () => Promise<RuntimeFiles> },
): Promise<RuntimeFiles> {
  return device === 'webgpu' ? files.gpu() : files.cpu();
}
