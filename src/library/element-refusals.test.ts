/** Every reason for which a file is not taken has a sentence in every language of the element. */
import { expect, test } from 'vitest';
import type { AppError } from '../../contract/errors.ts';
import { readImageFile } from '../interaction/image-file.ts';
import { readDrop, readPaste } from '../interaction/pasted.ts';
import { refusalIn } from './element-refusals.ts';

const text = (...parts: BlobPart[]): Blob => new Blob(parts);
const bmp = new Uint8Array(60);
bmp.set([0x42, 0x4d]);
new DataView(bmp.buffer).setInt32(18, 20_000, true);
new DataView(bmp.buffer).setInt32(22, 20_000, true);
const gone = Object.assign(text('x'), { arrayBuffer: () => Promise.reject(new DOMException('', 'NotFoundError')) });
const huge = Object.defineProperty(text('x'), 'size', { value: 300 * 1024 * 1024 });

const FILES: [string, Blob][] = [
  ['notAnImage', text('# Words')],
  ['heic', text(Uint8Array.of(0, 0, 0, 24), 'ftypheic', new Uint8Array(16))],
  ['tiff', text('II*\0', new Uint8Array(16))],
  ['pdf', text('%PDF-1.7')],
  ['svg', text('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['zip', text('PK\x03\x04', new Uint8Array(16))],
  ['video', text(Uint8Array.of(0, 0, 0, 24), 'ftypisom', new Uint8Array(16))],
  ['damaged', text(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 2))],
  ['emptyFile', text()],
  ['gone', gone],
  ['tooManyPixels', text(bmp)],
  ['tooManyBytes', huge],
];

async function refusals(): Promise<AppError[]> {
  const thrown = FILES.map(([, file]) =>
    readImageFile(file).then(
      () => Promise.reject(new Error('taken')),
      (error: AppError) => error,
    ),
  );
  const brought = [
    readDrop({ types: ['text/uri-list'], files: [], getData: () => '' }),
    readPaste({ types: ['text/plain'], files: [], getData: () => 'https://example.org/a.png' }, null),
  ];
  const refused = brought.flatMap((item) => (item !== null && 'refusal' in item ? [item.refusal] : []));
  return [...(await Promise.all(thrown)), ...refused];
}

test.each(['en', 'de-AT', 'fr', 'es', 'zh', 'ar'])('%s', async (tag) => {
  const errors = await refusals();
  expect(errors.map(({ evidence }) => evidence['reason'])).toEqual([
    ...FILES.map(([reason]) => reason),
    'noFile',
    'address',
  ]);
  const sentences = errors.map(({ evidence }) => refusalIn(tag, evidence));
  for (const sentence of sentences) expect(sentence).toMatch(/^[^{}]{12,}[.?。？؟]$/u);
  expect(new Set(sentences).size).toBe(errors.length - 1); // both limits of size have one sentence
  if (tag !== 'en')
    for (const [i, error] of errors.entries()) expect(sentences[i]).not.toBe(refusalIn('en', error.evidence));
});

test('what is not known is told in the words of the error', () => {
  for (const reason of ['video?', 'toString', 'foreign', undefined])
    expect(refusalIn('de', { reason: reason ?? null })).toBeNull();
});
