/** What pastes, drops and keys mean: words of office programs, copied pictures, files of file managers, input methods. */
import { describe, expect, test } from 'vitest';
import { evidenceText } from '../../contract/errors.ts';
import { readImageFile } from './image-file.ts';
import { type Brought, isOnlyImages, readDrop, readPaste, type Transfer } from './pasted.ts';
import { questionKey } from './question-key.ts';
import { SpokenAnswer, type Spoken } from './spoken-answer.ts';

const PNG = new File(['x'], 'image.png', { type: 'image/png' });
const FIELD = { selectionStart: 0, readOnly: false, disabled: false } as unknown as EventTarget;
const BODY = { localName: 'body' } as unknown as EventTarget;

function transfer(texts: Record<string, string>, ...files: File[]): Transfer {
  const types = [...Object.keys(texts), ...(files.length > 0 ? ['Files'] : [])];
  return { files, types, getData: (type) => texts[type] ?? '' };
}
const kindOf = (brought: Brought): string => {
  if (brought === null) return 'left to the browser';
  return 'files' in brought ? 'files' : evidenceText(brought.refusal.evidence, 'reason');
};

const WORD =
  '<html><head><style>p{}</style></head><body><!--StartFragment--><p>Words</p><!--EndFragment--></body></html>';
const COPIED = '<meta charset="utf-8"><img src="https://example.org/a.png" alt="A cat">';

describe('a paste', () => {
  test.each<[string, Record<string, string>, File[], string]>([
    ['words of Word', { 'text/plain': 'Words', 'text/html': WORD }, [PNG], 'left to the browser'],
    [
      'cells of Excel',
      { 'text/plain': '1\t2\r\n3\t4', 'text/html': '<table><td>1</table>' },
      [PNG],
      'left to the browser',
    ],
    [
      'words with a picture among them',
      { 'text/plain': 'See:', 'text/html': 'See: <img src="a">' },
      [PNG],
      'left to the browser',
    ],
    ['words without HTML', { 'text/plain': 'Words' }, [PNG], 'left to the browser'],
    ['words that quote a name', { 'text/plain': 'look at image.png' }, [PNG], 'left to the browser'],
    ['a picture alone', {}, [PNG], 'files'],
    ['a picture copied in a browser', { 'text/html': COPIED }, [PNG], 'files'],
    ['the same with its description as text', { 'text/plain': 'A cat', 'text/html': COPIED }, [PNG], 'files'],
    ['a picture with its address', { 'text/plain': 'https://example.org/a.png' }, [PNG], 'files'],
    [
      'a picture copied in Word',
      {
        'text/plain': ' \r\n',
        'text/html': `${WORD.replace('<p>Words</p>', '<p><img src="file:///a.png">&nbsp;</p>')}`,
      },
      [PNG],
      'files',
    ],
    ['a picture copied in Notes', { 'text/plain': '\uFFFC' }, [PNG], 'files'],
    ['a file of macOS', { 'text/plain': 'image.png' }, [PNG], 'files'],
    ['a file of Linux', { 'text/plain': '/home/ada/my%20pictures/image.png' }, [PNG], 'files'],
    ['two files of Linux', { 'text/plain': 'file:///a/image.png\nfile:///a/b%20c.png\n' }, [PNG, PNG], 'files'],
    ['an address', { 'text/plain': ' https://example.org/a.png\n' }, [], 'address'],
    ['words', { 'text/plain': 'Words', 'text/html': WORD }, [], 'left to the browser'],
    ['nothing', {}, [], 'left to the browser'],
  ])('of %s into a text field', (_, texts, files, kind) => {
    expect(kindOf(readPaste(transfer(texts, ...files), FIELD))).toBe(kind);
  });

  test('elsewhere there is nowhere for words: the picture is taken', () => {
    const data = transfer({ 'text/plain': 'Words', 'text/html': WORD }, PNG);
    expect(readPaste(data, BODY)).toEqual({ files: [PNG] });
    expect(readPaste(data, null)).toEqual({ files: [PNG] });
    for (const field of [
      { selectionStart: 0, readOnly: true },
      { localName: 'input', type: 'file', selectionStart: null },
    ])
      expect(readPaste(data, field as unknown as EventTarget)).toEqual({ files: [PNG] });
    for (const field of [{ localName: 'input', type: 'text', selectionStart: 3 }, { isContentEditable: true }])
      expect(readPaste(data, field as unknown as EventTarget)).toBeNull();
    expect(readPaste(null, FIELD)).toBeNull();
  });

  test('HTML is only a picture when nothing is written beside it', () => {
    expect(isOnlyImages('<a href="x"><img src="a"></a>')).toBe(true);
    expect(isOnlyImages('<img src="a"><img src="b">&#160;')).toBe(true);
    expect(isOnlyImages('<figure><img src="a"><figcaption>Words</figcaption></figure>')).toBe(false);
    expect(isOnlyImages('')).toBe(false);
  });
});

test('a picture that lies in its own address is taken, dropped or pasted', async () => {
  const address = `data:image/png;base64,${btoa('\x89PNG bytes')}`;
  for (const brought of [
    readDrop(transfer({ 'text/uri-list': address, 'text/html': `<img src="${address}">` })),
    readPaste(transfer({ 'text/plain': address }), FIELD),
  ]) {
    expect(kindOf(brought)).toBe('files');
    const [file] = brought !== null && 'files' in brought ? brought.files : [];
    expect(file?.type).toBe('image/png');
    const bytes = await file?.arrayBuffer();
    expect(bytes && Buffer.from(bytes).toString('latin1')).toBe('\x89PNG bytes');
  }
  const drawn = readDrop(transfer({ 'text/uri-list': 'data:image/svg+xml;charset=utf-8,%3Csvg/%3E' }));
  expect(drawn !== null && 'files' in drawn && (await drawn.files[0]?.text())).toBe('<svg/>');
  for (const address of ['data:image/png;base64,%', 'data:text/html,<b>', 'data:image/png;base64,****'])
    expect(kindOf(readDrop(transfer({ 'text/uri-list': address })))).toBe('noFile');
});

test('a drop: files, or why there are none; text is left alone', () => {
  expect(kindOf(readDrop(transfer({}, PNG)))).toBe('files');
  expect(kindOf(readDrop(transfer({ 'text/uri-list': 'https://example.org/a.png' })))).toBe('noFile');
  expect(kindOf(readDrop({ ...transfer({}), types: ['Files'] }))).toBe('noFile');
  expect(kindOf(readDrop(transfer({ 'text/plain': 'Words' })))).toBe('left to the browser');
});

test('a file is judged by its header, at once', async () => {
  const heic = new Blob([Uint8Array.of(0, 0, 0, 24), 'ftypheic', new Uint8Array(16)], { type: 'image/heic' });
  await expect(readImageFile(heic)).rejects.toMatchObject({ code: 'image-unsupported', evidence: { reason: 'heic' } });
  await expect(readImageFile(new Blob(['# Words']))).rejects.toMatchObject({ evidence: { reason: 'notAnImage' } });
});

test.each([
  ['Enter', {}, 'ask'],
  ['Enter with Shift', { shiftKey: true }, null],
  ['Enter in a composition', { isComposing: true }, null],
  ['the Enter with which Safari ends a composition', { keyCode: 229 }, null],
  ['Escape', { key: 'Escape', keyCode: 27 }, 'stop'],
  ['Escape in a composition', { key: 'Escape', isComposing: true }, null],
  ['an arrow', { key: 'ArrowUp', keyCode: 38 }, 'edit'],
  ['an arrow among the words of an input method', { key: 'ArrowUp', keyCode: 229 }, null],
  ['a letter', { key: 'a', keyCode: 65 }, null],
])('the key %s', (_, pressed, meaning) => {
  expect(questionKey({ key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13, ...pressed })).toBe(meaning);
});

test('an answer is said in sentences that wait for each other, its end at once', async () => {
  const heard: Spoken[] = [];
  const answer = new SpokenAnswer((spoken) => heard.push(spoken));
  const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
  for (const text of ['A', 'A cat.', 'A cat. It']) {
    answer.tell({ key: '1', text, ended: false, ending: '' });
    await moment();
  }
  expect(heard).toEqual([{ say: 'A cat.', first: true, ending: '' }]);
  answer.tell({ key: '1', text: 'A cat. It sleeps. It', ended: false, ending: 'Stopped.' });
  await moment();
  expect(heard.length).toBe(1);
  answer.tell({ key: '1', text: 'A cat. It sleeps. It', ended: true, ending: 'Stopped.' });
  await moment();
  answer.tell({ key: '1', text: 'A cat. It sleeps. It', ended: true, ending: 'Stopped.' });
  await moment();
  expect(heard.slice(1)).toEqual([{ say: 'It sleeps. It', first: false, ending: 'Stopped.' }]);
  answer.tell({ key: '2', text: 'No.', ended: true, ending: '' });
  await moment();
  expect(heard.at(-1)).toEqual({ say: 'No.', first: true, ending: '' });
});
