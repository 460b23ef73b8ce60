/** Crops of images → image_embeds in one table, kept per image content, so that an image is encoded once. */
import type { ModelManifest } from '../contract/manifest.ts';
import { AppError } from '../contract/errors.ts';
import { type ImageLayout, rowsOf, rowsPerCrop, singleCropLayout } from '../image/layout.ts';
import type { Runtime, Session, Tensor } from './runtime.ts';

interface KnownImage {
  layout: ImageLayout;
  /** Its first row among the rows of all images that were ever named; prompt ids use it. */
  firstRow: number;
}

/**
 * Every image content gets a number for ever, and a range of rows that no other image has. What is computed lies in a
 * table of slots, one crop each, of which the least recently used are given away. Prompt ids name the rows of the image,
 * so equal ids mean equal images even after slots changed hands; the graph is fed with rows of the table.
 */
export class Vision {
  /** [slots * rows of a crop, hidden_size], the `image_embeds` input of the decoder. */
  readonly table: Tensor;
  /** Crops that the table holds. */
  readonly slots: number;
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #pixels: Tensor;
  readonly #embeds: Tensor;
  readonly #vocabSize: number;
  readonly #rows: number;
  readonly #hiddenSize: number;
  readonly #singleCrop: ImageLayout;
  readonly #numbers = new Map<string, number>();
  /** By image number. */
  readonly #images: KnownImage[] = [];
  #namedRows = 0;
  /** Image number → slots of its crops, least recently used image first. */
  readonly #slotsOf = new Map<number, number[]>();
  readonly #free: number[];

  constructor(runtime: Runtime, session: Session, manifest: ModelManifest, maxLength: number) {
    const { processor, architecture } = manifest;
    this.#runtime = runtime;
    this.#session = session;
    this.#vocabSize = architecture.vocab_size;
    this.#rows = rowsPerCrop(processor);
    this.#singleCrop = singleCropLayout(processor);
    this.#hiddenSize = architecture.hidden_size;
    this.slots = Math.max(1, Math.floor(maxLength / this.#rows));
    this.#free = Array.from({ length: this.slots }, (_, slot) => this.slots - 1 - slot);
    const type = session.outputs['image_embeds'] ?? 'float32';
    this.#pixels = runtime.allocate('float32', [1, 3, processor.image_size, processor.image_size]);
    this.#embeds = runtime.allocate(type, [this.#rows, this.#hiddenSize]);
    this.table = runtime.allocate(type, [this.slots * this.#rows, this.#hiddenSize]);
  }

  /** The number of an image content. @param layout what the preprocessor made of it; @default one crop */
  numberOf(content: string, layout: ImageLayout = this.#singleCrop): number {
    let number = this.#numbers.get(content);
    if (number === undefined) {
      number = this.#images.length;
      this.#numbers.set(content, number);
      this.#images.push({ layout, firstRow: this.#namedRows });
      this.#namedRows += rowsOf(layout);
    }
    return number;
  }

  /** How a prompt shows this image. */
  layoutOf(number: number): ImageLayout {
    return this.#images[number]!.layout;
  }

  /** The prompt id of its first row; the others follow. */
  firstIdOf(number: number): number {
    return this.#vocabSize + this.#images[number]!.firstRow;
  }

  /** Whether the features of this image are at hand; marks them as recently used. */
  has(number: number): boolean {
    const slots = this.#slotsOf.get(number);
    if (slots === undefined) return false;
    this.#slotsOf.delete(number);
    this.#slotsOf.set(number, slots);
    return true;
  }

  /**
   * Computes the features of an image. `inUse` are images of the same prompt, whose slots stay theirs. Throws
   * `context-full` when the crops of all these do not fit the table.
   */
  async encode(number: number, crops: readonly Float32Array[], inUse: readonly number[]): Promise<void> {
    const slots: number[] = [];
    try {
      for (const crop of crops) {
        const slot = this.#takeSlot(inUse);
        slots.push(slot);
        this.#runtime.write(this.#pixels, crop);
        await this.#session.run({ pixel_values: this.#pixels }, { image_embeds: this.#embeds });
        this.#runtime.copy(this.#embeds, this.table, slot * this.#rows * this.#hiddenSize);
      }
    } catch (thrown) {
      this.#free.push(...slots);
      throw thrown;
    }
    this.#slotsOf.set(number, slots);
  }

  /** image_embeds of the last encoded crop, [rows of a crop, hidden_size]. */
  readLast(): ReturnType<Runtime['read']> {
    return this.#runtime.read(this.#embeds);
  }

  /** A prompt id as the graph wants it: `vocab_size + row of the table` for an image's row. */
  graphId(id: number): number {
    if (id < this.#vocabSize) return id;
    const row = id - this.#vocabSize;
    const number = this.#images.findLastIndex(({ firstRow }) => firstRow <= row);
    const slots = this.#slotsOf.get(number);
    if (slots === undefined)
      throw new AppError('backend-failed', 'A picture of the prompt was not encoded.', { number });
    const within = row - this.#images[number]!.firstRow;
    return this.#vocabSize + slots[Math.floor(within / this.#rows)]! * this.#rows + (within % this.#rows);
  }

  #takeSlot(inUse: readonly number[]): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    for (const [number, [slot, ...others]] of this.#slotsOf) {
      if (inUse.includes(number) || slot === undefined) continue;
      this.#slotsOf.delete(number);
      this.#free.push(...others);
      return slot;
    }
    throw new AppError('context-full', 'There are more pictures than fit one conversation. Remove one.', {
      images: inUse.length,
      max_images: this.slots,
    });
  }
}
