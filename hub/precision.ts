/** The files of a hub model + what this device offers → which precisions to try in which order, and why. */
import type { Device } from '../contract/backend.ts';
import { AppError } from '../contract/errors.ts';
import { errorFor, type Reason, reasonText } from '../contract/reasons.ts';
import { isInsecure, noWebGpu } from '../contract/secure-context.ts';

/** The library's names for precisions and what it appends to a file's name for each. */
const SUFFIXES: Readonly<Record<string, string>> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
};

/** Names of the graphs that models of the kind image-text-to-text consist of; each has some of them. */
const SESSIONS = ['vision_encoder', 'audio_encoder', 'embed_tokens', 'encoder_model', 'decoder_model_merged'];

/**
 * Best first. 8 bits are left out on WebGPU, where decoders answer gibberish; half precision comes last on WebAssembly,
 * which has to widen every number; 4 bits are slower there than 8.
 */
const PREFERENCES: readonly { device: Device; dtypes: readonly string[] }[] = [
  { device: 'webgpu', dtypes: ['q4f16', 'fp16', 'q4', 'fp32'] },
  { device: 'webgpu', dtypes: ['q4', 'fp32'] },
  { device: 'wasm', dtypes: ['q8', 'int8', 'uint8', 'q4', 'bnb4', 'fp32', 'q4f16', 'fp16'] },
];

const isHalf = (dtype: string): boolean => dtype.endsWith('f16') || dtype === 'fp16';

/** One thing to try. */
export interface Candidate {
  id: string;
  device: Device;
  /** Graph → the library's `dtype`. */
  dtype: Record<string, string>;
  /** Graph file → how many files of weights lie beside it. */
  dataFiles: Record<string, number>;
  /** Graphs and weights. */
  paths: string[];
}

export interface Gpu {
  half: boolean;
  /** A software adapter: right, but far slower than WebAssembly. */
  fallback: boolean;
}

export interface Wish {
  device?: Device | undefined;
  /** Id of a candidate, or one of the library's dtypes for all graphs. */
  variant?: string | undefined;
}

function graphPaths(path: string, paths: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (let i = 0; paths.has(`${path}_data${i === 0 ? '' : `_${i}`}`); i++)
    found.push(`${path}_data${i === 0 ? '' : `_${i}`}`);
  return found;
}

function candidateOf(
  paths: ReadonlySet<string>,
  { device, dtypes }: (typeof PREFERENCES)[number],
  only: string | undefined,
): Candidate | null {
  const candidate: Candidate = { id: '', device, dtype: {}, dataFiles: {}, paths: [] };
  for (const session of SESSIONS) {
    const file = (dtype: string): string => `onnx/${session}${SUFFIXES[dtype] ?? ''}.onnx`;
    const offered = Object.keys(SUFFIXES).filter((dtype) => paths.has(file(dtype)));
    if (offered.length === 0) continue; // models of this kind have no such graph
    const usable = only === undefined ? dtypes : dtypes.filter((dtype) => dtype === only);
    const dtype = usable.find((candidate) => offered.includes(candidate));
    if (dtype === undefined) return null;
    const data = graphPaths(file(dtype), paths);
    candidate.dtype[session] = dtype;
    candidate.paths.push(file(dtype), ...data);
    if (data.length > 0) candidate.dataFiles[file(dtype).slice('onnx/'.length)] = data.length;
  }
  const main = candidate.dtype['decoder_model_merged'];
  if (main === undefined) return null;
  const mixed = !isHalf(main) && Object.values(candidate.dtype).some(isHalf);
  candidate.id = `${device}-${main}${mixed ? '-f16' : ''}`;
  return candidate;
}

/**
 * Half precision on WebGPU, single precision there, WebAssembly: whatever of these the model has files for.
 * Throws `webgpu-missing`, `request-invalid` (an unknown variant) and `model-unsupported` (no usable graphs).
 */
export function planCandidates(
  listed: readonly string[],
  wish: Wish,
  gpu: Gpu | null,
): { candidates: Candidate[]; reasons: Reason[] } {
  const paths = new Set(listed);
  const reasons = new Map<string, Reason>();
  const { device, variant } = wish;
  if (device === 'webgpu' && gpu === null) throw noWebGpu();
  const only = variant !== undefined && variant in SUFFIXES ? variant : undefined;
  const all = PREFERENCES.flatMap((preference) => candidateOf(paths, preference, only) ?? []);
  const known = all.filter((candidate, i) => all.findIndex(({ id }) => id === candidate.id) === i);
  if (known.length === 0 && variant === undefined)
    throw new AppError('model-unsupported', 'This model has no ONNX graphs of a kind that runs in a browser.', {
      files: listed.length,
    });
  const chosen = known.filter(({ id }) => variant === undefined || only !== undefined || id === variant);
  if (chosen.length === 0) {
    const names = known.map(({ id }) => id).join(', ');
    throw new AppError('request-invalid', `The model has no variant ${variant}. It has: ${names || 'none'}.`, {});
  }
  const forced = device !== undefined || variant !== undefined;
  const candidates = chosen.filter((candidate) => {
    if (device !== undefined && candidate.device !== device) return false;
    if (candidate.device === 'wasm') return true;
    const why = whyNot(candidate, gpu, forced);
    if (why !== null) reasons.set(reasonText(why), why); // one that holds for several is told once
    return why === null;
  });
  const why = [...reasons.values()];
  if (candidates.length === 0) throw errorFor('model-unsupported', { reason: 'noVariant', values: { why } });
  return { candidates, reasons: why };
}

function whyNot({ id, dtype }: Candidate, gpu: Gpu | null, forced: boolean): Reason | null {
  if (gpu === null) return { reason: isInsecure() ? 'insecureGpu' : 'noWebgpu', values: {} };
  if (gpu.fallback && !forced) return { reason: 'emulated', values: {} };
  const half = Object.values(dtype).some(isHalf);
  return half && !gpu.half ? { reason: 'lacks', values: { variant: id, features: ['shader-f16'] } } : null;
}
