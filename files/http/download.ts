/** The missing chunks of a file on a server → verified bytes, by as few requests as the server allows. */
import { AppError, type Evidence } from '../../contract/errors.ts';
import { open, refusal, type RequestOptions, type WatchedResponse } from './request.ts';
import { type DownloadTiming, Retries, TemporaryFailure } from './retry.ts';
import { isIntact } from '../sha256.ts';

/** Wrong bytes for the same chunk so many times in a row are no accident. */
const MAX_MISMATCHES = 3;

/** A file on a server, or a part of one. */
export interface Wanted {
  path: string;
  /** How many bytes are wanted. */
  bytes: number;
  /** Lower-case hex SHA-256 of each chunk; what nobody promised is empty, and judged as a whole (`WholeSum`). */
  chunks: readonly string[];
  /** Where in the file they begin. @default 0 */
  begin?: number;
  /** Bytes of the whole file. @default all are wanted */
  total?: number;
}

export interface DownloadOptions {
  fetch: typeof fetch;
  signal?: AbortSignal | undefined;
  timing: DownloadTiming;
  /** Whether chunk `index` still has to come; asked again whenever a request is planned. */
  isMissing(index: number): boolean;
  /** Takes over a verified chunk, whose bytes are under way no longer; when it resolves, `isMissing(index)` is false. */
  onChunk(index: number, bytes: ArrayBuffer): Promise<void>;
  /** Judges the bytes of chunk `index`. @default they have the sum that the file promises */
  accept?(index: number, bytes: ArrayBuffer): Promise<boolean>;
  /** `received` bytes came over the network; the bytes of chunks under way changed by `useful` (negative: discarded). */
  onBytes?(received: number, useful: number): void;
}

/**
 * Fetches what is missing of `file` from `url`, resuming inside a chunk after a cut. Bytes beyond the promised length are
 * not read. Every user of a server goes through here. Throws `download-failed`, `chunk-corrupt` (the server keeps sending other bytes than promised), `cancelled`.
 */
export async function downloadFile(
  url: string,
  file: Wanted,
  chunkBytes: number,
  options: DownloadOptions,
): Promise<void> {
  await new FileDownload(url, file, chunkBytes, options).run();
}

/** A run of neighbouring chunks that are all missing; chunk numbers, both included. */
interface Run {
  first: number;
  last: number;
}

class FileDownload {
  readonly #url: string;
  readonly #file: Wanted;
  readonly #begin: number;
  /** Bytes of the whole file, wanted or not. */
  readonly #total: number;
  readonly #chunkBytes: number;
  readonly #options: DownloadOptions;
  readonly #retries: Retries;
  readonly #mismatches = new Map<number, number>();
  /** The chunk under way. It outlives a cut connection, so that no byte is fetched twice. */
  #partial: { index: number; bytes: Uint8Array<ArrayBuffer>; filled: number } | null = null;
  /** The server's ranges cannot be used; ask for the whole file. */
  #whole = false;
  /** Damaged chunks in the present answer. */
  #damaged = 0;
  /** The last answer did not say which part of the file it is. */
  #placeUnknown = false;

  constructor(url: string, file: Wanted, chunkBytes: number, options: DownloadOptions) {
    this.#url = url;
    this.#file = file;
    this.#begin = file.begin ?? 0;
    this.#total = file.total ?? file.bytes;
    this.#chunkBytes = chunkBytes;
    this.#options = options;
    this.#retries = new Retries(options.timing, options.signal);
  }

  async run(): Promise<void> {
    for (let run = this.#nextRun(); run; run = this.#nextRun()) {
      try {
        await this.#fetchRun(run);
      } catch (thrown) {
        await this.#retries.afterFailure(withPath(thrown, this.#file.path), { path: this.#file.path });
      }
    }
  }

  #nextRun(): Run | null {
    const { chunks } = this.#file;
    const isMissing = (index: number): boolean => this.#options.isMissing(index);
    // A chunk under way comes first: what is there of it would otherwise be lost.
    const first = this.#partial?.index ?? chunks.findIndex((_, index) => isMissing(index));
    if (first < 0) return null;
    let last = first;
    while (last + 1 < chunks.length && isMissing(last + 1)) last += 1;
    return { first, last };
  }

  #start(index: number): number {
    return this.#begin + index * this.#chunkBytes;
  }

  #end(index: number): number {
    return Math.min(this.#start(index + 1), this.#begin + this.#file.bytes);
  }

  async #fetchRun(run: Run): Promise<void> {
    const { fetch, signal, timing } = this.#options;
    const from = this.#start(run.first) + (this.#partial?.filled ?? 0);
    const to = this.#end(run.last);
    const plain = this.#whole || (from === 0 && to === this.#total);
    const request: RequestOptions = {
      fetch,
      signal,
      stallMs: timing.stallMs,
      cache: 'no-store', // the store is the cache; the browser's own would keep the weights a second time
      // Asked for up to its end, a file may be sent from where it lies.
      ...(plain ? {} : { range: `${from}-${to === this.#total ? '' : to - 1}` }),
    };
    const opened = await open(this.#url, request);
    this.#damaged = 0;
    try {
      const position = this.#firstByte(opened.response, plain, from);
      // A whole-file answer brings what other runs are missing too.
      await this.#readBody(
        opened,
        position,
        opened.response.status === 206 ? to : this.#end(this.#file.chunks.length - 1),
      );
    } finally {
      opened.close();
    }
  }

  /** Where in the file the body of this response begins. */
  #firstByte(response: Response, plain: boolean, from: number): number {
    const { status, headers } = response;
    if (status === 200) return 0; // asked for plainly, or the server does not know ranges
    if (plain) throw refusal(status);
    const encoding = headers.get('content-encoding') ?? 'identity';
    // Other origins may hide this header; then the sums alone decide.
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
    this.#placeUnknown = range === null;
    const wrong = range && (Number(range[1]) !== from || (range[2] !== '*' && Number(range[2]) !== this.#total));
    if (status === 416 || encoding !== 'identity' || wrong) {
      this.#whole = true;
      throw new TemporaryFailure('the server gives wrong parts of the file', {
        status,
        content_range: headers.get('content-range') ?? '',
        content_encoding: encoding,
      });
    }
    return from;
  }

  async #readBody(opened: WatchedResponse, start: number, stop: number): Promise<void> {
    let position = start;
    while (position < stop && this.#nextRun()) {
      const piece = await opened.next();
      if (!piece) {
        throw new TemporaryFailure('the file ended too early', { received: position, expected: stop });
      }
      this.#options.onBytes?.(piece.byteLength, 0);
      let used = 0;
      while (used < piece.byteLength && position < stop) {
        const index = Math.floor((position - this.#begin) / this.#chunkBytes);
        const length = Math.min(piece.byteLength - used, this.#end(index) - position);
        if (index >= 0) await this.#take(index, position - this.#start(index), piece.subarray(used, used + length));
        used += length;
        position += length;
      }
    }
  }

  /** Puts bytes at `offset` of chunk `index`; hands the chunk over when it is full. */
  async #take(index: number, offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#partial?.index !== index) {
      if (!this.#options.isMissing(index) || offset !== 0) return;
      this.#discard();
      this.#partial = { index, bytes: new Uint8Array(this.#end(index) - this.#start(index)), filled: 0 };
    }
    const partial = this.#partial;
    const known = partial.filled - offset; // a whole-file answer repeats what a cut connection brought before
    if (known < 0 || known >= bytes.byteLength) return;
    const fresh = bytes.subarray(known);
    partial.bytes.set(fresh, partial.filled);
    partial.filled += fresh.byteLength;
    this.#options.onBytes?.(0, fresh.byteLength);
    if (partial.filled === partial.bytes.byteLength) await this.#finish(partial.index, partial.bytes);
  }

  async #finish(index: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const sum = this.#file.chunks[index] ?? '';
    const { accept } = this.#options;
    const accepted = accept ? accept(index, bytes.buffer) : isIntact(bytes.buffer, bytes.byteLength, sum);
    if (await accepted) {
      this.#partial = null;
      await this.#options.onChunk(index, bytes.buffer);
      this.#retries.reset();
      return;
    }
    this.#discard();
    const mismatches = (this.#mismatches.get(index) ?? 0) + 1;
    this.#mismatches.set(index, mismatches);
    // A wrong bit in transit is cured by asking again; ranges into some other form of the file only by not using them.
    if (mismatches === MAX_MISMATCHES - 1 && this.#placeUnknown) this.#whole = true;
    const evidence: Evidence = { path: this.#file.path, chunk: index, expected: sum, mismatches };
    if (mismatches >= MAX_MISMATCHES) {
      throw new AppError(
        'chunk-corrupt',
        'The server sends other bytes than the model promises. The model may have just been replaced: reload and try again.',
        evidence,
      );
    }
    // What follows a single wrong bit is worth reading; two damaged chunks are no accident.
    this.#damaged += 1;
    if (this.#damaged > 1) throw new TemporaryFailure('damaged data arrived', evidence);
  }

  #discard(): void {
    if (this.#partial) this.#options.onBytes?.(0, -this.#partial.filled);
    this.#partial = null;
  }
}

/** The same failure, and for which file. */
function withPath(thrown: unknown, path: string): unknown {
  if (!(thrown instanceof AppError) || thrown.code !== 'download-failed' || 'path' in thrown.evidence) return thrown;
  return new AppError(thrown.code, thrown.message, { path, ...thrown.evidence }, thrown.cause);
}
