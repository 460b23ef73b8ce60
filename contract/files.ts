/** The one door to files: where bytes are read from and where they are written to, whatever holds them. */

/**
 * A folder that can be read: on a disk, in a browser's private file system, behind an address, in memory. Paths are
 * relative to it, with forward slashes, and never lead out of it (`request-invalid`).
 * All methods throw an AppError: `download-failed` where a server does not deliver, `storage-blocked` or
 * `request-invalid` where a browser or a disk does not, `cancelled`.
 */
export interface Source {
  /** What a person calls the folder: its path or address. For messages. */
  readonly name: string;
  /** Paths of all files, also of those in folders below, sorted by UTF-16 code units. Empty where there is no folder. */
  list(): Promise<string[]>;
  /** Bytes of a file; undefined when there is none of that path. */
  size(path: string): Promise<number | undefined>;
  /**
   * Bytes from `begin` up to, not including, `end`; fewer only where the file ends before that. They begin at offset 0 of
   * a buffer that is the caller's own: to keep, to change, to hand to another thread. Throws as well when there is no
   * such file.
   * @param begin @default 0
   * @param end @default the end of the file
   */
  read(path: string, begin?: number, end?: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * A folder that is being written. Whoever writes it calls `finish` or `abort` once, at the end; a sink that replaces a
 * folder shows nothing of the new one before `finish`.
 * Throws as a Source does, and `quota` when there is no more room.
 */
export interface Sink {
  readonly name: string;
  /** What is there so far; a write that has resolved is seen by the next read. */
  readonly written: Source;
  /**
   * Puts bytes at an offset, in any order; the file and the folders above it are made when they are missing, and what lies
   * between written parts is zero. The bytes may be changed as soon as the promise resolves, not before.
   */
  write(path: string, offset: number, bytes: Uint8Array): Promise<void>;
  /** Gives a file another path; what was there is replaced. */
  rename(from: string, to: string): Promise<void>;
  /** Deletes a file, or a folder with all that is in it; nothing happens when there is neither. */
  remove(path: string): Promise<void>;
  /** Everything was written: it is at its place, complete, when this resolves. */
  finish(): Promise<void>;
  /** Lets go of everything. What a replacing sink wrote is gone; what a sink in place wrote stays, to go on from later. */
  abort(): Promise<void>;
}
