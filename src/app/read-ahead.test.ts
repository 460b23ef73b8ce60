import { expect, test, vi } from 'vitest';
import type { NextQuestion } from '../../contract/chat.ts';
import { createSession } from './session.ts';
import { FAKE_INFO, FakeBackend } from './test/fake-backend.ts';

function start() {
  const prepared: NextQuestion[] = [];
  let settle: (() => void)[] = [];
  const backend = Object.assign(new FakeBackend(), {
    prepare: (next: NextQuestion) => {
      prepared.push(next);
      return new Promise<void>((resolve, reject) =>
        settle.push(prepared.length === 1 ? resolve : () => reject(new Error())),
      );
    },
  });
  let count = 0;
  const session = createSession(backend, {
    read: async (blob) => ({ id: `${++count}`, blob, url: `blob:${count}`, width: 4, height: 3 }),
    restore: (kept) => ({ ...kept, url: '' }),
    release: () => {},
  });
  const finish = async () => {
    for (const one of settle) one();
    settle = [];
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { backend, session, prepared, finish };
}
const blob = (text: string) => new Blob([text], { type: 'image/png' });
const images = ({ messages }: NextQuestion) =>
  messages.flatMap(({ content }) => content.flatMap((part) => (part.type === 'image' ? [part.image] : [])));

test('a picture in the draft is prepared once, when the model is there; later drafts follow, failures or not', async () => {
  const { backend, session, prepared, finish } = start();
  backend.onLoad = async () => ({ ...FAKE_INFO, max_images: 3 });
  const [a, b, c] = [blob('a'), blob('b'), blob('c')];
  await session.addImage(a);
  expect(prepared).toEqual([]);
  session.load();
  await vi.waitFor(() => expect(prepared).toHaveLength(1));
  session.setDraft('What is');
  await session.addImage(b);
  await session.addImage(c);
  expect(prepared).toHaveLength(1);
  await finish();
  expect(prepared.map(images)).toEqual([[a], [a, b, c]]);
  session.setDraft('What is it');
  await finish();
  session.setDraft('What is it?');
  expect(prepared).toHaveLength(2);
  await session.ask();
  await vi.waitFor(() => expect(session.getState().turns.at(-1)?.answer.status).toBe('done'));
  await session.ask('And now?');
  await vi.waitFor(() => expect(session.getState().turns.at(-1)?.answer.status).toBe('done'));
  expect(prepared).toHaveLength(2);
  expect(backend.requests).toHaveLength(2);
});

test('a picture for a later question is prepared behind the conversation, and not while an answer runs', async () => {
  const { backend, session, prepared, finish } = start();
  session.load();
  await vi.waitFor(() => expect(session.getState().model.status).toBe('ready'));
  await session.addImage(blob('a'));
  await finish();
  let open = () => {};
  backend.scripts.push([new Promise<void>((resolve) => (open = resolve))]);
  await session.ask('What is it?');
  const b = blob('b');
  await session.addImage(b);
  expect(prepared).toHaveLength(1);
  session.stop();
  open();
  await vi.waitFor(() => expect(prepared).toHaveLength(2));
  expect(prepared[1]?.messages.at(-1)?.content).toEqual([
    { type: 'image', image: b, id: '2' },
    { type: 'text', text: '' },
  ]);
});

test('a backend that cannot work ahead is not asked to', async () => {
  const { backend, session, prepared } = start();
  backend.onLoad = async () => ({ ...FAKE_INFO, capabilities: { ...FAKE_INFO.capabilities, prepare: false } });
  session.load();
  await vi.waitFor(() => expect(session.getState().model.status).toBe('ready'));
  await session.addImage(blob('a'));
  await session.ask('What is it?');
  await vi.waitFor(() => expect(session.getState().turns.at(-1)?.answer.status).toBe('done'));
  expect(prepared).toEqual([]);
});
