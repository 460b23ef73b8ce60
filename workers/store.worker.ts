/** Requests of the page's model manager → the keeper of models; its entry. It sees no image and no question. */
import { expose } from 'comlink';
import { createModelKeeper } from './models/keeper.ts';
import { allowOwnScripts } from './trusted-scripts.ts';
import { factsOf, requestAdapter } from '../runtime/variant-choice.ts';

allowOwnScripts();

const { deviceMemory } = navigator as { deviceMemory?: number };

expose(
  createModelKeeper({
    device: async () => {
      const adapter = await requestAdapter();
      return { gpu: adapter && factsOf(adapter), memory_gb: deviceMemory ?? null };
    },
    // No estimate is no obstacle: the write itself will tell.
    estimate: async () => (await navigator.storage?.estimate().catch(() => null)) ?? null,
  }),
);
