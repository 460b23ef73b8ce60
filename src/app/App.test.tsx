import 'fake-indexeddb/auto';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../contract/errors.ts';
import { reasonText } from '../../contract/reasons.ts';
import { App } from './App.tsx';
import type { Offline } from './offline.ts';
import { createHistory } from './history/history.ts';
import { openShelf } from './history/shelf.ts';
import { createSession, type ImageReader } from './session.ts';
import { doneEvent, FAKE_INFO, FakeBackend, type Script } from './test/fake-backend.ts';

const OFFLINE: Offline = {
  subscribe: () => () => {},
  getState: () => 'ready',
  changedFile: { subscribe: () => () => {}, getState: () => null },
  start: async () => {},
  update: () => {},
};
const PICTURE = new Blob(['p']);

function page() {
  const reader: ImageReader = {
    read: async (blob) => ({ id: '1', blob, url: 'blob:1', width: 640, height: 480 }),
    restore: (kept) => ({ ...kept, url: 'blob:1' }),
    release: () => {},
  };
  vi.stubGlobal('navigator', { mediaDevices: {} });
  const backend = new FakeBackend();
  const session = createSession(backend, reader);
  const history = createHistory(session, openShelf(), reader, null);
  const app = <App session={session} offline={OFFLINE} history={Promise.resolve(history)} reader={reader} />;
  return { backend, session, html: () => renderToStaticMarkup(app) };
}

/** The page as soon as the part with `text`, which comes later, is there. */
const shown = (html: () => string, text: string): Promise<string> =>
  vi.waitFor(() => {
    const page = html();
    expect(page).toContain(text);
    return page;
  });

/** The page after one question was answered by `script`. */
async function answered(script: Script) {
  const { backend, session, html } = page();
  backend.scripts.push(script);
  session.load();
  await session.addImage(PICTURE);
  await session.ask('What <b>is</b> this?');
  await vi.waitFor(() => expect(session.getState().turns[0]?.answer.status).toMatch(/done|stopped|failed/));
  return shown(html, '<article');
}

describe('the page', () => {
  it('names its parts before anything has loaded', () => {
    const html = page().html();
    expect(html).toMatch(/<section[^>]*role="log"[^>]*aria-live="off"[^>]*aria-label="Conversation"/);
    expect(html).toMatch(/<textarea[^>]*aria-label="Question"/);
    for (const name of ['Add image', 'Take photo', 'Ask']) expect(html).toMatch(new RegExp(`<button[^>]*>.*?${name}`));
    expect(html).toContain('<progress aria-label="Loading the model"');
    expect(html).not.toContain('Stop');
  });

  it('says how far the download is, in bytes and per cent', () => {
    const { backend, session, html } = page();
    backend.onLoad = ({ onProgress }) => {
      onProgress?.({ step: 'download', loaded_bytes: 3_100_000, total_bytes: 6_200_000, network_bytes: 3_100_000 });
      return new Promise(() => {});
    };
    session.load();
    expect(html()).toContain('Downloading the model: 3.1 of 6.2 MB, 50%');
    expect(html()).toMatch(/<progress[^>]*value="50"/);
  });

  it('names device, reasons and privacy when the model is ready', async () => {
    const { session, html } = page();
    session.load();
    await vi.waitFor(() => expect(session.getState().model.status).toBe('ready'));
    expect(html()).toContain('Fake model · WebAssembly');
    expect(html()).toContain('Works offline');
    expect(html()).toContain('never leave this device');
    const why = await shown(html, 'Why WebAssembly?');
    for (const reason of FAKE_INFO.reasons) expect(why).toContain(reasonText(reason));
  });

  it('offers WebAssembly when WebGPU was asked for and is missing', async () => {
    const { backend, session, html } = page();
    backend.onLoad = () => Promise.reject(new AppError('webgpu-missing', 'no adapter', { adapters: 0 }));
    session.load();
    await vi.waitFor(() => expect(session.getState().model.status).toBe('failed'));
    expect(html()).toMatch(/role="alert"[^>]*data-error="webgpu-missing"/);
    expect(html()).toContain('Use WebAssembly');
    expect(html()).toContain('adapters: 0');
  });

  it('shows a finished answer as text, never as HTML, with its figures', async () => {
    const html = await answered([{ type: 'text', text: 'A <img src=x onerror=alert(1)>.' }, doneEvent()]);
    expect(html).toMatch(/<article[^>]*aria-label="Answer"[^>]*data-state="done"/);
    expect(html).toContain('A &lt;img src=x');
    expect(html).toContain('What &lt;b&gt;is&lt;/b&gt; this?');
    expect(html).toContain('alt="Your picture, 640 × 480 pixels"');
    expect(html).toMatch(/First token after<\/dt><dd>110 ms/);
    // 5 tokens, of which the first belongs to the prefill: 4 in 50 ms.
    expect(html).toMatch(/Speed<\/dt><dd>80 tokens\/s/);
  });

  it.each([
    ['a cut answer', [{ type: 'text', text: 'A' }, doneEvent('length')], 'length limit'],
    ['an empty answer', [doneEvent()], 'no answer'],
    [
      'an answer without its oldest questions',
      [
        { type: 'text', text: 'A' },
        { ...doneEvent(), usage: { ...doneEvent().usage, dropped_turns: 1 } },
      ],
      'left out',
    ],
    ['a failed answer', [new AppError('context-full', 'x')], 'longer than the model can read'],
  ] as [string, Script, string][])('says so at %s', async (_, script, sentence) => {
    expect(await answered(script)).toContain(sentence);
  });

  it('marks a failed answer and offers both ways on', async () => {
    const html = await answered([{ type: 'text', text: 'Half' }, new AppError('out-of-memory', 'x')]);
    expect(html).toMatch(/data-state="failed"/);
    expect(html).toContain('Half');
    expect(html).toContain('Try again');
    expect(html).toContain('aria-label="Edit question"');
  });

  it('offers Stop and shows a queued answer as streaming while it waits for the model', async () => {
    const { backend, session, html } = page();
    backend.onLoad = () => new Promise(() => {});
    session.load();
    await session.addImage(PICTURE);
    for (const name of ['Describe', 'Read the text', 'What is this?', 'Alt text']) expect(html()).toContain(name);
    await session.ask('What?');
    expect(await shown(html, '<article')).toMatch(/data-state="streaming"/);
    expect(html()).toContain('Waiting for the model');
    expect(html()).toContain('Stop');
  });
});
