/** What is on the clipboard or dragged → images to take, a refusal, or nothing: then the browser does what it always does. */
import { AppError } from '../../contract/errors.ts';

/** What a person brought: files to open, or why there is nothing to open; null leaves the event to the browser. */
export type Brought = { files: File[] } | { refusal: AppError } | null;

/** The parts of a DataTransfer that are read here. */
export type Transfer = Pick<DataTransfer, 'getData' | 'types'> & { readonly files: ArrayLike<File> };

/** True when the text is one address of the web and nothing else. */
export function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text.trim());
}

/** The bytes of a file that lies in its own address (`data:image/…`), as thumbnails and chats have them; else null. */
function fileInAddress(text: string): File | null {
  const [, type, base64, data] =
    /^data:(image\/[a-z0-9.+-]+)(?:;[a-z-]+=[^;,]*)*(;base64)?,(\S*)$/i.exec(text.trim()) ?? [];
  if (type === undefined || data === undefined) return null;
  try {
    const letters = base64 === undefined ? data : atob(decodeURIComponent(data));
    const bytes = base64 === undefined ? new TextEncoder().encode(decodeURIComponent(letters)) : bytesOf(letters);
    return new File([bytes], 'picture', { type });
  } catch {
    return null; // no base64, or a percent sign that begins nothing
  }
}

const bytesOf = (letters: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(letters, (letter) => letter.charCodeAt(0));

/** True for HTML that shows pictures and says nothing, as browsers write it beside a copied picture. */
export function isOnlyImages(html: string): boolean {
  // By hand: a parser would need leave from pages that enforce trusted types.
  const body = html.replaceAll(/<!--[\s\S]*?-->|<(head|style|script|title)\b[\s\S]*?<\/\1\s*>/gi, '');
  const text = body.replaceAll(/<[^>]*>|&nbsp;|&#(160|xa0);/gi, '');
  return /<img\b/i.test(body) && text.trim() === '';
}

/** True for text that only says where the copied thing lies: its address, or the paths that file managers put beside files. */
function namesFiles(text: string, files: readonly File[]): boolean {
  const names = files.flatMap(({ name }) => [name, encodeURIComponent(name)]);
  return text.split(/\s*[\r\n]+/).every((line) => {
    const isAddress = /^(https?|file|blob|data):\S+$/i.test(line);
    return line === '' || isAddress || names.some((name) => line.split(/[\\/]/).at(-1) === name);
  });
}

/**
 * True when the clipboard holds words and pictures of those words: office programs put both there. A picture that was
 * copied in a browser comes with HTML that is only an `<img>`; some programs put a placeholder character (U+FFFC) as text.
 */
function isText(data: Transfer, files: readonly File[]): boolean {
  const text = data.getData('text/plain').replaceAll('\uFFFC', '').trim();
  return text !== '' && !isOnlyImages(data.getData('text/html')) && !namesFiles(text, files);
}

/** True when what is pasted would be written where the event happened. */
export function isTextField(target: EventTarget | null | undefined): boolean {
  const field = (target ?? {}) as Partial<HTMLTextAreaElement>;
  // Only fields of text have a cursor.
  return (
    field.isContentEditable === true || (typeof field.selectionStart === 'number' && !field.readOnly && !field.disabled)
  );
}

/** What a paste brings. Words win over pictures of them where they can be written; an address is never opened. */
export function readPaste(data: Transfer | null, target: EventTarget | null | undefined): Brought {
  if (data === null) return null;
  const files = Array.from(data.files);
  if (files.length > 0) return isTextField(target) && isText(data, files) ? null : { files };
  const file = fileInAddress(data.getData('text/plain'));
  if (file !== null) return { files: [file] };
  if (!isAddress(data.getData('text/plain'))) return null;
  return { refusal: new AppError('request-invalid', 'That is an address.', { reason: 'address' }) };
}

/** True while something is dragged that could be a picture; text that is dragged within the page is left alone. */
export function mayBeImage(data: Pick<Transfer, 'types'> | null): boolean {
  return data?.types.includes('Files') === true || data?.types.includes('text/uri-list') === true;
}

/** What came without a file: a picture of another page, which would have to be fetched. */
export const noFile = (): AppError =>
  new AppError('image-unsupported', 'That came without a file.', {
    reason: 'noFile',
  });

/** What a drop brings. All that `mayBeImage` is taken: left to the browser, a file would open in place of the page. */
export function readDrop(data: Transfer | null): Brought {
  if (data === null || !mayBeImage(data)) return null;
  const files = Array.from(data.files);
  if (files.length > 0) return { files };
  const file = fileInAddress(data.getData('text/uri-list'));
  return file === null ? { refusal: noFile() } : { files: [file] };
}
