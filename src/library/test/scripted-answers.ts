/** Answers as an engine would give them, for shapes of the library that are tested without one. */
import type { ChatEvent, FinishReason } from '../../../contract/chat.ts';

export const done = (finish_reason: FinishReason = 'stop'): ChatEvent => ({
  type: 'done',
  finish_reason,
  usage: { prompt_tokens: 9, cached_tokens: 4, completion_tokens: 2 },
  timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
});

export async function* hello(): AsyncGenerator<ChatEvent> {
  yield { type: 'phase', phase: 'prefill' };
  yield { type: 'text', text: 'Hello' };
  yield { type: 'text', text: ' there.' };
  yield done();
}

/** One word, then nothing until it is stopped. */
export async function* endless(_request: unknown, signal: AbortSignal | undefined): AsyncGenerator<ChatEvent> {
  yield { type: 'text', text: 'Well' };
  await new Promise<void>((stopped) => signal?.addEventListener('abort', () => stopped(), { once: true }));
  yield done('cancelled');
}
