/** A model folder → a predictor that runs the engine in this process, on the CPU. */
import { createHash } from 'node:crypto';
import { collect } from '../../../cli/conversation.ts';
import { openEngine } from '../../../cli/node-engine.ts';
import type { ChatRequest } from '../../../contract/chat.ts';
import type { ModelManifest } from '../../../contract/manifest.ts';
import type { Asked, Predictor } from './predictor.ts';

/** Tells builds of a model apart by the sums of all their files. */
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

export async function openEnginePredictor(options: {
  model: string;
  variant: string | undefined;
  signal: AbortSignal;
}): Promise<Predictor> {
  const engine = await openEngine(options);
  const { manifest, variant } = engine.parts;
  return {
    identity: { backend: 'engine', model: manifest.id, build: buildOf(manifest), variant: variant.id },
    parallel: 1,
    async answer(asked, signal) {
      const { text, usage, finish_reason } = await collect(engine, toRequest(asked), { signal });
      return { text, tokens: usage.completion_tokens, finish_reason };
    },
    close: () => engine.dispose(),
  };
}
