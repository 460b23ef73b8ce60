/** The library's main entry: a model on this page, asked in OpenAI's shape. Exports only. */
export {
  type Assistant,
  type AssistantOptions,
  type CompletionStream,
  type Completions,
  createAssistant,
} from './assistant.ts';
export { ApiError, type ApiErrorObject } from './completions/api-error.ts';
export type * from './completions/params.ts';
export type { Completion, CompletionChunk, CompletionUsage } from './completions/reply.ts';
export type { Device, LoadProgress, ModelInfo } from '../../contract/backend.ts';
export type { ErrorCode } from '../../contract/errors.ts';
export { type Reason, reasonText } from '../../contract/reasons.ts';
