/** A blank page that holds the page's own code for pictures, pastes, drops, keys, ids and sums; bundled by browser-world.ts. */
import { evidenceText, settle } from '../contract/errors.ts';
import { newId } from '../contract/new-id.ts';
import { noWebGpu } from '../contract/secure-context.ts';
import { runningSum } from '../files/running-sum.ts';
import { sha256 } from '../files/sha256.ts';
import { decodeImage } from '../runtime/decode-image.ts';
import { readImage } from '../src/app/images/read.ts';
import { readImageFile } from '../src/interaction/image-file.ts';
import { listenForImages } from '../src/interaction/listen.ts';
import { questionKey } from '../src/interaction/question-key.ts';

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const base64Of = (bytes: Uint8ClampedArray | Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
};

export interface Brought {
  how: 'paste' | 'drop';
  /** Type → text. */
  texts?: Record<string, string>;
  /** Names of PNG files. */
  files?: string[];
  /** Where the focus is. */
  into: 'field' | 'page';
}

/** What a real event with such data does: which files are taken, why none is, and whether the browser goes on with it. */
async function bring({ how, texts = {}, files = [], into }: Brought): Promise<string> {
  const place = document.createElement('div');
  const target = document.createElement(into === 'field' ? 'textarea' : 'p');
  place.append(target);
  document.body.replaceChildren(place);
  const heard: string[] = [];
  listenForImages(place, {
    take: (taken) => void heard.push(`takes ${taken.map(({ name }) => name).join()}`),
    refuse: ({ evidence }) => void heard.push(`refuses: ${evidenceText(evidence, 'reason')}`),
    dragging: () => {},
  });
  const data = new DataTransfer();
  for (const [type, text] of Object.entries(texts)) data.setData(type, text);
  for (const name of files) data.items.add(new File(['x'], name, { type: 'image/png' }));
  const init = { bubbles: true, cancelable: true, composed: true };
  const event =
    how === 'paste'
      ? new ClipboardEvent('paste', { ...init, clipboardData: data })
      : new DragEvent('drop', { ...init, dataTransfer: data });
  target.dispatchEvent(event);
  return [...heard, event.defaultPrevented ? 'kept from the browser' : 'left to the browser'].join(', ');
}

const parts = {
  /** Pixels that the model gets of a file which somebody adds, as the worker decodes what the page took in. */
  decode: (base64: string) =>
    settle(async () => {
      const { blob } = await readImage(new Blob([bytesOf(base64)]));
      const { width, height, data } = await decodeImage(blob);
      return { width, height, base64: base64Of(data) };
    }),
  header: (base64: string) => settle(async () => (await readImageFile(new Blob([bytesOf(base64)]))).header.kind),
  bring,
  /** What an Enter, or another key, means; `init` as the browser would fill in the event. */
  key: async (init: KeyboardEventInit) => questionKey(new KeyboardEvent('keydown', init)),
  ids: async () => Array.from({ length: 100 }, newId),
  sha256: async (base64: string) => sha256(bytesOf(base64)),
  runningSum: async (base64: string, step: number) => {
    const bytes = bytesOf(base64);
    const sum = runningSum();
    for (let at = 0; at < bytes.length; at += step) sum.update(bytes.subarray(at, at + step));
    return sum.hex();
  },
  gpu: () => settle(async () => Promise.reject(noWebGpu())),
  missing: async () => ['randomUUID', 'subtle'].filter((name) => !(name in crypto)),
};

Object.assign(globalThis, { parts });

export type PartsHarness = typeof parts;
