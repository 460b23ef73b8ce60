/** Encoded pictures → pixels, one at a time in a thread of its own, which goes when nobody wants its answer. */
import type { Worker } from 'node:worker_threads';
import { AppError, unwrap } from '../contract/errors.ts';
import type { RgbaImage } from '../image/pixel-values.ts';
import { startDecoderThread } from './decoder-files.ts';
import type { Decoded, DecodeOrder } from './decoder.thread.ts';
import type { PictureLimits } from './node-image.ts';

/** WebAssembly keeps its largest memory for as long as its thread lives; a new thread is ready in a tenth of a second. */
const IDLE_MS = 5000;

function lost(cause?: unknown): AppError {
  const message = 'The picture could not be decoded: its thread ended, perhaps for lack of memory. Add a smaller copy.';
  return new AppError('out-of-memory', message, {}, cause);
}

/** The thread's answer to one order. Rejects when the thread ends before, or when `signal` aborts. */
function answerOf(thread: Worker, order: DecodeOrder, signal: AbortSignal | undefined): Promise<Decoded> {
  const heard = new AbortController();
  const listening = { signal: heard.signal };
  const answer = new Promise<Decoded>((resolve, reject) => {
    const on = (event: string, listener: (value: unknown) => void) => {
      thread.on(event, listener);
      heard.signal.addEventListener('abort', () => thread.off(event, listener));
    };
    on('message', (decoded) => resolve(decoded as Decoded));
    on('error', (cause) => reject(lost(cause)));
    on('exit', () => reject(lost()));
    signal?.addEventListener('abort', () => reject(signal.reason as Error), listening);
    thread.postMessage(order);
  });
  return answer.finally(() => heard.abort());
}

export class PictureDecoder {
  readonly #limits: PictureLimits;
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** The picture before, whatever became of it: memory holds one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(limits: PictureLimits = {}) {
    this.#limits = limits;
  }

  /** Throws what `decodeImage` throws, `out-of-memory` when the thread ends, the signal's reason when it aborts. */
  decode(picture: Blob, signal?: AbortSignal): Promise<RgbaImage> {
    const decoded = this.#last.then(() => this.#decode(picture, signal));
    this.#last = decoded.catch(() => {});
    return decoded;
  }

  async #decode(picture: Blob, signal: AbortSignal | undefined): Promise<RgbaImage> {
    const bytes = new Uint8Array(await picture.arrayBuffer());
    signal?.throwIfAborted();
    clearTimeout(this.#idle);
    this.#thread ??= startDecoderThread();
    const thread = this.#thread;
    // A thread that waits for work does not keep the process alive; one that works does.
    thread.ref();
    let decoded: Decoded;
    try {
      decoded = await answerOf(thread, { bytes, limits: this.#limits }, signal);
    } catch (thrown) {
      this.#end();
      throw thrown;
    }
    thread.unref();
    this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref();
    return unwrap(decoded);
  }

  #end(): void {
    void this.#thread?.terminate();
    this.#thread = undefined;
  }
}
