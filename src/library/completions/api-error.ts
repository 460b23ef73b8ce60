/** An AppError → the error object and status that OpenAI clients know. */
import { AppError, asAppError, type ErrorCode } from '../../../contract/errors.ts';

export type ApiErrorType = 'invalid_request_error' | 'server_error' | 'cancelled';

/** The body of an error answer. */
export interface ApiErrorObject {
  message: string;
  type: ApiErrorType;
  /** The parameter at fault, where one is. */
  param: string | null;
  /** One of the codes of `contract/errors.ts`. */
  code: ErrorCode;
}

const BAD_REQUEST: ReadonlySet<ErrorCode> = new Set([
  'request-invalid',
  'context-full',
  'image-unsupported',
  'image-broken',
  'image-too-large',
]);
/** nginx's number for a client that went away; no standard status says it. */
const CLIENT_CLOSED = 499;
const UNAVAILABLE: ReadonlySet<ErrorCode> = new Set(['worker-lost', 'out-of-memory', 'quota', 'storage-blocked']);

/** What `create` throws: an AppError that can also be read like an error of OpenAI's client. */
export class ApiError extends AppError {
  /** The HTTP status that a server would answer with. */
  readonly status: number;
  readonly type: ApiErrorType;
  readonly param: string | null;

  constructor(code: ErrorCode, message: string, param: string | null, evidence: AppError['evidence'], cause?: unknown) {
    super(code, message, evidence, cause);
    this.param = param;
    const invalid = BAD_REQUEST.has(code);
    this.type = invalid ? 'invalid_request_error' : code === 'cancelled' ? 'cancelled' : 'server_error';
    this.status = invalid ? 400 : code === 'cancelled' ? CLIENT_CLOSED : UNAVAILABLE.has(code) ? 503 : 500;
  }

  get error(): ApiErrorObject {
    const { message, type, param, code } = this;
    return { message, type, param, code };
  }
}

/** Any thrown value as an ApiError. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const { code, message, evidence } = asAppError(thrown);
  const aboutMessages = code.startsWith('image-') || code === 'context-full';
  const param = aboutMessages ? 'messages' : 'adapter' in evidence ? 'adapter' : null;
  return new ApiError(code, message, param, evidence, thrown);
}

export function invalid(param: string, message: string, evidence: AppError['evidence'] = {}): ApiError {
  return new ApiError('request-invalid', message, param, evidence);
}

/** What is wrong with a field, as an error of the request. */
export function refuse(path: string, problem: string): ApiError {
  const param = path.slice(0, 100);
  return invalid(param, `${param} ${problem}.`);
}
