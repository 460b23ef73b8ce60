/** The events of an answer → the completion, or the chunks, that OpenAI clients know. */
import type { ChatEvent, Usage } from '../../../contract/chat.ts';
import { AppError } from '../../../contract/errors.ts';
import { newId } from '../../../contract/new-id.ts';

export interface CompletionUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  /** Tokens that came from an earlier turn and cost nothing. */
  prompt_tokens_details: { cached_tokens: number };
}

export interface Completion {
  id: string;
  object: 'chat.completion';
  /** Seconds since 1970. */
  created: number;
  model: string;
  choices: [
    {
      index: 0;
      message: { role: 'assistant'; content: string; refusal: null };
      finish_reason: 'stop' | 'length';
      logprobs: null;
    },
  ];
  usage: CompletionUsage;
}

export interface CompletionChunk {
  id: string;
  object: 'chat.completion.chunk';
  created: number;
  model: string;
  /** Empty in the last chunk, which carries `usage`. */
  choices: {
    index: 0;
    delta: { role?: 'assistant'; content?: string };
    finish_reason: 'stop' | 'length' | null;
    logprobs: null;
  }[];
  usage?: CompletionUsage | null;
}

/** What all parts of one reply have in common. */
export interface ReplyHead {
  id: string;
  created: number;
  model: string;
}

export function replyHead(model: string): ReplyHead {
  return { id: `chatcmpl-${newId()}`, created: Math.floor(Date.now() / 1000), model };
}

export function toUsage({ prompt_tokens, completion_tokens, cached_tokens }: Usage): CompletionUsage {
  const total_tokens = prompt_tokens + completion_tokens;
  return { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details: { cached_tokens } };
}

/**
 * Chunks as they become known: one with the role, one for each piece of text, one with the reason of the end and, when
 * asked for, one with the counts. An answer that was cancelled just ends, as in OpenAI's client.
 */
export async function* toChunks(
  events: AsyncIterable<ChatEvent>,
  head: ReplyHead,
  includeUsage: boolean,
): AsyncGenerator<CompletionChunk, void, void> {
  const chunk = (
    delta: CompletionChunk['choices'][0]['delta'],
    finish_reason: 'stop' | 'length' | null,
  ): CompletionChunk => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason, logprobs: null }],
    ...(includeUsage ? { usage: null } : {}),
  });
  let begun = false;
  for await (const event of events) {
    if (!begun) yield chunk({ role: 'assistant', content: '' }, null);
    begun = true;
    if (event.type === 'text') yield chunk({ content: event.text }, null);
    if (event.type !== 'done') continue;
    if (event.finish_reason === 'cancelled') return;
    yield chunk({}, event.finish_reason);
    if (includeUsage) yield { ...head, object: 'chat.completion.chunk', choices: [], usage: toUsage(event.usage) };
    return;
  }
  throw new AppError('backend-failed', 'The answer ended without saying why. Ask again.');
}

/** The whole answer. Throws `cancelled` when it was stopped. */
export async function toCompletion(events: AsyncIterable<ChatEvent>, head: ReplyHead): Promise<Completion> {
  let content = '';
  for await (const event of events) {
    if (event.type === 'text') content += event.text;
    if (event.type !== 'done') continue;
    const { finish_reason, usage } = event;
    if (finish_reason === 'cancelled') throw new AppError('cancelled', 'Stopped.');
    const message = { role: 'assistant', content, refusal: null } as const;
    const choices: Completion['choices'] = [{ index: 0, message, finish_reason, logprobs: null }];
    return { ...head, object: 'chat.completion', choices, usage: toUsage(usage) };
  }
  throw new AppError('backend-failed', 'The answer ended without saying why. Ask again.');
}
