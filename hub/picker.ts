/** Logits of the library → the token that our own sampler picks, so that options mean the same for every model. */
import { LogitsProcessor, LogitsProcessorList, type Tensor } from '@huggingface/transformers';
import { type Random, type Sampling, sample, seededRandom } from '../engine/sampler.ts';

/**
 * The library's sampler knows neither top_p nor a seed of ours. This one picks, and then leaves the picked token as the only
 * possible one, which the library's greedy search takes.
 */
class Picker extends LogitsProcessor {
  readonly #sampling: Sampling;
  readonly #random: Random;

  constructor(sampling: Sampling) {
    super();
    this.#sampling = sampling;
    this.#random = sampling.seed === null ? Math.random : seededRandom(sampling.seed);
  }

  override _call(inputIds: bigint[][], logits: Tensor): Tensor {
    const values = logits.data as Float32Array;
    const seen = (inputIds[0] ?? []).map(Number);
    const id = sample(values, seen, this.#sampling, this.#random);
    values.fill(Number.NEGATIVE_INFINITY);
    values[id] = 0;
    return logits;
  }
}

export function pickers(sampling: Sampling): LogitsProcessorList {
  const list = new LogitsProcessorList();
  list.push(new Picker(sampling));
  return list;
}
