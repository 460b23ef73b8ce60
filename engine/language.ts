/** Token ids → logits of the last one, one graph run per chunk or token, with the KV cache extended in place. */
import type { Device } from '../contract/backend.ts';
import type { Architecture, ModelManifest } from '../contract/manifest.ts';
import { AppError } from '../contract/errors.ts';
import type { KvCache } from './kv-cache.ts';
import { asFloat32, type Runtime, type Session, type Tensor } from './runtime.ts';
import { noNumbers } from './sampler.ts';
import type { Vision } from './vision.ts';

/**
 * Bounds of a prefill run in tokens, and the arithmetic that is done in one go. On the CPU a run has a price of its own:
 * the runtime lays out the int8 weights anew, which costs as much as 14 tokens. A run of 16 is half waste, one of 125
 * a tenth. It may take a second or more; Stop does not wait for it, only the next question does.
 */
const PREFILL = {
  wasm: { least: 16, most: 128, operations: 3e10 },
  webgpu: { least: 64, most: 256, operations: 2e11 },
} as const;

/**
 * Tokens of one prefill run: enough to keep the CPU busy, few enough to be done soon. It follows from
 * the model alone, not from a clock: where activations are quantised together, another cut gives other numbers.
 */
export function prefillChunk(device: Device, { hidden_size, num_hidden_layers }: Architecture): number {
  const { least, most, operations } = PREFILL[device];
  const operationsPerToken = 2 * 12 * num_hidden_layers * hidden_size ** 2;
  return Math.max(least, Math.min(most, Math.floor(operations / operationsPerToken)));
}

export class Language {
  readonly #runtime: Runtime;
  #session: Session | null;
  readonly #vision: Vision;
  readonly #cache: KvCache;
  readonly #vocabSize: number;
  /** Tokens of one prefill run at most. */
  readonly chunk: number;
  readonly #inputIds: Tensor;
  readonly #seqlensK: Tensor;
  readonly #totalLength: Tensor;
  readonly #logits: Tensor;
  readonly #nextToken: Tensor;

  constructor(
    runtime: Runtime,
    session: Session,
    manifest: ModelManifest,
    vision: Vision,
    cache: KvCache,
    chunk: number = prefillChunk(runtime.device, manifest.architecture),
  ) {
    this.#runtime = runtime;
    this.#session = session;
    this.#vision = vision;
    this.#cache = cache;
    this.#vocabSize = manifest.architecture.vocab_size;
    this.chunk = chunk;
    this.#inputIds = runtime.allocate('int64', [1, chunk]);
    this.#seqlensK = runtime.allocate('int32', [1]);
    this.#totalLength = runtime.allocate('int32', [1], { host: true });
    this.#logits = runtime.allocate(session.outputs['logits'] ?? 'float32', [1, 1, manifest.architecture.vocab_size]);
    this.#nextToken = runtime.allocate('int64', [1, 1]);
  }

  /** Lets the decoder go, with all that it computed. Nothing runs until `use` brings another. */
  async letGo(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    this.#cache.clear();
    await session?.release();
  }

  /** Goes on with another decoder of the same shapes. */
  use(session: Session): void {
    this.#session = session;
  }

  /** Runs `ids` behind the held tokens, in chunks; Stop is heard between chunks and what was run stays usable. */
  async prefill(ids: readonly number[], signal?: AbortSignal): Promise<void> {
    for (let start = 0; start < ids.length; start += this.chunk) {
      if (start > 0) await this.#runtime.pause();
      signal?.throwIfAborted();
      await this.step(ids.slice(start, start + this.chunk));
    }
  }

  /** One graph run; afterwards `nextToken` and `logits` belong to the last of `ids` (at most one chunk). */
  async step(ids: readonly number[]): Promise<void> {
    const total = this.#cache.length + ids.length;
    if (total > this.#cache.maxLength) {
      const evidence = { tokens: total, max_length: this.#cache.maxLength };
      throw new AppError('context-full', 'The conversation is longer than this model can hold.', evidence);
    }
    const runtime = this.#runtime;
    runtime.write(
      this.#inputIds,
      BigInt64Array.from(ids, (id) => BigInt(this.#vision.graphId(id))),
    );
    runtime.write(this.#seqlensK, Int32Array.of(total - 1));
    runtime.write(this.#totalLength, Int32Array.of(total));
    if (!this.#session) throw new AppError('backend-failed', 'The decoder of the model is not loaded.');
    await this.#session.run(
      {
        input_ids: runtime.view(this.#inputIds, [1, ids.length]),
        image_embeds: this.#vision.table,
        seqlens_k: this.#seqlensK,
        total_sequence_length: this.#totalLength,
        ...this.#cache.past,
      },
      { logits: this.#logits, next_token: this.#nextToken, ...this.#cache.present },
    );
    this.#cache.append(ids);
  }

  /** The most likely next token: 8 bytes instead of a row of logits. */
  async nextToken(): Promise<number> {
    const id = Number((await this.#runtime.read(this.#nextToken))[0]);
    if (!(id >= 0 && id < this.#vocabSize)) throw noNumbers();
    return id;
  }

  /** Logits of the last position, [vocab_size]. */
  async logits(): Promise<Float32Array> {
    return asFloat32(await this.#runtime.read(this.#logits));
  }
}
