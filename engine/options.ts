/** A request → checked options with the model's defaults filled in. */
import type { ChatRequest, SamplingOptions, Timings, Usage } from '../contract/chat.ts';
import { AppError } from '../contract/errors.ts';
import type { Json } from './json-schema/keywords.ts';
import { answerSchema } from './response-format.ts';
import { type Sampling, toSampling } from './sampler.ts';

export interface AnswerOptions {
  sampling: Sampling;
  maxTokens: number;
  stop: string[];
  /** The JSON schema that the answer has to fit; null for free text. */
  schema: Json | null;
}

/** What an answer has used so far; reported when it ends, also when it was stopped half way. */
export interface Progress {
  started: number;
  timings: Timings;
  usage: Usage;
}

/** Throws `request-invalid` for a value outside its range. */
export function readOptions(request: ChatRequest, defaults: SamplingOptions & { max_tokens: number }): AnswerOptions {
  const maxTokens = request.max_tokens ?? defaults.max_tokens;
  if (!Number.isInteger(maxTokens) || maxTokens < 1) {
    throw new AppError('request-invalid', 'max_tokens has to be a whole number from 1 on.', {});
  }
  const stop = request.stop ?? [];
  if (!Array.isArray(stop) || stop.some((text) => typeof text !== 'string')) {
    throw new AppError('request-invalid', 'stop has to be a list of strings.', {});
  }
  return { sampling: toSampling(request, defaults), maxTokens, stop, schema: answerSchema(request.response_format) };
}
