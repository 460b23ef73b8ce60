/** A model folder → a predictor that runs the engine in this process, on the CPU. */
import { collect } from '../../../cli/conversation.ts';
import { openEngine } from '../../../cli/node-engine.ts';
import { buildOf, toRequest } from './request.ts';
import type { Predictor } from './predictor.ts';

export async function openEnginePredictor(options: {
  model: string;
  variant: string | undefined;
  signal: AbortSignal;
}): Promise<Predictor> {
  const engine = await openEngine(options);
  const { manifest, variant } = engine.parts;
  const { device } = engine.parts.runtime;
  return {
    identity: { backend: 'engine', model: manifest.id, build: buildOf(manifest), variant: variant.id, device },
    parallel: 1,
    async answer(asked, signal) {
      const { text, usage, finish_reason } = await collect(engine, toRequest(asked), { signal });
      return { text, tokens: usage.completion_tokens, finish_reason };
    },
    close: () => engine.dispose(),
  };
}
