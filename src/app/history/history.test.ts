import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../contract/errors.ts';
import { createSession, type ImageReader } from '../session.ts';
import { FakeBackend } from '../test/fake-backend.ts';
import { createHistory } from './history.ts';
import { contains, titleOf } from './record.ts';
import { openShelf, type Shelf } from './shelf.ts';

let made = 0;
const reader: ImageReader = {
  read: async (blob) => ({ id: `picture-${(made += 1)}`, blob, url: 'blob:new', width: 4, height: 3 }),
  restore: (kept) => ({ ...kept, url: 'blob:restored' }),
  release: () => {},
};

let shelf: Shelf;
let name = 0;
beforeEach(() => {
  shelf = openShelf(`test-${(name += 1)}`);
});

function visit() {
  const backend = new FakeBackend();
  const session = createSession(backend, reader);
  const history = createHistory(session, shelf, reader, null);
  session.load();
  async function ask(question: string) {
    const before = session.getState().turns.length;
    await session.ask(question);
    await vi.waitFor(() => expect(session.getState().turns.slice(before)[0]?.answer.status).toMatch(/done|failed/));
    await history.settled();
  }
  return { backend, session, history, ask };
}

describe('conversations', () => {
  it('are there again on the next visit, with their pictures and figures, and go on', async () => {
    const first = visit();
    await first.session.addImage(new Blob(['bytes'], { type: 'image/png' }));
    await first.ask('What is this?');
    await first.ask('And that?');

    const { session, history, ask } = visit();
    await history.refresh();
    const [record] = history.getState().records ?? [];
    expect(record && titleOf(record)).toBe('What is this?');
    await history.open(record!);
    const { turns, conversation } = session.getState();
    expect(conversation.id).toBe(first.session.getState().conversation.id);
    expect(turns.map(({ question }) => question)).toEqual(['What is this?', 'And that?']);
    expect(turns[0]?.answer).toMatchObject({ status: 'done', text: 'Yes.', done: { usage: { completion_tokens: 5 } } });
    expect(turns[0]?.images).toMatchObject([{ url: 'blob:restored', width: 4, height: 3 }]);
    expect(await turns[0]?.images[0]?.blob.text()).toBe('bytes');
    await ask('More?');
    expect(history.getState().records?.[0]?.turns).toHaveLength(3);
  });

  it('keep an answer that was left in the middle, as stopped', async () => {
    const { backend, session, history } = visit();
    backend.scripts.push([{ type: 'text', text: 'Half an' }, new Promise(() => {})]);
    await session.addImage(new Blob(['p']));
    await session.ask('What?');
    await vi.waitFor(() => expect(session.getState().turns[0]?.answer.text).toBe('Half an'));
    session.newConversation();
    await history.settled();
    await history.refresh();
    expect(history.getState().records?.[0]?.turns[0]?.answer).toMatchObject({ status: 'stopped', text: 'Half an' });
  });

  it('are never written when they are temporary', async () => {
    const { session, history, ask } = visit();
    session.newConversation(true);
    await session.addImage(new Blob(['p']));
    await ask('Secret?');
    expect(await shelf.list()).toEqual([]);
    expect(history.getState().problem).toBeNull();
  });

  it('are found by any word, renamed, and deleted with their pictures', async () => {
    const { session, history, ask } = visit();
    await session.addImage(new Blob(['p']));
    await ask('Is there a CIRCLE?');
    session.newConversation();
    await session.addImage(new Blob(['q']));
    await ask('Is there a square?');
    await history.refresh();
    const records = () => history.getState().records ?? [];
    expect(
      records()
        .filter((record) => contains(record, 'circle '.trim()))
        .map(titleOf),
    ).toEqual(['Is there a CIRCLE?']);
    expect(records().filter((record) => contains(record, 'yes'))).toHaveLength(2);
    await history.rename(records()[1]!, '  Circles  ');
    await history.rename(records().find(({ title }) => title === '')!, 'Squares');
    expect(session.getState().conversation.title).toBe('Squares');
    expect(records().map(titleOf).toSorted()).toEqual(['Circles', 'Squares']);
    const circles = records().find((record) => titleOf(record) === 'Circles')!;
    expect(await (await shelf.images(circles)).values().next().value?.text()).toBe('p');
    await history.remove(circles);
    expect(records().map(titleOf)).toEqual(['Squares']);
    expect((await shelf.images(circles)).size).toBe(0);
    await history.removeAll();
    expect(records()).toEqual([]);
    expect(session.getState().turns).toEqual([]);
  });

  it('do not come back when they are deleted while an answer is written', async () => {
    const { backend, session, history } = visit();
    let end = () => {};
    backend.scripts.push([{ type: 'text', text: 'A' }, new Promise<void>((resolve) => (end = resolve))]);
    await session.addImage(new Blob(['p']));
    await session.ask('What?');
    await history.settled();
    await history.refresh();
    await history.remove(history.getState().records![0]!);
    end();
    await history.settled();
    expect(await shelf.list()).toEqual([]);
  });

  it('that are kept already are not added again, also under other names; what differs anywhere is', async () => {
    const { session, history, ask } = visit();
    await session.addImage(new Blob(['bytes']));
    await ask('What is this?');
    await history.refresh();
    const [kept] = history.getState().records ?? [];
    /** As an import brings it: everything under a new name. */
    const arrived = (bytes = 'bytes', title = '', answer = 'Yes.') => {
      const [turn] = structuredClone(kept!.turns);
      const record = { ...kept!, id: `import-${(made += 1)}`, title, updated: 7 };
      record.turns = [
        { ...turn!, answer: { ...turn!.answer, text: answer }, pictures: [{ id: `i-${made}`, width: 4, height: 3 }] },
      ];
      return { record, images: new Map([[`i-${made}`, new Blob([bytes])]]) };
    };
    expect(await history.add([arrived(), arrived()])).toBe(0);
    expect(await history.add([arrived('BYTES')])).toBe(1);
    const twice = [arrived('bytes', 'Named'), arrived('bytes', '', 'No.'), arrived('bytes', 'Named')];
    expect(await history.add(twice)).toBe(2);
    expect(await history.add(twice)).toBe(0);
    expect(await shelf.list()).toHaveLength(4);
  });

  it('say so when the browser keeps nothing, and the page goes on', async () => {
    const refuse = () => Promise.reject(new AppError('quota', 'full'));
    shelf = { ...shelf, save: refuse, list: refuse };
    const { session, history, ask } = visit();
    await session.addImage(new Blob(['p']));
    await ask('What?');
    expect(history.getState()).toMatchObject({ problem: { code: 'quota' }, records: [] });
    expect(session.getState().turns[0]?.answer.status).toBe('done');
  });
});
