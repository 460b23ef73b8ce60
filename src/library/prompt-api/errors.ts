/** Failures of the assistant → the exceptions that callers of the Prompt API know. */
import { type AppError, asAppError, type ErrorCode } from '../../../contract/errors.ts';

const NAMES: Partial<Record<ErrorCode, string>> = {
  cancelled: 'AbortError',
  'image-unsupported': 'InvalidStateError',
  'image-broken': 'InvalidStateError',
  'image-too-large': 'NotSupportedError',
  'request-invalid': 'NotSupportedError',
  'model-unsupported': 'NotSupportedError',
  'self-test-failed': 'NotSupportedError',
  'webgpu-missing': 'NotSupportedError',
  'manifest-invalid': 'NotSupportedError',
  'download-failed': 'NetworkError',
  'download-unconfirmed': 'NetworkError',
  'chunk-corrupt': 'NetworkError',
};

export const notSupported = (message: string): DOMException => new DOMException(message, 'NotSupportedError');

/** Of the browser's own class where it has one, else a DOMException of that name with the same two numbers. */
export function quotaExceeded(message: string, requested: number, quota: number): Error {
  const { QuotaExceededError } = globalThis as {
    QuotaExceededError?: new (message: string, numbers: { requested: number; quota: number }) => Error;
  };
  if (QuotaExceededError) return new QuotaExceededError(message, { requested, quota });
  return Object.assign(new DOMException(message, 'QuotaExceededError'), { requested, quota });
}

/** @param otherwise name where the specification leaves the reason open */
export function asException(thrown: unknown, otherwise: 'OperationError' | 'UnknownError'): Error {
  if (thrown instanceof DOMException || thrown instanceof TypeError || thrown instanceof RangeError) return thrown;
  const error: AppError = asAppError(thrown);
  if (error.code === 'context-full') {
    const { prompt_tokens, max_prompt_tokens } = error.evidence;
    return quotaExceeded(error.message, Number(prompt_tokens ?? 0), Number(max_prompt_tokens ?? 0));
  }
  return new DOMException(`${error.message} (${error.code})`, NAMES[error.code] ?? otherwise);
}
