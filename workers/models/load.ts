/** A load request → an engine on the best device that proves itself, with the reasons for that choice. */
import type { LoadProgress, ModelInfo } from '../../contract/backend.ts';
import { AppError, asAppError, type ErrorCode, toWire } from '../../contract/errors.ts';
import type { FileBytes, ModelFiles, ModelManifest, Preprocessor, Variant } from '../../contract/manifest.ts';
import type { LoadRequest } from '../../contract/protocol.ts';
import type { Reason } from '../../contract/reasons.ts';
import { isInsecure, noWebGpu } from '../../contract/secure-context.ts';
import { decodeImage } from '../../runtime/decode-image.ts';
import type { GpuFacts } from '../../runtime/fallback-order.ts';
import { Engine } from '../../engine/engine.ts';
import type { Runtime } from '../../engine/runtime.ts';
import { createWasmRuntime, createWebGpuRuntime } from '../../runtime/ort.ts';
import { openAffordable } from './affordable.ts';
import type { StoredModel } from '../../store/store.ts';
import { recallFailure, recallPass, rememberFailure, rememberPass, resultKey } from './self-test-results.ts';
import { factsOf, pathsOf, requestAdapter } from '../../runtime/variant-choice.ts';

export interface LoadedModel {
  engine: Engine;
  info: ModelInfo;
}

/** Failures that another device would not change; all others let the next candidate try. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'cancelled',
  'download-failed',
  'download-unconfirmed',
  'chunk-corrupt',
  'manifest-invalid',
  'quota',
  'storage-blocked',
  'request-invalid',
]);

interface Gpu {
  facts: GpuFacts;
  /** What identifies adapter and browser, for what is remembered of them. */
  name: string;
}

/** Null when there is none. Where the CPU will be used, its runtime begins to start while the manifest arrives. */
async function lookForGpu({ device, variant }: LoadRequest): Promise<Gpu | null> {
  const adapter = device === 'wasm' ? null : await requestAdapter();
  if (variant === undefined && device !== 'webgpu' && (!adapter || factsOf(adapter).fallback)) {
    createWasmRuntime().catch(() => {
      // It is started again where it is needed, and then its failure counts.
    });
  }
  return adapter && { facts: factsOf(adapter), name: adapterName(adapter) };
}

function adapterName({ info }: GPUAdapter): string {
  const { vendor, architecture, device, description } = info;
  return [vendor, architecture, device, description, navigator.userAgent].join(' ');
}

async function createRuntime(variant: Variant): Promise<Runtime> {
  if (variant.device === 'wasm') return createWasmRuntime();
  // Each adapter gives one device, so every candidate asks for its own.
  const adapter = await requestAdapter();
  if (!adapter) throw noWebGpu();
  return createWebGpuRuntime(adapter);
}

/** One candidate: fetch what it needs, create its runtime and sessions, prove it. */
async function loadVariant(
  model: StoredModel,
  variant: Variant,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<Engine> {
  let last: LoadProgress = { step: 'download', loaded_bytes: 0, total_bytes: variant.bytes, network_bytes: 0 };
  const report = (progress: LoadProgress) => {
    last = progress;
    onProgress(progress);
  };
  const { manifest } = model;
  const paths = pathsOf(manifest, variant);
  // The runtime is compiled while the weights arrive: one waits for the CPU, the other for network or disk.
  const starting = createRuntime(variant);
  const opened = new Map<string, FileBytes>();
  const failed = new AbortController();
  try {
    const either = AbortSignal.any([signal, failed.signal]);
    const fetching = model.fetchFiles(paths, { signal: either, onProgress: report }).then(async () => {
      for (const path of model.open ? variant.weights : []) opened.set(path, await model.open!(path, either));
    });
    await Promise.all([starting, fetching]);
  } catch (thrown) {
    failed.abort();
    void starting.then(release, () => {
      // The failed start is what was thrown, or less telling than what was.
    });
    throw thrown;
  }
  const runtime = await starting;
  try {
    const proof = variant.device === 'wasm' ? await proofKey(manifest, variant, runtime.threads) : null;
    const proven = proof === null ? null : await recallPass(proof);
    const engine = await Engine.load({
      files: withOpened(model, opened),
      proven,
      variant,
      runtime,
      decode: decodeImage,
      signal,
      onStep: (step) => report({ ...last, step, loaded_bytes: last.total_bytes }),
    });
    if (proof !== null && proven === null) await rememberPass(proof, engine.parts.selfTestError);
    return engine;
  } catch (thrown) {
    await release(runtime);
    throw thrown;
  }
}

/** The model's files, of which each in `opened` is handed out once. */
function withOpened(model: StoredModel, opened: Map<string, FileBytes>): ModelFiles {
  return {
    manifest: model.manifest,
    read: (path, signal) => model.read(path, signal),
    open: async (path, signal, sparing) => {
      const bytes = opened.get(path) ?? (await (model.open ?? model.read).call(model, path, signal, sparing));
      opened.delete(path);
      return bytes;
    },
  };
}

/** Under which a passed test on the CPU is remembered; null for code whose address does not name its contents. */
async function proofKey(manifest: ModelManifest, variant: Variant, threads: number): Promise<string | null> {
  const code = import.meta.url;
  if (!/-(?=[\w-]*[A-Z\d])[\w-]{8}\.js$/.test(code)) return null;
  return resultKey(manifest, variant, `${navigator.userAgent} ${threads} ${code}`);
}

async function release(runtime: Runtime): Promise<void> {
  await runtime.dispose().catch(() => {
    // The error that led here is the one that tells something.
  });
}

/** Throws the errors of the store and, when no candidate works, that of the last one with all reasons in its evidence. */
export async function loadModel(
  request: LoadRequest,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<LoadedModel> {
  onProgress({ step: 'manifest', loaded_bytes: 0, total_bytes: 0, network_bytes: 0 });
  const looking = lookForGpu(request);
  const { model, candidates, reasons } = await openAffordable(
    request,
    looking.then((found) => found?.facts ?? null),
    signal,
  );
  const gpu = await looking;
  const { manifest } = model;
  const wanted = request.device !== undefined || request.variant !== undefined;
  let failure: AppError | null = null;
  for (const [index, variant] of candidates.entries()) {
    signal.throwIfAborted();
    const device = variant.device === 'webgpu' && gpu ? await resultKey(manifest, variant, gpu.name) : null;
    const before = device && !wanted && index + 1 < candidates.length ? await recallFailure(device) : null;
    if (before !== null) {
      reasons.push({ reason: 'skipped', values: { variant: variant.id, failure: before } });
      continue;
    }
    try {
      const engine = await loadVariant(model, variant, onProgress, signal);
      reasons.push(runsReason(variant, engine.parts.runtime.threads));
      if (model.notStoredReason !== null) reasons.push(model.notStoredReason);
      return { engine, info: infoOf(engine, model, reasons) };
    } catch (thrown) {
      failure = asAppError(thrown);
      if (signal.aborted || FINAL.has(failure.code)) throw failure;
      reasons.push({ reason: 'fails', values: { variant: variant.id, failure: toWire(failure) } });
      if (device && failure.code === 'self-test-failed') await rememberFailure(device, toWire(failure));
    }
  }
  const { code, message, evidence } = failure!;
  throw new AppError(code, message, { ...evidence, reasons }, failure);
}

function runsReason({ id: variant, device }: Variant, threads: number): Reason {
  if (device !== 'wasm') return { reason: 'runs', values: { variant } };
  if (threads > 1) return { reason: 'threads', values: { variant, threads } };
  if (isInsecure()) return { reason: 'insecureThread', values: { variant } };
  return { reason: self.crossOriginIsolated ? 'oneThread' : 'notIsolated', values: { variant } };
}

/** Adapters that were built for this variant; nothing where there are none. */
function adaptersOf({ adapters = [] }: ModelManifest, variant: Variant): Pick<ModelInfo, 'adapters'> {
  const usable = adapters.filter(({ variants }) => variants.some((item) => item.variant === variant.id));
  const named = usable.map(({ id, name, description }) => ({ id, name, description }));
  return named.length > 0 ? { adapters: named } : {};
}

function inputOf({ image_size, pad_color, crop }: Preprocessor): NonNullable<ModelInfo['input']> {
  return { size: image_size, pad_color, ...(crop ? { crop } : {}) };
}

function infoOf(engine: Engine, model: StoredModel, reasons: Reason[]): ModelInfo {
  const { manifest, variant, runtime, selfTestError } = engine.parts;
  return {
    id: manifest.id,
    name: manifest.name,
    variant: variant.id,
    device: variant.device,
    reasons,
    threads: runtime.threads,
    max_length: manifest.limits.max_length,
    ...(manifest.limits.max_images === undefined ? {} : { max_images: manifest.limits.max_images }),
    input: inputOf(manifest.processor),
    bytes: variant.bytes,
    ...adaptersOf(manifest, variant),
    self_test_error: selfTestError,
    stored: model.stored,
    capabilities: { prepare: true, measure: true, keeps_weights: true },
  };
}
