/** The options of one call of the AI SDK → a ChatRequest and warnings about the settings that have no effect. */
import type { LanguageModelV3CallOptions, SharedV3Warning } from '@ai-sdk/provider';
import type { ChatRequest } from '../../../contract/chat.ts';
import { invalid } from '../completions/api-error.ts';
import { answerable } from '../completions/conversation.ts';
import type { FetchImage } from '../completions/image-url.ts';
import { readResponseFormat } from '../completions/response-format.ts';
import { toMessages } from './prompt.ts';

type Settings = Omit<LanguageModelV3CallOptions, 'prompt'>;

function unsupported({ presencePenalty, frequencyPenalty, tools, toolChoice }: Settings): SharedV3Warning[] {
  if (toolChoice?.type === 'required' || toolChoice?.type === 'tool')
    throw invalid('toolChoice', 'This model calls no tools.');
  const asked = { presencePenalty, frequencyPenalty, tools: tools?.length };
  return Object.entries(asked).flatMap(([feature, value]) =>
    value ? [{ type: 'unsupported', feature } as const] : [],
  );
}

function responseFormat(format: Settings['responseFormat']) {
  if (format?.type !== 'json') return {};
  if (!format.schema) return { response_format: { type: 'json_object' } as const };
  const json_schema = { name: format.name ?? 'answer', schema: format.schema };
  return readResponseFormat({ type: 'json_schema', json_schema });
}

/** Throws ApiError. */
export async function readCall(
  { prompt, ...settings }: LanguageModelV3CallOptions,
  readUrl: FetchImage,
): Promise<{ request: ChatRequest; warnings: SharedV3Warning[] }> {
  const { maxOutputTokens, temperature, topP, topK, seed, stopSequences, abortSignal } = settings;
  const warnings = unsupported(settings);
  const given = Object.entries({ max_tokens: maxOutputTokens, temperature, top_p: topP, top_k: topK, seed });
  const request: ChatRequest = {
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== null)),
    ...(stopSequences && stopSequences.length > 0 ? { stop: stopSequences } : {}),
    ...responseFormat(settings.responseFormat),
    messages: answerable(await toMessages(prompt, warnings, readUrl, abortSignal)),
  };
  return { request, warnings };
}
