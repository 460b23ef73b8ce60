/** A question → the request that every backend is sent, and a model folder → what tells its builds apart. */
import { createHash } from 'node:crypto';
import type { ChatRequest } from '../../../contract/chat.ts';
import type { ModelManifest } from '../../../contract/manifest.ts';
import type { Asked } from './predictor.ts';

/** The sums of all files of a model, as one. */
export function buildOf(manifest: Pick<ModelManifest, 'files'>): string {
  const sums = manifest.files.map(({ path, chunks }) => [path, chunks]);
  return createHash('sha256').update(JSON.stringify(sums)).digest('hex').slice(0, 16);
}

/** One question as a conversation of its own, answered with the likeliest token each time. */
export function toRequest({ image, prompt, maxTokens }: Asked): ChatRequest {
  const text = { type: 'text' as const, text: prompt };
  const content = image === null ? [text] : [{ type: 'image' as const, image: new Blob([image]) }, text];
  return { messages: [{ role: 'user', content }], temperature: 0, max_tokens: maxTokens };
}
