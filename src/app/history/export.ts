/** Kept conversations → files to take away: Markdown to read, JSON to bring back. Images have no metadata any more. */
import { fill, locale, number, words } from '../language.ts';
import { type ConversationRecord, titleOf } from './record.ts';

export const FORMAT = 'mipha-conversations';

type Images = ReadonlyMap<string, Blob>;

/** Text that must not turn into Markdown of another meaning. */
function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

/** Questions as quotes, answers as they were written. Images are named with their size, not included. */
export function toMarkdown(record: ConversationRecord): string {
  const w = words().conversation;
  const date = new Date(record.created).toLocaleString(locale());
  const parts = [`# ${titleOf(record).replace(/\s+/g, ' ')}`, date];
  for (const { question, pictures, answer } of record.turns) {
    for (const { width, height } of pictures) parts.push(`*[${w.image}: ${number(width)} × ${number(height)}]*`);
    parts.push(quoted(question));
    if (answer.text !== '') parts.push(answer.text);
    if (answer.status === 'stopped') parts.push(`*${w.stopped}*`);
    if (answer.error !== null) parts.push(`*${fill(w.spokenFailed, { sentence: answer.error.code })}*`);
  }
  return `${parts.join('\n\n')}\n`;
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = '';
  // In pieces: the arguments of one call are limited.
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** Conversations with their images as one JSON file; `import.ts` reads it. */
export async function toJson(conversations: readonly { record: ConversationRecord; images: Images }[]): Promise<Blob> {
  const parts: string[] = [];
  for (const { record, images } of conversations) {
    const files: Record<string, { type: string; data: string }> = {};
    for (const [id, blob] of images) files[id] = { type: blob.type, data: await base64(blob) };
    parts.push(JSON.stringify({ ...record, files }));
  }
  const head = `{"format":"${FORMAT}","version":1,"conversations":[`;
  return new Blob([head, parts.join(','), ']}\n'], { type: 'application/json' });
}

/** A file name made of letters and digits of the title. */
export function fileName(title: string, ending: string): string {
  const name = title
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${name || 'mipha'}.${ending}`;
}

/** Hands a file to the browser's downloads. */
export function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; revoking at once would end it in some browsers.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
