/** Both ends of a port, the page's and the frame's, with an assistant that says what the test wants. */
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { CompletionParams } from '../completions/params.ts';
import type { CompletionChunk } from '../completions/reply.ts';
import { AppError } from '../../../contract/errors.ts';
import type { Assistant } from '../assistant.ts';
import { AssistantFrame } from './assistant-frame.ts';
import { FrameConnection, type FrameElement } from './connection.ts';
import { type FrameMessage, LIMITS } from './protocol.ts';

type Create = (params: CompletionParams, options: { signal: AbortSignal }) => unknown;

/** What the element was told, and how it behaves. */
class FakeElement extends EventTarget {
  readonly calls: unknown[] = [];
  readonly #answer: (question: string) => Promise<string>;

  constructor(answer: (question: string) => Promise<string>) {
    super();
    this.#answer = answer;
  }
  async load(): Promise<void> {
    this.calls.push('load');
  }
  async attach(picture: Blob | string): Promise<void> {
    this.calls.push(['attach', await (picture as Blob).text()]);
  }
  ask(question: string): Promise<string> {
    this.calls.push(['ask', question]);
    return this.#answer(question);
  }
  stop(): void {
    this.calls.push('stop');
  }
  reset(): void {
    this.calls.push('reset');
  }
}

function connected({
  answer = async (question: string) => `${question} Yes.`,
  create = (async () => null) as Create,
} = {}) {
  const { port1, port2 } = new MessageChannel();
  const element = new FakeElement(answer);
  const assistant = { chat: { completions: { create } } } as unknown as Assistant;
  new FrameConnection(port2, { element: element as unknown as FrameElement, assistant: () => assistant });
  const heard: FrameMessage[] = [];
  port1.addEventListener('message', ({ data }: MessageEvent<FrameMessage>) => void heard.push(data));
  port1.start();
  onTestFinished(() => port1.close());
  /** The next message after this one. */
  const say = async (message: unknown): Promise<FrameMessage | undefined> => {
    const before = heard.length;
    port1.postMessage(message);
    await expect.poll(() => heard.length).toBeGreaterThan(before);
    return heard[before];
  };
  return { frame: new AssistantFrame(port1), element, port: port1, say, heard };
}

async function* chunksOf(...texts: string[]): AsyncGenerator<CompletionChunk> {
  for (const content of texts) yield { choices: [{ delta: { content } }] } as CompletionChunk;
}

/** A stream as `create` gives it, with the signal that ends it. */
const stream = (chunks: AsyncIterable<CompletionChunk>) => Object.assign(chunks, { controller: new AbortController() });

const textOf = (chunk: CompletionChunk): string => chunk.choices[0]?.delta.content ?? '';

afterEach(() => expect(({} as { polluted?: boolean }).polluted).toBeUndefined());

describe('an assistant in a frame', () => {
  it('does what the page asks, in order', async () => {
    const { frame, element } = connected();
    await frame.load();
    await frame.attach(new Blob(['picture']));
    expect(await frame.ask('Is it red?')).toBe('Is it red? Yes.');
    await frame.stop();
    await frame.reset();
    expect(element.calls).toEqual(['load', ['attach', 'picture'], ['ask', 'Is it red?'], 'stop', 'reset']);
  });

  it('tells what happens in it until nobody listens', async () => {
    const { frame, element } = connected();
    const heard: unknown[] = [];
    const end = frame.on('token', ({ text }) => heard.push(text));
    frame.on('error', ({ code }) => heard.push(code));
    const tell = (type: string, detail: object) => element.dispatchEvent(new CustomEvent(type, { detail }));
    tell('token', { text: 'A' });
    tell('error', { message: 'Why.', type: 'server_error', param: null, code: 'quota' });
    await frame.stop();
    end();
    tell('token', { text: 'B' });
    await frame.stop();
    expect(heard).toEqual(['A', 'quota']);
  });

  it('passes failures on with their code', async () => {
    const { frame } = connected({ answer: () => Promise.reject(new AppError('out-of-memory', 'Too large.')) });
    await expect(frame.ask('Hm?')).rejects.toMatchObject({ code: 'out-of-memory', status: 503, message: 'Too large.' });
  });

  it('answers completions beside the conversation, whole and in chunks', async () => {
    const { frame } = connected({
      create: async (params) => (params.stream ? stream(chunksOf('A ', 'cat.')) : { object: 'chat.completion' }),
    });
    const messages = [{ role: 'user' as const, content: 'What is it?' }];
    expect(await frame.chat.completions.create({ messages })).toMatchObject({ object: 'chat.completion' });
    let text = '';
    for await (const chunk of frame.chat.completions.create({ messages, stream: true })) text += textOf(chunk);
    expect(text).toBe('A cat.');
  });

  it('stops a completion when its signal says so, or its reader leaves', async () => {
    let stopped = 0;
    const create: Create = async (params, { signal }) => {
      signal.addEventListener('abort', () => (stopped += 1));
      const endless = (async function* () {
        while (!signal.aborted) {
          yield* chunksOf('on ');
          await new Promise((later) => setTimeout(later, 1));
        }
      })();
      if (params.stream) return stream(endless);
      for await (const _ of endless);
      throw signal.reason;
    };
    const { frame } = connected({ create });
    const messages = [{ role: 'user' as const, content: 'Go on.' }];
    const controller = new AbortController();
    const whole = frame.chat.completions.create({ messages }, { signal: controller.signal });
    controller.abort();
    await expect(whole).rejects.toMatchObject({ name: 'AbortError' });
    for await (const _ of frame.chat.completions.create({ messages, stream: true })) break;
    await expect.poll(() => stopped).toBe(2);
  });

  it('rejects what waits when it is closed, and what comes later', async () => {
    const { frame } = connected({ answer: () => new Promise(() => {}) });
    const waiting = frame.ask('Hm?');
    frame.close();
    await expect(waiting).rejects.toMatchObject({ code: 'request-invalid' });
    await expect(frame.stop()).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it('says so when a request cannot be sent', async () => {
    const { frame } = connected();
    await expect(frame.ask((() => {}) as unknown as string)).rejects.toMatchObject({ code: 'request-invalid' });
  });
});

describe('messages that no page of ours would send', () => {
  it('get a typed refusal, and the port goes on', async () => {
    const { say, frame } = connected();
    const refused = (id: number | null, param: string) => ({
      type: 'failure',
      id,
      error: { code: 'request-invalid', param },
    });
    expect(await say('x')).toMatchObject(refused(null, 'type'));
    expect(await say({ type: 'load' })).toMatchObject(refused(null, 'id'));
    expect(await say({ id: 70, type: 'eval' })).toMatchObject(refused(70, 'type'));
    expect(await say({ id: 71, type: 'ask', question: 7 })).toMatchObject(refused(71, 'question'));
    expect(await say({ id: 72, type: 'cancel', request: 5 })).toMatchObject(refused(72, 'request'));
    expect(await say(JSON.parse('{"id":73,"type":"load","__proto__":{"polluted":1}}'))).toMatchObject(
      refused(73, '__proto__'),
    );
    expect(await say({ id: 74, type: 'load' })).toEqual({ type: 'result', id: 74, value: null });
    // A number that was used before, by a request or a refusal, is not used again.
    for (const id of [74, 71, 1]) expect(await say({ id, type: 'load' })).toMatchObject(refused(null, 'id'));
    frame.close();
  });

  it('cannot end a request that runs by its number, nor pile up without end', async () => {
    const { say, heard, port, element } = connected({ answer: () => new Promise(() => {}) });
    for (let id = 1; id <= LIMITS.pending; id++) port.postMessage({ id, type: 'ask', question: 'Hm?' });
    expect(await say({ id: LIMITS.pending + 1, type: 'ask', question: 'Hm?' })).toMatchObject({
      type: 'failure',
      id: LIMITS.pending + 1,
    });
    expect(element.calls.length).toBe(LIMITS.pending);
    await say({ id: 1, type: 'stop' });
    expect(heard.every((message) => message.type === 'failure')).toBe(true);
    expect(heard.at(-1)).toMatchObject({ id: null });
  });
});
