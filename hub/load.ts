/** The address of a hub model → the model, on the best device and precision that prove themselves, with the reasons. */
import type { LoadProgress, ModelInfo } from '../contract/backend.ts';
import { AppError, asAppError, type ErrorCode, toWire } from '../contract/errors.ts';
import type { LoadRequest } from '../contract/protocol.ts';
import type { Reason } from '../contract/reasons.ts';
import { decodeImage } from '../runtime/decode-image.ts';
import { ContentNames } from '../engine/content-hash.ts';
import { toSampling } from '../engine/sampler.ts';
import { cpuFiles, gpuFiles, usableThreads } from '../runtime/ort.ts';
import { type HubAddress, parseHubAddress } from '../files/hub/address.ts';
import { openAffordableHub, pathsOf } from './affordable.ts';
import { generate, type ReadyModel } from './answer.ts';
import { VisionCache } from './features.ts';
import type { HubFiles } from './hub-files.ts';
import { type HubModel, type OpenModel, openHubModel } from './hub-model.ts';
import { modelInputs, toRawImage } from './inputs.ts';
import { runtimeFor, serveModel, setRuntime } from './library.ts';
import { buildPrompt } from './messages.ts';
import { pickers } from './picker.ts';
import type { Gpu, Candidate } from './precision.ts';

export interface LoadedHubModel {
  ready: ReadyModel;
  info: ModelInfo;
}

type Report = (progress: LoadProgress) => void;

/** Failures that another precision or device would not change; all others let the next candidate try. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'cancelled',
  'download-failed',
  'download-unconfirmed',
  'chunk-corrupt',
  'manifest-invalid',
  'request-invalid',
  'model-unsupported',
]);

async function gpuFacts(): Promise<Gpu | null> {
  try {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return null;
    return { half: adapter.features.has('shader-f16'), fallback: adapter.info.isFallbackAdapter === true };
  } catch {
    return null; // a browser that blocks WebGPU may throw instead of answering null
  }
}

/** An image that any model can look at. */
function greyImage() {
  return { data: new Uint8Array(64 * 64 * 4).fill(128), width: 64, height: 64 };
}

/**
 * One token about a grey image. The library says nothing about numbers that are none: half precision that overflows, or a
 * driver that computes wrong, would answer gibberish. The sampler refuses such logits. Throws `self-test-failed`.
 */
async function prove(loaded: HubModel, device: Candidate['device'], signal: AbortSignal): Promise<void> {
  const text = { type: 'text' as const, text: 'What is this?' };
  const image = { type: 'image' as const, image: new Blob() };
  // On the CPU numbers are what they are, and a look at an image can take many seconds.
  const content = device === 'webgpu' ? [image, text] : [text];
  const prompt = buildPrompt([{ role: 'user', content }], loaded.template);
  const images = prompt.images.map(() => toRawImage(greyImage()));
  const { processorClass, template } = loaded;
  const options = { processorClass, imageToken: template.imageToken, tiles: false };
  const inputs = await modelInputs(loaded, prompt.text, images, options);
  try {
    await generate(loaded.model, {
      ...inputs,
      max_new_tokens: 1,
      do_sample: false,
      repetition_penalty: 1,
      logits_processor: pickers(toSampling({}, {})),
      step: async () => signal.throwIfAborted(),
    });
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const { message } = asAppError(thrown);
    throw new AppError('self-test-failed', `It computes no usable answer here: ${message}`, {}, thrown);
  }
}

async function openCandidate(
  address: HubAddress,
  files: HubFiles,
  candidate: Candidate,
  report: Report,
  signal: AbortSignal,
): Promise<HubModel> {
  const paths = pathsOf(files, candidate);
  let last: LoadProgress = { step: 'download', loaded_bytes: 0, total_bytes: files.bytesOf(paths), network_bytes: 0 };
  const onProgress = (progress: LoadProgress): void => {
    last = progress;
    report(progress);
  };
  await files.fetchFiles(paths, { signal, onProgress });
  report({ ...last, step: 'prepare', loaded_bytes: last.total_bytes });
  const loaded = await openHubModel(address, files, candidate, signal);
  try {
    signal.throwIfAborted();
    report({ ...last, step: 'self-test', loaded_bytes: last.total_bytes });
    await prove(loaded, candidate.device, signal);
    return loaded;
  } catch (thrown) {
    await loaded.model.dispose().catch(() => {
      // The error that led here is the one that tells something.
    });
    throw thrown;
  }
}

function infoOf(
  address: HubAddress,
  files: HubFiles,
  candidate: Candidate,
  loaded: HubModel,
  reasons: Reason[],
): ModelInfo {
  return {
    id: address.repo,
    name: address.repo.split('/')[1] ?? address.repo,
    variant: candidate.id,
    device: candidate.device,
    reasons,
    threads: candidate.device === 'wasm' ? usableThreads() : 1,
    max_length: loaded.maxLength,
    bytes: files.bytesOf(pathsOf(files, candidate)),
    self_test_error: null,
    stored: files.notStoredReason === null,
    capabilities: { prepare: false, measure: false, keeps_weights: true },
  };
}

/** Throws the errors of the store and, when no candidate works, that of the last one with all reasons in its evidence. */
export async function loadHubModel(request: LoadRequest, report: Report, signal: AbortSignal): Promise<LoadedHubModel> {
  report({ step: 'manifest', loaded_bytes: 0, total_bytes: 0, network_bytes: 0 });
  const address = parseHubAddress(request.modelUrl);
  const { files, candidates, reasons } = await openAffordableHub(address, request, gpuFacts(), { signal });
  // A worker has one runtime for its whole life: the WebGPU build when WebGPU may be used, which falls back within itself.
  const first = candidates[0]?.device ?? 'wasm';
  setRuntime(await runtimeFor(first, { cpu: cpuFiles, gpu: gpuFiles }), first === 'wasm' ? usableThreads() : 1);
  serveModel(address, files, signal);
  let failure: AppError | null = null;
  for (const candidate of candidates) {
    signal.throwIfAborted();
    try {
      const loaded = await openCandidate(address, files, candidate, report, signal);
      reasons.push({ reason: 'runs', values: { variant: candidate.id } });
      const { notStoredReason } = files;
      if (notStoredReason !== null) reasons.push(notStoredReason);
      const vision = new VisionCache(loaded.model as unknown as OpenModel);
      const tiles = candidate.device === 'webgpu';
      if (!tiles) reasons.push({ reason: 'noTiles', values: {} });
      return {
        ready: { loaded, vision, decode: decodeImage, names: new ContentNames(), tiles },
        info: infoOf(address, files, candidate, loaded, reasons),
      };
    } catch (thrown) {
      failure = asAppError(thrown);
      if (signal.aborted || FINAL.has(failure.code)) throw failure;
      reasons.push({ reason: 'fails', values: { variant: candidate.id, failure: toWire(failure) } });
    }
  }
  const { code, message, evidence } = failure as AppError;
  throw new AppError(code, message, { ...evidence, reasons }, failure);
}
