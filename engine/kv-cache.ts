/** Keys and values of one conversation: preallocated tensors that are extended in place, and which tokens they hold. */
import type { Architecture } from '../contract/manifest.ts';
import type { ElementType, Runtime, Tensor } from './runtime.ts';

/** How many leading ids two sequences share. */
export function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return length;
}

/** The mutable state of generation. Past and present are the same tensors, so a step copies nothing. */
export class KvCache {
  readonly maxLength: number;
  /** Graph inputs `past_key_values.{i}.key|value`, [1, kv_heads, max_length, head_dim]. */
  readonly past: Record<string, Tensor> = {};
  /** Graph outputs `present.{i}.key|value`: the same memory. */
  readonly present: Record<string, Tensor> = {};
  #tokens: number[] = [];

  constructor(runtime: Runtime, architecture: Architecture, maxLength: number, type: ElementType) {
    this.maxLength = maxLength;
    const dims = [1, architecture.num_key_value_heads, maxLength, architecture.head_dim];
    for (let layer = 0; layer < architecture.num_hidden_layers; layer++) {
      for (const part of ['key', 'value']) {
        // Room for a conversation that fills the context; a short one never touches most of it.
        const tensor = runtime.allocate(type, dims, { unset: true });
        this.past[`past_key_values.${layer}.${part}`] = tensor;
        this.present[`present.${layer}.${part}`] = tensor;
      }
    }
  }

  /** Tokens whose keys and values are held. */
  get length(): number {
    return this.#tokens.length;
  }

  /**
   * Keeps what the held tokens share with `ids` and forgets the rest; returns how many are kept. At least the last id
   * is left to compute, because its logits are needed. An edited question rewinds, a follow-up keeps everything.
   */
  reuse(ids: readonly number[]): number {
    const kept = this.shared(ids);
    this.#tokens.length = kept;
    return kept;
  }

  /** What `reuse` would keep. */
  shared(ids: readonly number[]): number {
    return Math.min(commonPrefix(this.#tokens, ids), Math.max(ids.length - 1, 0));
  }

  /** Records that a run has written these tokens behind the held ones. */
  append(ids: readonly number[]): void {
    for (const id of ids) this.#tokens.push(id);
  }

  /** Forgets everything; needed after a failed run, which leaves unknown contents. */
  clear(): void {
    this.#tokens.length = 0;
  }
}
