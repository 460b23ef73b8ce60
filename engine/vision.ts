/** pixel_values → image_embeds, kept per image content, so that an image is encoded once. */
import type { ModelManifest } from '../contract/manifest.ts';
import { AppError } from '../contract/errors.ts';
import type { Runtime, Session, Tensor } from './runtime.ts';

/**
 * Every image content gets a number for ever; its rows live in one of a few slots of a table and the least recently
 * used slot is given away. Prompt ids use the number, so equal ids mean equal images even after a slot changed hands;
 * the graph is fed with slots.
 */
export class Vision {
  /** [slots * image_tokens, hidden_size], the `image_embeds` input of the decoder. */
  readonly table: Tensor;
  readonly slots: number;
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #pixels: Tensor;
  readonly #embeds: Tensor;
  readonly #vocabSize: number;
  readonly #tokens: number;
  readonly #hiddenSize: number;
  readonly #numbers = new Map<string, number>();
  /** Image number → slot, least recently used first. */
  readonly #slotOf = new Map<number, number>();

  constructor(runtime: Runtime, session: Session, manifest: ModelManifest, maxLength: number) {
    const { processor, architecture } = manifest;
    this.#runtime = runtime;
    this.#session = session;
    this.#vocabSize = architecture.vocab_size;
    this.#tokens = processor.image_tokens;
    this.#hiddenSize = architecture.hidden_size;
    this.slots = Math.max(1, Math.floor(maxLength / this.#tokens));
    const type = session.outputs['image_embeds'] ?? 'float32';
    this.#pixels = runtime.allocate('float32', [1, 3, processor.image_size, processor.image_size]);
    this.#embeds = runtime.allocate(type, [this.#tokens, this.#hiddenSize]);
    this.table = runtime.allocate(type, [this.slots * this.#tokens, this.#hiddenSize]);
  }

  /** The number of an image content. */
  numberOf(content: string): number {
    let number = this.#numbers.get(content);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(content, number);
    }
    return number;
  }

  /** Whether the features of this image are at hand; marks them as recently used. */
  has(number: number): boolean {
    const slot = this.#slotOf.get(number);
    if (slot === undefined) return false;
    this.#slotOf.delete(number);
    this.#slotOf.set(number, slot);
    return true;
  }

  /** Computes the features of an image. `inUse` are images of the same prompt, whose slots stay theirs. */
  async encode(number: number, pixelValues: Float32Array, inUse: readonly number[]): Promise<void> {
    const slot = this.#takeSlot(inUse);
    this.#runtime.write(this.#pixels, pixelValues);
    await this.#session.run({ pixel_values: this.#pixels }, { image_embeds: this.#embeds });
    this.#runtime.copy(this.#embeds, this.table, slot * this.#tokens * this.#hiddenSize);
    this.#slotOf.set(number, slot);
  }

  /** image_embeds of the last encoded image, [image_tokens, hidden_size]. */
  readLast(): ReturnType<Runtime['read']> {
    return this.#runtime.read(this.#embeds);
  }

  /** A prompt id as the graph wants it: `vocab_size + row of the table` for an image's row. */
  graphId(id: number): number {
    if (id < this.#vocabSize) return id;
    const row = id - this.#vocabSize;
    const number = Math.floor(row / this.#tokens);
    const slot = this.#slotOf.get(number);
    if (slot === undefined)
      throw new AppError('backend-failed', 'A picture of the prompt was not encoded.', { number });
    return this.#vocabSize + slot * this.#tokens + (row % this.#tokens);
  }

  #takeSlot(inUse: readonly number[]): number {
    if (this.#slotOf.size < this.slots) return this.#slotOf.size;
    for (const [number, slot] of this.#slotOf) {
      if (inUse.includes(number)) continue;
      this.#slotOf.delete(number);
      return slot;
    }
    throw new AppError('context-full', 'There are more pictures than fit one conversation. Remove one.', {
      images: inUse.length,
      max_images: this.slots,
    });
  }
}
