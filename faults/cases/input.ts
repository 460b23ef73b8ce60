/** Group X: pastes, drops and keys as real events in a real page: what is taken, refused, or left to the browser. */
import { type PageCase, same } from '../part-case.ts';
import type { Brought } from '../parts-harness.ts';

const COPIED = '<meta charset="utf-8"><img src="https://example.org/a.png" alt="A cat">';
const LEFT = 'left to the browser';
const TAKEN = 'takes image.png, kept from the browser';

const brought = (id: string, title: string, event: Brought, outcome: string): PageCase => ({
  id,
  title,
  state: 'right',
  async run(parts) {
    same(await parts.bring(event), outcome, 'the event');
  },
});

const paste = (
  id: string,
  title: string,
  outcome: string,
  texts: Record<string, string>,
  ...files: string[]
): PageCase => brought(id, title, { how: 'paste', into: 'field', texts, files }, outcome);

const key = (id: string, title: string, init: KeyboardEventInit, meaning: string | null): PageCase => ({
  id,
  title,
  state: 'right',
  async run(parts) {
    same(await parts.key({ key: 'Enter', keyCode: 13, ...init } as KeyboardEventInit), meaning, 'the key');
  },
});

const WORDS = { 'text/plain': 'Words', 'text/html': '<p>Words</p>' };

export const INPUT: PageCase[] = [
  paste('X01-word', 'words of an office program, with a picture of them', LEFT, WORDS, 'image.png'),
  paste(
    'X01-cells',
    'cells of a spreadsheet, with a picture of them',
    LEFT,
    { 'text/plain': '1\t2\r\n3\t4' },
    'image.png',
  ),
  paste(
    'X01-web-picture',
    'a picture copied in a browser, with its description',
    TAKEN,
    { 'text/plain': 'A cat', 'text/html': COPIED },
    'image.png',
  ),
  paste('X01-picture', 'a picture alone', TAKEN, {}, 'image.png'),
  paste('X01-file-name', 'a file, with its name as text', TAKEN, { 'text/plain': '/home/ada/image.png' }, 'image.png'),
  paste('X01-address', 'an address of a picture', 'refuses: address, kept from the browser', {
    'text/plain': 'https://example.org/a.png',
  }),
  brought(
    'X01-elsewhere',
    'words with a picture, where nothing can be written',
    { how: 'paste', into: 'page', texts: WORDS, files: ['image.png'] },
    TAKEN,
  ),
  brought('X02-drop', 'a dropped file', { how: 'drop', into: 'page', files: ['image.png'] }, TAKEN),
  brought(
    'X02-address',
    'a dropped address',
    { how: 'drop', into: 'page', texts: { 'text/uri-list': 'https://example.org/a.png' } },
    'refuses: noFile, kept from the browser',
  ),
  brought('X02-text', 'dropped words', { how: 'drop', into: 'field', texts: { 'text/plain': 'Words' } }, LEFT),
  key('X03-composing', 'an Enter that chooses a word of an input method', { isComposing: true }, null),
  key('X03-safari', 'the Enter with which Safari ends a composition', { keyCode: 229 } as KeyboardEventInit, null),
  key('X03-enter', 'an Enter after the composition', {}, 'ask'),
  {
    id: 'X04-heic',
    title: 'a HEIC is refused when it is brought, not when it is asked about',
    state: 'image-unsupported',
    because: { reason: 'heic' },
    says: /JPEG/,
    async run(parts) {
      await parts.header(Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(16)]));
    },
  },
];
