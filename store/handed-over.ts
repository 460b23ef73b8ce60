/** The chunks of a file → its bytes, whose memory is given back as they are read: the runtime that asks copies them. */
import type { FileBytes } from '../contract/manifest.ts';

/** Memory is given back in such pieces; between the large tensors of a shard lie small ones that are read much later. */
const BLOCK = 64 * 1024;
/** Tensors of a shard begin on multiples of this; what lies between them is never asked for. */
const ALIGNMENT = 64;

/** The part of FileReaderSync used here. Only workers of a browser have it. */
interface Reader {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

const environment = globalThis as { FileReaderSync?: new () => Reader };

/** Whether bytes that were given back can be read again in the middle of a call. */
export function canReadAgain(): boolean {
  return environment.FileReaderSync !== undefined;
}

/** Frees the memory now; older browsers free it when they collect garbage. */
function giveBack({ buffer }: Uint8Array<ArrayBuffer>): void {
  (buffer as ArrayBuffer & { transfer?(length: number): ArrayBuffer }).transfer?.(0);
}

/**
 * A runtime asks for each tensor once, in no order, and copies it before it asks for the next. What `subarray` returns
 * is valid until the next call. A part that is asked for again is read from the browser's storage.
 */
export class HandedOver implements FileBytes {
  readonly byteLength: number;
  readonly #chunks: Blob[] = [];
  readonly #chunkBytes: number;
  readonly #blockBytes: number;
  readonly #blocks = new Map<number, Uint8Array<ArrayBuffer>>();
  /** Bytes of each block that were not asked for yet. */
  readonly #unread = new Map<number, number>();
  /** Read since the last call. */
  #finished: number[] = [];
  /** Where tensors are put together that lie in several blocks. */
  #whole = new Uint8Array(0);

  constructor(byteLength: number, chunkBytes: number) {
    this.byteLength = byteLength;
    this.#chunkBytes = chunkBytes;
    this.#blockBytes = chunkBytes % BLOCK === 0 ? BLOCK : chunkBytes;
  }

  /** Takes over a chunk, and its bytes with their memory; without them it is read when it is asked for. */
  add(index: number, chunk: Blob, bytes?: ArrayBuffer): void {
    this.#chunks[index] = chunk;
    if (!bytes) return;
    const start = index * this.#chunkBytes;
    for (let at = 0; at < bytes.byteLength; at += this.#blockBytes) {
      const block = new Uint8Array(bytes.slice(at, at + this.#blockBytes));
      this.#blocks.set((start + at) / this.#blockBytes, block);
      this.#unread.set((start + at) / this.#blockBytes, block.byteLength);
    }
    giveBack(new Uint8Array(bytes));
  }

  /** Throws what the browser throws when the bytes are asked for again and gone meanwhile. */
  subarray(begin: number, end: number): Uint8Array<ArrayBuffer> {
    for (const index of this.#finished.splice(0)) {
      const block = this.#blocks.get(index);
      if (block) giveBack(block);
      this.#blocks.delete(index);
    }
    if (this.#whole.byteLength < end - begin) {
      giveBack(this.#whole);
      this.#whole = new Uint8Array(end - begin);
    }
    for (let at = begin; at < end; ) at += this.#copy(at, end, at - begin);
    this.#count(begin, Math.min(Math.ceil(end / ALIGNMENT) * ALIGNMENT, this.byteLength));
    return this.#whole.subarray(0, end - begin);
  }

  /** Copies what follows `at`, no further than `end`, to `into`; returns how much. */
  #copy(at: number, end: number, into: number): number {
    const start = Math.floor(at / this.#blockBytes) * this.#blockBytes;
    const block = this.#blocks.get(start / this.#blockBytes);
    const part = block ? block.subarray(at - start, end - start) : this.#readAgain(at, end);
    this.#whole.set(part, into);
    return part.byteLength;
  }

  #readAgain(at: number, end: number): Uint8Array<ArrayBuffer> {
    const index = Math.floor(at / this.#chunkBytes);
    const start = index * this.#chunkBytes;
    const chunk = this.#chunks[index];
    if (!environment.FileReaderSync || !chunk) throw new RangeError('These bytes were read before.');
    return new Uint8Array(new environment.FileReaderSync().readAsArrayBuffer(chunk.slice(at - start, end - start)));
  }

  #count(begin: number, end: number): void {
    for (let at = begin; at < end; ) {
      const index = Math.floor(at / this.#blockBytes);
      const stop = Math.min((index + 1) * this.#blockBytes, end);
      const unread = (this.#unread.get(index) ?? 0) - (stop - at);
      this.#unread.set(index, unread);
      if (unread <= 0) this.#finished.push(index);
      at = stop;
    }
  }
}
