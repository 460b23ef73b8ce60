/** Events of an answer in OpenAI's shape, held against the types of its official client. */
import type OpenAI from 'openai';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { ChatEvent, FinishReason } from '../../../contract/chat.ts';
import { AppError } from '../../../contract/errors.ts';
import { asApiError } from './api-error.ts';
import type { CompletionParamsNonStreaming, CompletionParamsStreaming } from './params.ts';
import { type Completion, type CompletionChunk, replyHead, toChunks, toCompletion } from './reply.ts';

const done = (finish_reason: FinishReason): ChatEvent => ({
  type: 'done',
  finish_reason,
  usage: { prompt_tokens: 80, cached_tokens: 64, completion_tokens: 2 },
  timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
});

async function* events(finish_reason: FinishReason): AsyncGenerator<ChatEvent> {
  yield { type: 'phase', phase: 'prefill' };
  yield { type: 'text', text: 'A red ' };
  yield { type: 'text', text: 'circle.' };
  yield done(finish_reason);
}

const usage = {
  prompt_tokens: 80,
  completion_tokens: 2,
  total_tokens: 82,
  prompt_tokens_details: { cached_tokens: 64 },
};

describe('replies', () => {
  test('one completion', async () => {
    const head = replyHead('mipha-nano');
    expect(head).toMatchObject({ id: expect.stringMatching(/^chatcmpl-/), model: 'mipha-nano' });
    const completion = await toCompletion(events('length'), head);
    expect(completion).toMatchObject({ ...head, object: 'chat.completion', usage });
    expect(completion.choices).toMatchObject([
      { message: { role: 'assistant', content: 'A red circle.' }, finish_reason: 'length' },
    ]);
  });

  test.each([false, true])('chunks, with counts: %s', async (includeUsage) => {
    const chunks: CompletionChunk[] = [];
    for await (const chunk of toChunks(events('stop'), replyHead('m'), includeUsage)) chunks.push(chunk);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))).toEqual([
      { role: 'assistant', content: '' },
      { content: 'A red ' },
      { content: 'circle.' },
      {},
    ]);
    expect(chunks[3]!.choices[0]!.finish_reason).toBe('stop');
    expect(chunks.slice(4).map((chunk) => [chunk.choices, chunk.usage])).toEqual(includeUsage ? [[[], usage]] : []);
    expect(chunks[0]!.usage).toBe(includeUsage ? null : undefined);
  });

  test('a cancelled answer ends without a reason, or rejects', async () => {
    let last: CompletionChunk | undefined;
    for await (const chunk of toChunks(events('cancelled'), replyHead('m'), true)) last = chunk;
    expect(last!.choices[0]!.finish_reason).toBeNull();
    await expect(toCompletion(events('cancelled'), replyHead('m'))).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('an answer that just stops is a failure', async () => {
    const nothing = (async function* (): AsyncGenerator<ChatEvent> {})();
    await expect(toCompletion(nothing, replyHead('m'))).rejects.toMatchObject({ code: 'backend-failed' });
  });

  test('every failure has a status and a type', () => {
    const seen = (code: AppError['code']) => {
      const { status, error } = asApiError(new AppError(code, 'Why.'));
      return [status, error.type, error.param];
    };
    expect(seen('image-broken')).toEqual([400, 'invalid_request_error', 'messages']);
    expect(seen('request-invalid')).toEqual([400, 'invalid_request_error', null]);
    expect(seen('out-of-memory')).toEqual([503, 'server_error', null]);
    expect(seen('backend-failed')).toEqual([500, 'server_error', null]);
    expect(seen('cancelled')).toEqual([499, 'cancelled', null]);
  });

  test('types: what is asked here can be asked of OpenAI, what comes back is what its client promises', () => {
    type WithModel<T> = T & { model: string };
    expectTypeOf<WithModel<CompletionParamsNonStreaming>>().toExtend<OpenAI.ChatCompletionCreateParamsNonStreaming>();
    expectTypeOf<WithModel<CompletionParamsStreaming>>().toExtend<OpenAI.ChatCompletionCreateParamsStreaming>();
    expectTypeOf<Completion>().toExtend<OpenAI.ChatCompletion>();
    expectTypeOf<CompletionChunk>().toExtend<OpenAI.ChatCompletionChunk>();
  });
});
