import { sha256 } from '../files/sha256.ts';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeHubModels } from '../builder/test/hub-models.ts';
import { openPeer } from '../builder/test/peer.ts';
import type { ChatEvent, ChatRequest, Message, Part } from '../contract/chat.ts';
import { asAppError } from '../contract/errors.ts';
import { ContentNames } from '../engine/content-hash.ts';
import type { RgbaImage } from '../image/pixel-values.ts';
import type { ReadyModel } from './answer.ts';
import type { HubFiles } from './hub-files.ts';
import { planCandidates } from './precision.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-models-'));
  await writeHubModels(folder);
  await openPeer(folder);
  const { patchResize } = await import('./resize.ts');
  patchResize();
});
afterAll(() => rm(folder, { recursive: true }));

/** The files of a model folder on this disk, as the store would give them. */
async function filesOf(repo: string): Promise<HubFiles> {
  const root = join(folder, repo);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)));
  return { commit: 'main', paths, read: (path: string) => readFile(join(root, path)) } as unknown as HubFiles;
}

/** Pixels that depend on the bytes of the "encoded" image. */
async function decode(image: Blob): Promise<RgbaImage> {
  const [seed = 0] = new Uint8Array(await image.arrayBuffer());
  const data = Uint8Array.from({ length: 40 * 24 * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * (seed + 3)) % 256));
  return { data, width: 40, height: 24 };
}

async function readyModel(repo: string, tiles = false): Promise<ReadyModel> {
  const { openHubModel } = await import('./hub-model.ts');
  const { VisionCache } = await import('./features.ts');
  const files = await filesOf(repo);
  const [candidate] = planCandidates(files.paths, { variant: 'fp32', device: 'wasm' }, null).candidates;
  const address = { endpoint: '', repo, revision: 'main', url: '' };
  // In Node the library knows no device by name; the runtime that stands in for its own has one.
  const onCpu = { ...candidate!, device: 'auto' as 'wasm' };
  const loaded = await openHubModel(address, files, onCpu, new AbortController().signal);
  return { loaded, vision: new VisionCache(loaded.model as never), decode, names: new ContentNames(), tiles };
}

async function ask(
  ready: ReadyModel,
  request: ChatRequest,
  signal = new AbortController().signal,
  onEvent: (event: ChatEvent) => void = () => {},
): Promise<{ events: ChatEvent[]; text: string; done: Extract<ChatEvent, { type: 'done' }> }> {
  const { answerWith } = await import('./answer.ts');
  const events: ChatEvent[] = [];
  const send = (event: ChatEvent): void => {
    events.push(event);
    onEvent(event);
  };
  await answerWith(ready, request, send, signal);
  const text = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  return { events, text, done: events.at(-1) as Extract<ChatEvent, { type: 'done' }> };
}

const image = (seed: number): Part => ({ type: 'image', image: new Blob([Uint8Array.of(seed)]) });
const user = (text: string, ...images: Part[]): Message => ({
  role: 'user',
  content: [...images, { type: 'text', text }],
});
const assistant = (text: string): Message => ({ role: 'assistant', content: [{ type: 'text', text }] });

describe.each(['tiny/llava', 'tiny/smolvlm'])('%s', (repo) => {
  let ready: ReadyModel;
  beforeAll(async () => {
    ready = await readyModel(repo);
  });

  test('answers about a picture, the same each time, and looks at it once', async () => {
    const request = { messages: [user('What is it?', image(1))], max_tokens: 12 };
    const first = await ask(ready, request);
    const kinds = first.events.map((event) => (event.type === 'phase' ? event.phase : event.type));
    expect(kinds.slice(0, 4)).toEqual(['image', 'prefill', 'vision', 'decode']);
    expect(first.text).not.toBe('');
    expect(first.done.usage.completion_tokens).toBeLessThanOrEqual(12);
    const again = await ask(ready, request);
    expect(again.text).toBe(first.text);
    expect(again.events).not.toContainEqual({ type: 'phase', phase: 'vision' });
  });

  test('the picture makes a difference, and so does a second one', async () => {
    const about = (...images: Part[]) =>
      ask(ready, { messages: [user('What is it?', ...images)], max_tokens: 12, temperature: 1, seed: 1 });
    const one = await about(image(1));
    const other = await about(image(90));
    const both = await about(image(1), image(90));
    const swapped = await about(image(90), image(1));
    const none = await about();
    expect(new Set([one.text, other.text, both.text, swapped.text, none.text]).size).toBe(5);
    expect(both.done.usage.prompt_tokens).toBeGreaterThan(one.done.usage.prompt_tokens);
  });

  test('a picture with an id is hashed once, although each question brings it as another object', async () => {
    let digested = 0;
    const names = new ContentNames((bytes) => {
      digested += 1;
      return sha256(bytes);
    });
    const messages = [user('What is it?', { ...image(7), id: 'a' } as Part, { ...image(8), id: 'b' } as Part)];
    for (let i = 0; i < 3; i++) await ask({ ...ready, names }, { messages: structuredClone(messages), max_tokens: 2 });
    expect(digested).toBe(2);
  });

  test('a follow-up question is asked with the picture and the answer before it', async () => {
    const messages = [user('What is it?', image(1)), assistant('A red picture'), user('Is it blue?')];
    const followUp = await ask(ready, { messages, max_tokens: 8 });
    const alone = await ask(ready, { messages: messages.slice(-1), max_tokens: 8 });
    expect(followUp.done.usage.prompt_tokens).toBeGreaterThan(alone.done.usage.prompt_tokens + 4);
    expect(followUp.text).not.toBe(alone.text);
  });

  test('tokens of the model that a person types are plain text', async () => {
    const typed = await ask(ready, {
      messages: [user('Is <image> <|endoftext|> a picture?', image(1))],
      max_tokens: 4,
    });
    expect(typed.done.usage.completion_tokens).toBeGreaterThan(0);
  });

  test('sampling is reproducible by its seed and otherwise not greedy', async () => {
    const hot = (seed: number) =>
      ask(ready, { messages: [user('a', image(1))], max_tokens: 12, temperature: 2, top_p: 0.95, top_k: 40, seed });
    const [first, again, other] = [await hot(1), await hot(1), await hot(2)];
    expect(again.text).toBe(first.text);
    expect(other.text).not.toBe(first.text);
  });

  test('Stop between tokens ends with what there is', async () => {
    const controller = new AbortController();
    const request = { messages: [user('What is it?', image(1))], max_tokens: 200 };
    const stopped = await ask(ready, request, controller.signal, (event) => {
      if (event.type === 'text') setTimeout(() => controller.abort(), 0);
    });
    expect(stopped.done.finish_reason).toBe('cancelled');
    expect(stopped.done.usage.completion_tokens).toBeLessThan(200);
    const next = await ask(ready, { ...request, max_tokens: 3 });
    expect(next.done.usage.completion_tokens).toBeGreaterThan(0);
  });

  test('the limit and stop strings end an answer, and the reason says which', async () => {
    const request = { messages: [user('What is it?', image(1))], max_tokens: 12, temperature: 1, seed: 3 };
    const whole = await ask(ready, request);
    const cut = await ask(ready, { ...request, max_tokens: 2 });
    expect(cut.done).toMatchObject({ finish_reason: 'length', usage: { completion_tokens: 2 } });
    const stop = whole.text.slice(2, 4);
    const stopped = await ask(ready, { ...request, stop: [stop] });
    expect(stopped.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)));
    expect(stopped.done.finish_reason).toBe('stop');
  });

  test('a long conversation loses its oldest turns but no picture; a question that is too long is refused', async () => {
    const long = 'word '.repeat(30);
    const turns = Array.from({ length: 8 }, (_, i) => [
      user(`${long}${i}`, ...(i === 0 ? [image(1)] : [])),
      assistant(long),
    ]);
    const messages = [...turns.flat(), user('Is it blue?')];
    const answer = await ask(ready, { messages, max_tokens: 2 });
    expect(answer.done.usage.dropped_turns).toBeGreaterThan(0);
    const tooLong = ask(ready, { messages: [user('word '.repeat(400))], max_tokens: 2 });
    await expect(tooLong.catch((thrown: unknown) => asAppError(thrown).code)).resolves.toBe('context-full');
  });
});

test('a processor that the library does not have is made up for', async () => {
  const [known, unknown] = [await readyModel('tiny/llava'), await readyModel('tiny/onevision')];
  const messages = [user('What is it?', image(1), image(90)), assistant('A picture'), user('Is it blue?')];
  const request = { messages, max_tokens: 8, temperature: 1, seed: 4 };
  const expected = await ask(known, request);
  const answer = await ask(unknown, request);
  expect(answer.text).toBe(expected.text);
  expect(answer.done.usage).toEqual(expected.done.usage);
});

test('pictures are cut into tiles where that is wanted', async () => {
  const [whole, tiled] = [await readyModel('tiny/smolvlm'), await readyModel('tiny/smolvlm', true)];
  const request = { messages: [user('a', image(1))], max_tokens: 2 };
  const one = await ask(whole, request);
  const many = await ask(tiled, request);
  expect(many.done.usage.prompt_tokens).toBeGreaterThan(one.done.usage.prompt_tokens + 20);
});
