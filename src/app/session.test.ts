import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../contract/errors.ts';
import { createSession, type ImageReader } from './session.ts';
import { doneEvent, FAKE_INFO, FakeBackend } from './test/fake-backend.ts';

function reader(): ImageReader & { released: string[] } {
  let count = 0;
  const released: string[] = [];
  return {
    released,
    async read(blob) {
      if (blob.type === 'text/plain') throw new AppError('image-unsupported', 'This file is not a picture.');
      count += 1;
      return { id: `${count}`, blob, url: `blob:${count}`, width: 4, height: 3 };
    },
    restore: (kept) => ({ ...kept, url: `blob:${kept.id}` }),
    release: ({ url }) => released.push(url),
  };
}

const PICTURE = new Blob(['p'], { type: 'image/png' });

function start() {
  const backend = new FakeBackend();
  backend.onLoad = async () => ({ ...FAKE_INFO, max_images: 1 });
  const images = reader();
  const session = createSession(backend, images);
  const last = () => session.getState().turns.at(-1);
  const ended = () => vi.waitFor(() => expect(last()?.answer.status).toMatch(/done|stopped|failed/));
  return { backend, images, session, last, ended };
}

/** A promise and the function that resolves it. */
function gate() {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open: () => open() };
}

describe('a session', () => {
  it('asks through the adapter that was chosen, while the model has it', async () => {
    const { backend, session, ended } = start();
    const terse = { id: 'terse', name: 'Terse', description: '' };
    backend.onLoad = async () => ({ ...FAKE_INFO, adapters: [terse] });
    session.load();
    session.chooseAdapter('terse');
    await session.addImage(PICTURE);
    await session.ask('What is it?');
    await ended();
    session.chooseAdapter(null);
    await session.ask('And now?');
    await ended();
    session.chooseAdapter('gone');
    await session.ask('And then?');
    await ended();
    expect(backend.requests.map(({ adapter }) => adapter)).toEqual(['terse', undefined, undefined]);
  });

  it('keeps a question asked while the model loads and answers it afterwards', async () => {
    const { backend, session, last, ended } = start();
    const loaded = gate();
    backend.onLoad = async () => {
      await loaded.promise;
      return FAKE_INFO;
    };
    session.load();
    await session.addImage(PICTURE);
    session.setDraft(' What is this? ');
    await session.ask();
    expect(last()).toMatchObject({ question: 'What is this?', answer: { status: 'queued' } });
    expect(session.getState().draft).toEqual({ text: '', images: [], replaces: null });
    expect(backend.requests).toHaveLength(0);
    loaded.open();
    await ended();
    expect(last()?.answer).toMatchObject({ status: 'done', text: 'Yes.', done: { usage: { completion_tokens: 5 } } });
    expect(backend.requests[0]?.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', image: PICTURE, id: '1' },
          { type: 'text', text: 'What is this?' },
        ],
      },
    ]);
  });

  it('sends the picture and the answered turns again with a follow-up', async () => {
    const { backend, session, ended } = start();
    session.load();
    await session.addImage(PICTURE);
    await session.ask('First?');
    await ended();
    await session.ask('Second?');
    await ended();
    const messages = backend.requests[1]?.messages ?? [];
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(
      messages.map(({ content }) => content.map((part) => (part.type === 'text' ? part.text : 'picture'))),
    ).toEqual([['picture', 'First?'], ['Yes.'], ['Second?']]);
  });

  it('answers questions one at a time, in order', async () => {
    const { backend, session } = start();
    const slow = gate();
    backend.scripts.push([slow.promise, { type: 'text', text: 'One' }, doneEvent()]);
    session.load();
    await session.addImage(PICTURE);
    await session.ask('First?');
    await session.ask('Second?');
    await vi.waitFor(() => expect(backend.requests).toHaveLength(1));
    expect(session.getState().turns.map(({ answer }) => answer.status)).toEqual(['streaming', 'queued']);
    slow.open();
    await vi.waitFor(() => expect(session.getState().turns.map(({ answer }) => answer.text)).toEqual(['One', 'Yes.']));
  });

  it('keeps the partial text on Stop and can try again', async () => {
    const { backend, session, last, ended } = start();
    const slow = gate();
    backend.scripts.push([
      { type: 'text', text: 'A red' },
      slow.promise,
      { type: 'text', text: ' circle' },
      doneEvent(),
    ]);
    session.load();
    await session.addImage(PICTURE);
    await session.ask('What?');
    await vi.waitFor(() => expect(last()?.answer.text).toBe('A red'));
    session.stop();
    expect(last()?.answer).toMatchObject({ status: 'stopped', text: 'A red' });
    slow.open();
    await vi.waitFor(() => expect(last()?.answer.done?.finish_reason).toBe('cancelled'));
    expect(last()?.answer.text).toBe('A red');
    session.retry(last()?.id ?? -1);
    await ended();
    expect(last()?.answer).toMatchObject({ status: 'done', text: 'Yes.' });
  });

  it('shows a failed answer, keeps its question, and reloads the model when the worker died', async () => {
    const { backend, session, last, ended } = start();
    backend.scripts.push([new AppError('worker-lost', 'The worker died.')]);
    session.load();
    await session.addImage(PICTURE);
    await session.ask('What?');
    await ended();
    expect(last()).toMatchObject({ question: 'What?', answer: { status: 'failed', error: { code: 'worker-lost' } } });
    await vi.waitFor(() => expect(backend.loads).toBe(2));
    session.retry(last()?.id ?? -1);
    await vi.waitFor(() => expect(last()?.answer.status).toBe('done'));
  });

  it('calls a stream that ends without a closing event a failure', async () => {
    const { backend, session, last, ended } = start();
    backend.scripts.push([{ type: 'text', text: 'Half' }]);
    session.load();
    await session.addImage(PICTURE);
    await session.ask('What?');
    await ended();
    expect(last()?.answer).toMatchObject({ status: 'failed', text: 'Half', error: { code: 'backend-failed' } });
  });

  it('loads again on retry after a failed load', async () => {
    const { backend, session, last } = start();
    backend.onLoad = () => Promise.reject(new AppError('download-failed', 'HTTP 503', { status: 503 }));
    session.load();
    await vi.waitFor(() => expect(session.getState().model).toMatchObject({ error: { evidence: { status: 503 } } }));
    await session.addImage(PICTURE);
    await session.ask('What?');
    expect(last()?.answer.status).toBe('queued');
    backend.onLoad = () => Promise.resolve(FAKE_INFO);
    session.load();
    await vi.waitFor(() => expect(last()?.answer.status).toBe('done'));
  });

  it('says that the model is gone after deleting it, and why it could not be', async () => {
    const { backend, session } = start();
    const deleting = Object.assign(backend, { deleteStored: () => Promise.resolve() });
    session.load();
    await vi.waitFor(() => expect(session.getState().model).toMatchObject({ info: { stored: true } }));
    await session.deleteModel();
    expect(session.getState().model).toMatchObject({ status: 'ready', info: { stored: false } });
    deleting.deleteStored = () => Promise.reject(new AppError('storage-blocked', 'x'));
    await session.deleteModel();
    expect(session.getState().notice).toMatchObject({ code: 'storage-blocked' });
  });

  it('refuses an empty question, a missing picture and a file that is none, and loses nothing', async () => {
    const { session } = start();
    session.setDraft('   ');
    await session.ask();
    expect(session.getState()).toMatchObject({
      notice: { code: 'request-invalid' },
      turns: [],
      draft: { text: '   ' },
    });
    session.setDraft('What?');
    expect(session.getState().notice).toBeNull();
    await session.ask();
    expect(session.getState()).toMatchObject({ notice: { code: 'request-invalid' }, draft: { text: 'What?' } });
    await session.addImage(new Blob(['no'], { type: 'text/plain' }));
    expect(session.getState()).toMatchObject({
      notice: { code: 'image-unsupported' },
      draft: { text: 'What?' },
      reading: 0,
    });
  });

  it('waits for a picture that is still being read', async () => {
    const { session, last } = start();
    void session.addImage(PICTURE);
    await session.ask('What?');
    expect(last()?.images).toHaveLength(1);
  });

  it('frees a picture when nothing shows it any more, and not before', async () => {
    const { session, images } = start();
    session.load();
    await vi.waitFor(() => expect(session.getState().model.status).toBe('ready'));
    await session.addImage(PICTURE);
    await session.addImage(PICTURE);
    expect(images.released).toEqual(['blob:1']);
    await session.ask('What?');
    session.stop();
    expect(images.released).toEqual(['blob:1']);
    session.newConversation();
    expect(images.released).toEqual(['blob:1', 'blob:2']);
    expect(session.getState().turns).toEqual([]);
  });

  it('takes as many pictures as the model looks at, in the order the person gives them', async () => {
    const { backend, session, images } = start();
    backend.onLoad = async () => ({ ...FAKE_INFO, max_images: 2 });
    session.load();
    await vi.waitFor(() => expect(session.getState().model.status).toBe('ready'));
    for (let i = 0; i < 3; i++) await session.addImage(PICTURE);
    const ids = () => session.getState().draft.images.map(({ id }) => id);
    expect(ids()).toEqual(['1', '2']);
    expect(session.getState().notice?.evidence).toEqual({ reason: 'tooManyImages', max: 2 });
    expect(images.released).toEqual(['blob:3']);
    session.moveImage('2');
    session.moveImage('2');
    expect(ids()).toEqual(['2', '1']);
    session.removeImage('2');
    expect(ids()).toEqual(['1']);
    expect(images.released).toEqual(['blob:3', 'blob:2']);
  });

  it('says so when more pictures were chosen than the model turns out to look at, and keeps them', async () => {
    const { session, last, ended } = start();
    await session.addImage(PICTURE);
    await session.addImage(PICTURE);
    await session.ask('Which is larger?');
    session.load();
    await ended();
    expect(last()?.answer).toMatchObject({
      status: 'failed',
      error: { evidence: { reason: 'tooManyImages', max: 1 } },
    });
    session.edit(last()?.id ?? -1);
    expect(session.getState().draft.images).toHaveLength(2);
    await session.ask();
    expect(session.getState()).toMatchObject({ notice: { evidence: { max: 1 } }, draft: { images: { length: 2 } } });
  });

  it('rewords a question in its place, without losing its answer or what was typed meanwhile', async () => {
    const { session, images, last, ended } = start();
    session.load();
    await session.addImage(PICTURE);
    await session.ask('What?');
    await ended();
    session.setDraft('And now?');
    session.edit(last()?.id ?? -1);
    expect(last()?.answer.text).toBe('Yes.');
    expect(session.getState().draft).toMatchObject({ text: 'What?\nAnd now?', images: [{ url: 'blob:1' }] });
    session.setDraft('What else?');
    await session.ask();
    await ended();
    expect(session.getState().turns.map(({ question }) => question)).toEqual(['What else?']);
    expect(last()?.images).toHaveLength(1);
    expect(images.released).toEqual([]);
  });

  it('gives a rewording up when the box is emptied', async () => {
    const { session, images, last, ended } = start();
    session.load();
    await session.addImage(PICTURE);
    await session.ask('What?');
    await ended();
    session.edit(last()?.id ?? -1);
    session.setDraft('');
    expect(session.getState().draft).toEqual({ text: '', images: [], replaces: null });
    await session.ask('A new one?');
    await ended();
    expect(session.getState().turns.map(({ question }) => question)).toEqual(['What?', 'A new one?']);
    expect(images.released).toEqual([]);
  });
});
