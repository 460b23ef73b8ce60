/** Our request ⇄ the JSON of an OpenAI-compatible chat server; what comes back is read without trusting its shape. */
import type { ChatRequest, FinishReason, Message, Usage } from '../../contract/chat.ts';
import { AppError } from '../../contract/errors.ts';
import { type Fields, fieldsOf } from '../../contract/fields.ts';
import { dataUrl } from './data-url.ts';

type Json = Record<string, unknown>;

/** What one message of the server adds to the answer. */
export interface Delta {
  text: string;
  finish_reason: FinishReason | null;
  usage: Usage | null;
}

/** What a text says as JSON; null, which has no fields, when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told apart from every object by having no fields; the caller says what is wrong with it.
    return null;
  }
}

const first = (value: unknown): Fields => fieldsOf(Array.isArray(value) ? value[0] : undefined);
const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? Math.max(0, Math.trunc(value)) : 0;

async function wireMessage({ role, content }: Message): Promise<Json> {
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  // The plain form, which servers without vision understand as well.
  if (text.length === content.length) return { role, content: text.join('\n') };
  const parts = content.map(async (part) =>
    part.type === 'text' ? part : { type: 'image_url', image_url: { url: await dataUrl(part.image) } },
  );
  return { role, content: await Promise.all(parts) };
}

/** The body of a streaming request. Options beyond OpenAI's own list go out only when they change something. */
export async function wireRequest(request: ChatRequest, model: string): Promise<Json> {
  if (request.messages.at(-1)?.role !== 'user')
    throw new AppError('request-invalid', 'The conversation must end with a question.');
  const { temperature = 0, top_p, top_k, repetition_penalty, seed, max_tokens, stop, response_format } = request;
  return {
    model,
    messages: await Promise.all(request.messages.map(wireMessage)),
    stream: true,
    stream_options: { include_usage: true },
    temperature,
    ...(top_p !== undefined && top_p !== 1 ? { top_p } : {}),
    ...(top_k ? { top_k } : {}),
    ...(repetition_penalty !== undefined && repetition_penalty !== 1 ? { repetition_penalty } : {}),
    ...(seed !== undefined ? { seed } : {}),
    ...(max_tokens !== undefined ? { max_tokens } : {}),
    ...(stop && stop.length > 0 ? { stop } : {}),
    ...(response_format && response_format.type !== 'text' ? { response_format } : {}),
  };
}

function readUsage(value: unknown): Usage | null {
  if (typeof value !== 'object' || value === null) return null;
  const usage = fieldsOf(value);
  return {
    prompt_tokens: count(usage['prompt_tokens']),
    cached_tokens: count(fieldsOf(usage['prompt_tokens_details'])['cached_tokens']),
    completion_tokens: count(usage['completion_tokens']),
  };
}

function readText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => readText(fieldsOf(part)['text'])).join('');
}

/** A chunk of a stream, or a whole completion: the two differ in the name of one field. */
export function readDelta(json: unknown): Delta {
  const reply = fieldsOf(json);
  const choice = first(reply['choices']);
  const part = fieldsOf(choice['delta'] ?? choice['message']);
  const reason = choice['finish_reason'];
  const ended = typeof reason === 'string' && reason !== '';
  return {
    text: readText(part['content']) + readText(part['refusal']),
    finish_reason: ended ? (reason === 'length' ? 'length' : 'stop') : null,
    usage: readUsage(reply['usage']),
  };
}

/** Ids of the models that `GET models` lists, with the context length where the server tells it (vLLM, llama.cpp). */
export function readModels(json: unknown): { id: string; max_length: number }[] {
  const { data } = fieldsOf(json);
  if (!Array.isArray(data)) return [];
  return data.flatMap((item) => {
    const { id, max_model_len, meta } = fieldsOf(item);
    const max_length = count(max_model_len) || count(fieldsOf(meta)['n_ctx']) || count(fieldsOf(meta)['n_ctx_train']);
    return typeof id === 'string' && id !== '' ? [{ id, max_length }] : [];
  });
}
