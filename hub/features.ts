/** Runs of the vision graph → its features, kept, so that an image is looked at once in a conversation. */
import type { Tensor } from '@huggingface/transformers';
import type { OpenModel } from './hub-model.ts';

/** Sets of images whose features are kept; a follow-up question needs the last one. */
const KEPT = 2;

/** Wraps the model's `encode_image`; `see` names the images of the next run and hears when it begins and ends. */
export class VisionCache {
  readonly #kept = new Map<string, Tensor>();
  #key = '';
  #onRun: (milliseconds: number | null) => void = () => {};

  constructor(model: OpenModel) {
    const original = model.encode_image?.bind(model);
    if (!original) return;
    model.encode_image = async (inputs) => {
      const known = this.#kept.get(this.#key);
      if (known) return known;
      const started = performance.now();
      this.#onRun(null);
      const features = await original(inputs);
      this.#onRun(performance.now() - started);
      this.#keep(features);
      return features;
    };
  }

  /** @param onRun called with null when the graph begins and with milliseconds when it has ended */
  see(key: string, onRun: (milliseconds: number | null) => void): void {
    this.#key = key;
    this.#onRun = onRun;
  }

  #keep(features: Tensor): void {
    // Features that lie on the GPU belong to the run that made them.
    if (this.#key === '' || features.location !== 'cpu') return;
    this.#kept.set(this.#key, features);
    for (const key of [...this.#kept.keys()].slice(0, -KEPT)) this.#kept.delete(key);
  }
}
