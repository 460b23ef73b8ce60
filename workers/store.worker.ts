/** Requests of the page's model manager → the keeper of models; its entry. It sees no image and no question. */
import { createModelKeeper } from './models/keeper.ts';
import { serve } from './serve.ts';
import { allowOwnScripts } from './trusted-scripts.ts';
import { factsOf, requestAdapter } from '../runtime/variant-choice.ts';

allowOwnScripts();

const { deviceMemory } = navigator as { deviceMemory?: number };

serve(
  createModelKeeper({
    device: async () => {
      const adapter = await requestAdapter();
      return { gpu: adapter && factsOf(adapter), memory_gb: deviceMemory ?? null };
    },
    // No estimate is no obstacle: the write itself will tell.
    estimate: async () => (await navigator.storage?.estimate().catch(() => null)) ?? null,
  }),
);
