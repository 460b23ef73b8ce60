/** An encoded image → the name of its content, so that two uploads of one file are one image. */
import type { ImagePart } from '../contract/chat.ts';
import { AppError } from '../contract/errors.ts';
import { sha256 } from '../files/sha256.ts';

/** No camera writes larger files, and a larger one might not fit in memory twice. */
const MAX_IMAGE_BYTES = 256 * 1024 * 1024;

/** Bytes → a text that differs for different ones. */
export type Digest = (bytes: ArrayBuffer) => Promise<string>;

/** The encoded bytes. Throws `image-too-large` and, when the file is gone, `image-broken`. */
async function bytesOf(image: Blob): Promise<ArrayBuffer> {
  if (image.size > MAX_IMAGE_BYTES) {
    const message = 'This picture file is too large to be opened here. Add a smaller copy.';
    throw new AppError('image-too-large', message, { bytes: image.size, max_bytes: MAX_IMAGE_BYTES });
  }
  try {
    return await image.arrayBuffer();
  } catch (cause) {
    const message = 'The picture can no longer be read. It may have been moved or changed; add it again.';
    throw new AppError('image-broken', message, { bytes: image.size ?? 0 }, cause);
  }
}

/** What a Map and a WeakMap have in common. */
interface Remembered<Key> {
  get(key: Key): Promise<string> | undefined;
  set(key: Key, name: Promise<string>): unknown;
  delete(key: Key): boolean;
}

/**
 * Names contents and remembers the names: by the id that came with an image, because a Blob that was sent to a worker is
 * another object each time, else by the Blob itself.
 */
export class ContentNames {
  readonly #digest: Digest;
  readonly #byId = new Map<string, Promise<string>>();
  readonly #byBlob = new WeakMap<Blob, Promise<string>>();

  /** @param digest counts in tests how often contents are read */
  constructor(digest: Digest = sha256) {
    this.#digest = digest;
  }

  /** Equal for equal bytes, whatever their ids. Throws `image-too-large` and, when the file is gone, `image-broken`. */
  nameOf({ image, id }: ImagePart): Promise<string> {
    return typeof id === 'string' && id !== ''
      ? this.#remember(this.#byId, id, image)
      : this.#remember(this.#byBlob, image, image);
  }

  #remember<Key>(known: Remembered<Key>, key: Key, image: Blob): Promise<string> {
    const remembered = known.get(key);
    if (remembered) return remembered;
    const name = this.#read(image);
    known.set(key, name);
    name.catch(() => known.delete(key)); // a failure is not remembered
    return name;
  }

  async #read(image: Blob): Promise<string> {
    return this.#digest(await bytesOf(image));
  }
}
