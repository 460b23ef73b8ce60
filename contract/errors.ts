/** The short list of things that can go wrong, in a form that survives a thread boundary. */
import type { Reason } from './reasons.ts';

export const ERROR_CODES = [
  'webgpu-missing', // the device asked for has no usable WebGPU adapter
  'out-of-memory', // the model or the image does not fit
  'download-failed', // network or HTTP failure while fetching a model
  'download-unconfirmed', // more would have to be fetched than the person has agreed to
  'chunk-corrupt', // fetched or stored bytes do not have the promised SHA-256
  'quota', // the browser will not store this many bytes
  'storage-blocked', // IndexedDB cannot be used at all
  'manifest-invalid', // the model folder breaks the format
  'model-unsupported', // a checkpoint or model this version cannot run
  'self-test-failed', // the device computes wrong answers with this model
  'image-unsupported', // not an image, or a kind this browser cannot decode
  'image-broken', // an image, but truncated or damaged
  'image-too-large', // more pixels than are decoded here
  'request-invalid', // an empty question, an unknown role, a bad option
  'context-full', // the conversation does not fit the model's context
  'cancelled', // the person or the caller stopped it
  'worker-lost', // the worker died or stopped answering
  'server-unreachable', // a server one chose does not answer, or may not be asked from this page
  'server-refused', // it answered with an error; evidence has the HTTP status
  'backend-failed', // anything else the runtime reported
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * Evidence: plain data that helps a person or a bug report (sizes, status codes, file names; never content). With
 * `reason` it names a sentence, whose places the other fields fill.
 */
export type Evidence = Record<
  string,
  string | number | boolean | null | readonly string[] | readonly Reason[] | WireError
>;

/** A text of the evidence; empty when there is none of that name. */
export function evidenceText(evidence: Evidence, name: string): string {
  const value = evidence[name];
  return typeof value === 'string' ? value : '';
}

/** The only error class that crosses module borders. Recognise it by `code`, never by `instanceof`. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly evidence: Evidence;

  constructor(code: ErrorCode, message: string, evidence: Evidence = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = code;
    this.code = code;
    this.evidence = evidence;
  }
}

/** An AppError as structured-clonable data: class and extra fields do not survive Comlink, this does. */
export interface WireError {
  code: ErrorCode;
  message: string;
  evidence: Evidence;
}

/** What a worker method resolves to; it never rejects with a value whose class would be lost. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: WireError };

function isErrorCode(value: unknown): value is ErrorCode {
  return (ERROR_CODES as readonly unknown[]).includes(value);
}

/** Any thrown value as an AppError: an AbortError becomes `cancelled`, an unknown one `backend-failed`. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (typeof thrown === 'object' && thrown !== null) {
    const { code, name, message, evidence } = thrown as Partial<AppError>;
    if (isErrorCode(code)) return new AppError(code, message ?? code, evidence ?? {}, thrown);
    if (name === 'AbortError') return new AppError('cancelled', 'Stopped.', {}, thrown);
    if (name === 'QuotaExceededError') return new AppError('quota', message ?? 'Quota exceeded.', {}, thrown);
    if (typeof message === 'string') return new AppError('backend-failed', message, {}, thrown);
  }
  return new AppError('backend-failed', String(thrown), {}, thrown);
}

/** The wire form of any thrown value. */
export function toWire(thrown: unknown): WireError {
  const { code, message, evidence } = asAppError(thrown);
  return { code, message, evidence };
}

/** The AppError that `toWire` described on the other side. */
export function fromWire({ code, message, evidence }: WireError): AppError {
  return new AppError(code, message, evidence);
}

/** Runs `task` and turns its outcome into a Result. */
export async function settle<T>(task: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await task() };
  } catch (thrown) {
    return { ok: false, error: toWire(thrown) };
  }
}

/** The value of a Result, or its error thrown as an AppError. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw fromWire(result.error);
}
