/** Why a model runs where it does, or does not suit a device: reasons as data, and the one function that says them in English. */
import { AppError, type ErrorCode, type Evidence, type WireError } from './errors.ts';

/**
 * In English; `{name}` is a place for the value of that name. The page has these sentences in each of its languages
 * (`src/app/words`). A number whose name ends in `bytes` or `_gb` is a size and is written as one.
 */
export const REASONS = {
  variantAsked: 'The variant {variant} was asked for.',
  deviceAsked: '{device} was asked for.',
  insecureGpu: 'Browsers give WebGPU only to pages that come over https or from localhost.',
  noWebgpu: 'This browser offers no WebGPU here.',
  emulated: 'WebGPU is only emulated in software here, which is slower than WebAssembly.',
  subgroups: 'Subgroups of this GPU are too small or missing; they are not used.',
  lacks: '{variant} needs {features}, which this GPU lacks.',
  skipped: '{variant} is skipped, because it failed here before: {failure}',
  threads: '{variant} runs on {threads} threads.',
  oneThread: '{variant} runs on 1 thread.',
  notIsolated: '{variant} runs on 1 thread, because this page is not cross-origin isolated.',
  insecureThread:
    '{variant} runs on 1 thread, because this page came over plain http. Over https or on localhost it is faster.',
  runs: '{variant} runs.',
  fails: '{variant} does not work here: {failure}',
  newer: 'A newer version of this model ({bytes}) can be fetched under Models.',
  noTiles: 'Large pictures are not cut into tiles, which would take long on the CPU.',
  crashes: 'The GPU stopped {times} times, so the CPU is used for now.',
  browserModel: 'The browser computes the answers on this device with a model that it chose and keeps itself.',
  browserOptions: 'Options for sampling and length are its own.',
  serverModel: '{server} computes the answers: your pictures and questions are sent there.',
  serverOnly: 'Nothing is downloaded, and nothing is computed on this device.',
  wasmLimit: 'Without WebGPU a model can have {limit_bytes} at most; this one has {bytes}.',
  memory: 'This device has about {memory_gb} of memory; the model alone needs {bytes}.',
  room: 'The browser allows this site {room_bytes} more; the model needs {bytes}.',
  noMoreRoom: 'The browser has no more room for this site.',
  blocked: 'This browser does not let the page keep data. Leave private browsing or allow site data, then reload.',
  notWritten: 'The browser could not store the model: {failure}',
  noVariant: 'No variant of this model runs on this device. {why}',
} as const;

type Plain = Record<string, never>;

/** What each reason is about: names that are the same in every language, raw numbers, failures and other reasons. */
interface ReasonValues {
  variantAsked: { variant: string };
  /** `WebGPU` or `WebAssembly`. */
  deviceAsked: { device: string };
  insecureGpu: Plain;
  noWebgpu: Plain;
  emulated: Plain;
  subgroups: Plain;
  /** Features by the names that WebGPU gives them. */
  lacks: { variant: string; features: readonly string[] };
  skipped: { variant: string; failure: WireError };
  threads: { variant: string; threads: number };
  oneThread: { variant: string };
  notIsolated: { variant: string };
  insecureThread: { variant: string };
  runs: { variant: string };
  fails: { variant: string; failure: WireError };
  newer: { bytes: number };
  noTiles: Plain;
  crashes: { times: number };
  browserModel: Plain;
  browserOptions: Plain;
  /** Host name. */
  serverModel: { server: string };
  serverOnly: Plain;
  wasmLimit: { limit_bytes: number; bytes: number };
  /** As `navigator.deviceMemory` rounds it. */
  memory: { memory_gb: number; bytes: number };
  room: { room_bytes: number; bytes: number };
  noMoreRoom: Plain;
  blocked: Plain;
  notWritten: { failure: WireError };
  noVariant: { why: readonly Reason[] };
}

/** One reason, in a form that survives a thread boundary and a database. */
export type Reason = {
  [Name in keyof typeof REASONS]: { reason: Name; values: ReasonValues[Name] };
}[keyof typeof REASONS];

/** Bytes in English: whole megabytes, rounded up, or gigabytes with one digit. */
export function sizeText(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** A value of a reason in English. */
function valueText(name: string, value: unknown): string {
  if (typeof value === 'number') {
    if (name.endsWith('bytes')) return sizeText(value);
    return name.endsWith('_gb') ? `${value} GB` : String(value);
  }
  if (Array.isArray(value)) {
    const entries: unknown[] = value;
    const separator = entries.every((entry) => typeof entry === 'string') ? ', ' : ' ';
    return entries.map((entry) => (typeof entry === 'string' ? entry : reasonText(entry as Reason))).join(separator);
  }
  return typeof value === 'object' && value !== null ? (value as WireError).message : String(value);
}

/** The sentence in English. */
export function reasonText({ reason, values }: Reason): string {
  const entries: Readonly<Record<string, unknown>> = values;
  const fill = (place: string, name: string): string =>
    Object.hasOwn(entries, name) ? valueText(name, entries[name]) : place;
  return REASONS[reason].replace(/\{(\w+)\}/g, fill).trim();
}

/** An error that says a reason: in English in its message, as data in its evidence, beside what `evidence` adds. */
export function errorFor(code: ErrorCode, said: Reason, evidence: Evidence = {}, cause?: unknown): AppError {
  return new AppError(code, reasonText(said), { ...evidence, reason: said.reason, ...said.values }, cause);
}

/** The reason that `errorFor` put into an error; null for an error of another kind. */
export function reasonIn({ evidence: { reason, ...values } }: WireError): Reason | null {
  return typeof reason === 'string' && Object.hasOwn(REASONS, reason) ? ({ reason, values } as Reason) : null;
}
