import { sha256 } from '../files/sha256.ts';
import { describe, expect, test } from 'vitest';
import type { ChatEvent, Message } from '../contract/chat.ts';
import type { ModelManifest } from '../contract/manifest.ts';
import type { Digest } from './content-hash.ts';
import { Engine } from './engine.ts';
import { ask, assistant, collect, decodeImage, image, user } from './test/chat.ts';
import { FakeRuntime, fakeFiles, fakeManifest, IMAGE_TOKENS } from './test/fake-runtime.ts';

async function load(changes: Partial<ModelManifest> = {}, prefillChunk = 128, digest?: Digest) {
  const runtime = new FakeRuntime();
  const files = fakeFiles(fakeManifest(changes));
  const variant = files.manifest.variants[0]!;
  const engine = await Engine.load({
    files,
    variant,
    runtime,
    decode: decodeImage,
    prefillChunk,
    ...(digest && { digest }),
  });
  runtime.visionRuns = 0;
  runtime.decodedTokens = 0;
  return { engine, runtime };
}

const grey = image(80);
const question = [user('What is it?', grey)];
/** What an engine that has seen nothing before answers. */
const fresh = async (...args: Parameters<typeof ask> extends [unknown, ...infer Rest] ? Rest : never) =>
  ask((await load()).engine, ...args);

describe('answer', () => {
  test('streams phases, text and counts', async () => {
    const { engine, runtime } = await load();
    const answer = await ask(engine, question);
    expect(answer.phases).toEqual(['image', 'vision', 'prefill', 'decode']);
    expect(answer.text).toMatch(/^[a-z]+$/);
    const { usage, timings } = answer.done;
    expect(usage.prompt_tokens).toBeGreaterThan(IMAGE_TOKENS);
    expect(usage.cached_tokens).toBe(0);
    expect(usage.completion_tokens).toBe(answer.text.length);
    expect(runtime.visionRuns).toBe(1);
    expect(timings.first_token).toBeGreaterThanOrEqual(timings.prefill);
  });

  test('depends on the picture and on the question', async () => {
    const texts = new Set([
      (await fresh(question)).text,
      (await fresh([user('What is it?', image(90))])).text,
      (await fresh([user('What is that?', grey)])).text,
      (await fresh([user('What is it?')])).text,
    ]);
    expect(texts.size).toBe(4);
  });

  test('a follow-up computes only what is new and answers as from scratch', async () => {
    const { engine, runtime } = await load();
    const first = await ask(engine, question);
    const before = runtime.decodedTokens;
    // A file chosen again: another Blob, the same bytes.
    const followUp = [user('What is it?', image(80)), assistant(first.text), user('Which colour?')];
    const second = await ask(engine, followUp);
    expect(second.text).toBe((await fresh(followUp)).text);
    expect(second.phases).toEqual(['prefill', 'decode']);
    expect(runtime.visionRuns).toBe(1);
    const { prompt_tokens, cached_tokens, completion_tokens } = second.done.usage;
    expect(cached_tokens).toBeGreaterThanOrEqual(first.done.usage.prompt_tokens);
    expect(runtime.decodedTokens - before).toBeLessThanOrEqual(prompt_tokens - cached_tokens + completion_tokens);
  });

  test('what was prepared is not computed again, and no run of the answer is cut otherwise', async () => {
    const { engine, runtime } = await load({}, 4);
    await engine.prepare({ messages: [{ role: 'user', content: [{ type: 'image', image: grey }] }] });
    expect(runtime.visionRuns).toBe(1);
    const held = engine.parts.cache.length;
    expect(held).toBeGreaterThan(0);
    expect(held % 4).toBe(0);
    const answer = await ask(engine, question);
    const without = await load({}, 4);
    const expected = await ask(without.engine, question);
    expect(answer.text).toBe(expected.text);
    expect(answer.phases).toEqual(['prefill', 'decode']);
    expect(answer.done.usage).toEqual({ ...expected.done.usage, cached_tokens: held });
    expect(runtime.decodedTokens).toBe(without.runtime.decodedTokens);
    expect(runtime.visionRuns).toBe(1);
  });

  test('preparing another picture, a follow-up or a damaged picture leaves every answer right', async () => {
    const { engine, runtime } = await load({}, 4);
    const first = await ask(engine, question);
    const other = image(33);
    await engine.prepare({ messages: [{ role: 'user', content: [{ type: 'image', image: other }] }] });
    const followUp = [...question, assistant(first.text), user('Which colour?')];
    expect((await ask(engine, followUp)).text).toBe((await fresh(followUp)).text);
    await engine.prepare({ messages: [...question, assistant(first.text), user('', other)] });
    const second = [...question, assistant(first.text), user('And this?', other)];
    expect((await ask(engine, second)).text).toBe((await fresh(second)).text);
    expect(runtime.visionRuns).toBe(2);
    const damaged = user('', new Blob([Uint8Array.of(0, 0, 0)]));
    await expect(engine.prepare({ messages: [damaged] })).rejects.toMatchObject({ code: 'image-broken' });
    expect((await ask(engine, question)).text).toBe(first.text);
  });

  test('pictures are hashed once, although each answer brings them as other objects', async () => {
    const digested: number[] = [];
    const digest = (bytes: ArrayBuffer): Promise<string> => {
      digested.push(bytes.byteLength);
      return sha256(bytes);
    };
    const { engine, runtime } = await load({}, 128, digest);
    const size = 10_000_000;
    const pictures = Array.from({ length: 8 }, (_, grey) => {
      const bytes = new Uint8Array(size);
      bytes.set([6, 3, grey]);
      return { type: 'image' as const, image: new Blob([bytes]), id: `picture ${grey}` };
    });
    const messages: Message[] = [];
    for (const text of ['What?', 'Where?', 'Why?']) {
      // The first four come with the first question, the others with the second.
      const added = messages.length === 0 ? pictures.slice(0, 4) : messages.length === 2 ? pictures.slice(4) : [];
      messages.push({ role: 'user', content: [...added, { type: 'text', text }] });
      // What a worker is sent is a copy, each Blob another object.
      await engine.prepare(structuredClone({ messages: messages.slice(0, -1) })).catch(() => {});
      const { text: answer } = await ask(engine, structuredClone(messages), { max_tokens: 2 });
      messages.push(assistant(answer));
    }
    expect(digested).toEqual(Array.from({ length: 8 }, () => size));
    expect(runtime.visionRuns).toBe(8);
    // The same file added again is the same picture, although it has another id.
    const again = { ...pictures[0]!, image: new Blob([pictures[0]!.image]), id: 'added again' };
    await ask(engine, [{ role: 'user', content: [again, { type: 'text', text: 'And now?' }] }]);
    expect(digested).toHaveLength(9);
    expect(runtime.visionRuns).toBe(8);
  });

  test('without an id a picture is hashed once for each Blob; what could not be read is read again', async () => {
    let count = 0;
    const digest = async (bytes: ArrayBuffer): Promise<string> => {
      count += 1;
      if (count === 1) throw new Error('not this time');
      return sha256(bytes);
    };
    const { engine } = await load({}, 128, digest);
    await expect(ask(engine, question)).rejects.toThrow('not this time');
    for (let i = 0; i < 3; i++) await ask(engine, question);
    expect(count).toBe(2);
    await ask(engine, structuredClone(question));
    expect(count).toBe(3);
  });

  test('an edited question rewinds', async () => {
    const { engine } = await load();
    await ask(engine, question);
    const edited = [user('What is it really?', grey)];
    const answer = await ask(engine, edited);
    expect(answer.text).toBe((await fresh(edited)).text);
    expect(answer.done.usage.cached_tokens).toBeGreaterThan(IMAGE_TOKENS);
  });

  test('the same prompt twice gives the same answer', async () => {
    const { engine } = await load();
    const first = await ask(engine, question);
    const second = await ask(engine, question);
    expect(second.text).toBe(first.text);
    expect(second.done.usage.cached_tokens).toBe(second.done.usage.prompt_tokens - 1);
  });

  test.each([1, 3, 7, 1000])('prefill in chunks of %i changes nothing', async (chunk) => {
    const { engine } = await load({}, chunk);
    expect((await ask(engine, question)).text).toBe((await fresh(question)).text);
  });

  test('several pictures: each is seen once, equal ones count as one', async () => {
    const { engine, runtime } = await load();
    const messages = [user('Compare', grey, image(200), image(80))];
    const answer = await ask(engine, messages);
    expect(runtime.visionRuns).toBe(2);
    expect(answer.text).toBe((await fresh(messages)).text);
    expect(answer.text).not.toBe((await fresh([user('Compare', image(200), grey, grey)])).text);
  });

  test('more pictures over time than are kept: old ones are seen again, never mixed up', async () => {
    const limits = { max_length: 64 };
    const { engine } = await load({ limits });
    const expected = new Map<number, string>();
    for (let round = 0; round < 2; round++) {
      for (let g = 0; g < 24; g++) {
        const answer = await ask(engine, [user('q', image(g))]);
        if (round === 0) expected.set(g, (await ask((await load({ limits })).engine, [user('q', image(g))])).text);
        expect(answer.text).toBe(expected.get(g));
      }
    }
  });

  test('max_tokens ends it with length', async () => {
    const whole = await fresh(question);
    expect(whole.text.length).toBeGreaterThan(3);
    const cut = await fresh(question, { max_tokens: 3 });
    expect(cut.done.finish_reason).toBe('length');
    expect(cut.text).toBe(whole.text.slice(0, 3));
  });

  test('a stop string ends it before the string', async () => {
    const whole = await fresh(question);
    const stop = whole.text.slice(2, 4);
    const cut = await fresh(question, { stop: ['never', stop] });
    expect(cut.done.finish_reason).toBe('stop');
    expect(cut.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)));
  });

  test('a seed makes sampling reproducible; a repetition penalty forbids repeats when it is extreme', async () => {
    const options = { temperature: 2, top_k: 5, top_p: 0.95, seed: 11 };
    const first = await fresh(question, options);
    expect((await fresh(question, options)).text).toBe(first.text);
    expect((await fresh(question, { ...options, seed: 12 })).text).not.toBe(first.text);
    const varied = (await fresh(question, { repetition_penalty: 1e6, max_tokens: 8 })).text;
    expect(new Set(varied).size).toBe(varied.length);
  });

  test('requests at once wait for each other', async () => {
    const { engine } = await load();
    const other = [user('And now?', image(9))];
    const [a, b] = await Promise.all([ask(engine, question), ask(engine, other)]);
    expect(a.text).toBe((await fresh(question)).text);
    expect(b.text).toBe((await fresh(other)).text);
  });
});

describe('stopping', () => {
  test.each([1, 2, 3, 5, 8])('at run %i: ends as cancelled, and the next answer is right', async (stopAt) => {
    const { engine, runtime } = await load({}, 8);
    const controller = new AbortController();
    let runs = 0;
    runtime.beforeRun = () => {
      if (++runs === stopAt) controller.abort();
    };
    const answer = await ask(engine, question, {}, controller.signal);
    expect(answer.done.finish_reason).toBe('cancelled');
    expect(runs).toBe(stopAt);
    runtime.beforeRun = null;
    expect((await ask(engine, question)).text).toBe((await fresh(question)).text);
  });

  test('before it began and while it waited', async () => {
    const { engine, runtime } = await load();
    const stopped = new AbortController();
    stopped.abort();
    expect((await ask(engine, question, {}, stopped.signal)).done.finish_reason).toBe('cancelled');
    expect(runtime.decodedTokens).toBe(0);
    const controller = new AbortController();
    const first = ask(engine, question);
    const second = ask(engine, question, {}, controller.signal);
    controller.abort();
    expect((await second).done.finish_reason).toBe('cancelled');
    expect((await first).done.finish_reason).not.toBe('cancelled');
    expect((await ask(engine, question)).text).toBe((await first).text);
  });

  test('a reader that walks away frees the engine', async () => {
    const { engine } = await load();
    for await (const event of engine.answer({ messages: question })) if (event.type === 'text') break;
    expect((await ask(engine, question)).text).toBe((await fresh(question)).text);
  });
});

describe('an answer that broke off', () => {
  test.each([
    ['greedy', {}],
    ['drawn', { temperature: 2, top_p: 0.9, repetition_penalty: 1.3, seed: 4 }],
    ['cut by a limit', { max_tokens: 6 }],
    ['with a stop string', { stop: ['q', 'z', 'xy'], temperature: 3, seed: 9 }],
  ])('%s: goes on in a new engine from any point, and says nothing twice', async (_, options) => {
    const { engine } = await load();
    const events: ChatEvent[] = [];
    for await (const event of engine.answer({ messages: question, ...options })) events.push(event);
    const whole = await fresh(question, options);
    for (let cut = 1; cut < events.length; cut++) {
      const resume = { token_ids: [] as number[], text_length: 0 };
      let text = '';
      for (const event of events.slice(0, cut)) {
        if (event.type !== 'text') continue;
        text += event.text;
        resume.token_ids.push(...event.token_ids!);
      }
      resume.text_length = text.length;
      const other = (await load()).engine;
      const rest = await collect(other.answer({ messages: question, ...options }, undefined, resume));
      expect(text + rest.text).toBe(whole.text);
      expect(rest.done.finish_reason).toBe(whole.done.finish_reason);
      expect(rest.done.usage.completion_tokens).toBe(whole.done.usage.completion_tokens);
    }
  });

  test.each([
    ['NaN', Number.NaN, {}],
    ['zeros', 0, {}],
    ['NaN while drawing', Number.NaN, { temperature: 1 }],
  ])('%s instead of logits end it with a name, and are not remembered', async (_, value, options) => {
    const { engine, runtime } = await load();
    runtime.fillLogits = value;
    await expect(ask(engine, question, options)).rejects.toMatchObject({
      code: 'backend-failed',
      evidence: { reason: 'no-numbers' },
    });
    runtime.fillLogits = null;
    expect((await ask(engine, question)).text).toBe((await fresh(question)).text);
  });
});

describe('what does not work', () => {
  test.each([
    ['request-invalid', { messages: [user('  ', grey)] }],
    ['request-invalid', { messages: question, max_tokens: 0 }],
    ['request-invalid', { messages: question, temperature: -1 }],
    ['request-invalid', { messages: question, stop: [3] as never }],
    ['request-invalid', { messages: null as never }],
    ['image-broken', { messages: [user('q', image(1, 0, 0))] }],
    ['context-full', { messages: [user('long '.repeat(200), grey)] }],
  ] as const)('%s is thrown and the engine stays usable', async (code, request) => {
    const { engine } = await load();
    await expect(collect(engine.answer(request as never))).rejects.toMatchObject({ code });
    expect((await ask(engine, question)).text).toBe((await fresh(question)).text);
  });

  test('a failing run is a named error and leaves no wrong state', async () => {
    const { engine, runtime } = await load({}, 8);
    await ask(engine, question);
    let runs = 0;
    runtime.beforeRun = () => {
      if (++runs === 2) throw new Error('device says no');
    };
    const other = [user('Another, longer question than before', grey)];
    await expect(ask(engine, other)).rejects.toMatchObject({ code: 'backend-failed', message: 'device says no' });
    runtime.beforeRun = null;
    expect((await ask(engine, other)).text).toBe((await fresh(other)).text);
  });

  test('the oldest turns go when the conversation is full, the picture stays', async () => {
    const { engine } = await load();
    const turns = Array.from({ length: 12 }, (_, i) => [user(`question number ${i}`), assistant('an answer')]).flat();
    const messages = [user('What is it?', grey), assistant('a thing'), ...turns, user('And?')];
    const answer = await ask(engine, messages);
    expect(answer.done.usage.dropped_turns).toBeGreaterThan(0);
    expect(answer.phases).toContain('vision');
    expect(answer.done.usage.prompt_tokens).toBeLessThanOrEqual(256 - 24);
  });
});
