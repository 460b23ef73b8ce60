/** A conversation sends the picture once, remembers what was said, and forgets a question that failed. */
import { describe, expect, test } from 'vitest';
import type { ChatEvent, ChatRequest } from '../contract/chat.ts';
import { type Answers, collect, Conversation } from './conversation.ts';

const done: ChatEvent = {
  type: 'done',
  finish_reason: 'stop',
  usage: { prompt_tokens: 3, cached_tokens: 0, completion_tokens: 2 },
  timings: { image: 1, vision: 1, prefill: 1, first_token: 3, decode: 1 },
};

/** Answers with the scripted texts in order and remembers the requests. */
function scripted(...answers: (string[] | Error)[]): Answers & { requests: ChatRequest[] } {
  const requests: ChatRequest[] = [];
  return {
    requests,
    async *answer(request) {
      requests.push(request);
      const next = answers[requests.length - 1];
      if (next === undefined || next instanceof Error) throw next ?? new Error('asked too often');
      yield { type: 'phase', phase: 'prefill' };
      for (const text of next) yield { type: 'text', text };
      yield done;
    },
  };
}

const image = new Blob(['picture']);
const said = ({ messages }: ChatRequest) =>
  messages.map(({ role, content }) => [
    role,
    ...content.map((part) => (part.type === 'text' ? part.text : part.image)),
  ]);

describe('Conversation', () => {
  test('a follow-up carries the picture and all that was said, once', async () => {
    const engine = scripted(['A ', 'star.'], ['Red.']);
    const conversation = new Conversation(engine, [image], { max_tokens: 5 });
    const pieces: string[] = [];
    const first = await conversation.ask('What?', undefined, (text) => pieces.push(text));
    expect([first.text, first.finish_reason, pieces]).toEqual(['A star.', 'stop', ['A ', 'star.']]);
    await conversation.ask('Which colour?');
    expect(engine.requests.map((request) => request.max_tokens)).toEqual([5, 5]);
    expect(said(engine.requests[1]!)).toEqual([
      ['user', image, 'What?'],
      ['assistant', 'A star.'],
      ['user', 'Which colour?'],
    ]);
  });

  test('a question that failed is not part of the conversation', async () => {
    const engine = scripted(new Error('no'), ['Yes.']);
    const conversation = new Conversation(engine, [image]);
    await expect(conversation.ask('What?')).rejects.toThrow('no');
    await conversation.ask('Well?');
    expect(said(engine.requests[1]!)).toEqual([['user', image, 'Well?']]);
  });
});

test('an answer without an end is an error, not an empty answer', async () => {
  const endless: Answers = {
    async *answer() {
      yield { type: 'text', text: 'A' };
    },
  };
  await expect(collect(endless, { messages: [] })).rejects.toThrow('done');
});
