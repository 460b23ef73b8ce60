/** The prompt of the AI SDK → messages of a ChatRequest, with the images' bytes. */
import type { LanguageModelV3FilePart, LanguageModelV3Message, SharedV3Warning } from '@ai-sdk/provider';
import type { Message, Part } from '../../../contract/chat.ts';
import { invalid } from '../completions/api-error.ts';
import { dataUrlToBlob, type FetchImage, MAX_IMAGE_BYTES, tooLarge } from '../completions/image-url.ts';

async function readFile(
  { data, mediaType }: LanguageModelV3FilePart,
  param: string,
  readUrl: FetchImage,
  signal?: AbortSignal,
) {
  if (!/^image\//i.test(mediaType)) throw invalid(param, `Only pictures can be shown, not ${mediaType}.`);
  if (data instanceof Uint8Array) {
    if (data.length > MAX_IMAGE_BYTES) throw tooLarge(data.length, param);
    return new Blob([data as Uint8Array<ArrayBuffer>], { type: mediaType });
  }
  if (typeof data === 'string' && !URL.canParse(data)) return dataUrlToBlob(`data:;base64,${data}`, param);
  const url = String(data);
  return /^data:/i.test(url) ? dataUrlToBlob(url, param) : readUrl(url, param, signal);
}

/** Throws ApiError for what this model cannot be shown; a warning says what was left out. */
export async function toMessages(
  prompt: readonly LanguageModelV3Message[],
  warnings: SharedV3Warning[],
  readUrl: FetchImage,
  signal?: AbortSignal,
): Promise<Message[]> {
  const messages: Message[] = [];
  for (const [i, { role, content }] of prompt.entries()) {
    if (typeof content === 'string') {
      messages.push({ role: 'system', content: [{ type: 'text', text: content }] });
      continue;
    }
    if (role !== 'user' && role !== 'assistant') throw invalid(`prompt[${i}].role`, 'This model calls no tools.');
    const parts: Part[] = [];
    for (const [j, part] of content.entries()) {
      const param = `prompt[${i}].content[${j}]`;
      if (part.type === 'text') parts.push({ type: 'text', text: part.text });
      else if (part.type === 'reasoning') warnings.push({ type: 'unsupported', feature: 'reasoning parts' });
      else if (part.type !== 'file') throw invalid(`${param}.type`, 'This model calls no tools.');
      else if (role !== 'user') throw invalid(param, 'Only messages of the user can show pictures.');
      else parts.push({ type: 'image', image: await readFile(part, param, readUrl, signal) });
    }
    messages.push({ role, content: parts });
  }
  return messages;
}
