/** Turns a safetensors file into a checked table of tensors whose bytes are read by range. */
import { AppError } from '../../contract/errors.ts';
import type { Source } from '../../contract/files.ts';

/** Bytes per element of the element types that the format knows. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};
/** The reference implementation's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
const MAX_TENSORS = 1_000_000;

export interface TensorEntry {
  /** Element type as safetensors names it: F32, F16, BF16, I64, … */
  dtype: string;
  shape: number[];
  /** Absolute byte range in the file. */
  start: number;
  end: number;
}

/** A file whose table was read. */
export interface Safetensors {
  /** What a person calls it. */
  name: string;
  tensors: ReadonlyMap<string, TensorEntry>;
  /** The bytes of one tensor. Throws `model-unsupported` for an unknown name or a file that shrank meanwhile. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
}

function broken(path: string, problem: string, evidence: Record<string, string | number> = {}): AppError {
  const message = `${path} is not a usable safetensors file: ${problem}. Download or save the checkpoint again.`;
  return new AppError('model-unsupported', message, { file: path, problem, ...evidence });
}

function count(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Checks one header entry against the file's size; offsets in the header count from the end of the header. */
function parseEntry(path: string, name: string, value: unknown, dataStart: number, dataBytes: number): TensorEntry {
  const bad = (problem: string): AppError => broken(path, `tensor "${name.slice(0, 200)}" ${problem}`);
  if (typeof value !== 'object' || value === null) throw bad('has no description');
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) throw bad('has an unknown element type');
  if (!Array.isArray(shape) || shape.length > 16 || !shape.every(count)) throw bad('has an invalid shape');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(count)) throw bad('has invalid offsets');
  const [start, end] = offsets as [number, number];
  if (start > end || end > dataBytes) throw bad('lies outside the file');
  const bytes = (shape as number[]).reduce((product, dim) => product * dim, ELEMENT_BYTES[dtype] as number);
  if (bytes !== end - start) throw bad(`has ${end - start} bytes where its shape needs ${bytes}`);
  return { dtype, shape: shape as number[], start: dataStart + start, end: dataStart + end };
}

/** Throws when two tensors share bytes: the format forbids it, and a hostile file could hide one in another. */
function checkOverlap(path: string, tensors: ReadonlyMap<string, TensorEntry>): void {
  const byStart = [...tensors.entries()].filter(([, t]) => t.end > t.start).sort(([, a], [, b]) => a.start - b.start);
  for (let i = 1; i < byStart.length; i++) {
    const [before, { end }] = byStart[i - 1] as [string, TensorEntry];
    const [name, { start }] = byStart[i] as [string, TensorEntry];
    if (start < end) throw broken(path, `tensors "${before.slice(0, 200)}" and "${name.slice(0, 200)}" overlap`);
  }
}

/**
 * The tensor table in a file's first bytes.
 * @param head the 8-byte length and the JSON header that follows it
 * @param fileBytes size of the whole file
 */
export function parseHeader(path: string, head: Uint8Array, fileBytes: number): Map<string, TensorEntry> {
  const length = headerLength(path, head, fileBytes);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(8, 8 + length)));
  } catch (cause) {
    throw new AppError('model-unsupported', broken(path, 'its header is not JSON').message, { file: path }, cause);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw broken(path, 'its header is no object');
  const entries = Object.entries(json).filter(([name]) => name !== '__metadata__');
  if (entries.length > MAX_TENSORS) throw broken(path, 'it lists too many tensors');
  const tensors = new Map(
    entries.map(([name, value]) => [name, parseEntry(path, name, value, 8 + length, fileBytes - 8 - length)]),
  );
  checkOverlap(path, tensors);
  return tensors;
}

function headerLength(path: string, head: Uint8Array, fileBytes: number): number {
  if (head.length < 8) throw broken(path, 'it is shorter than its header');
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES))
    throw broken(path, 'its header is too large', { header_bytes: String(length) });
  if (8 + Number(length) > fileBytes) throw broken(path, 'it ends inside its header');
  return Number(length);
}

/** Reads a file's table. Throws `model-unsupported` for anything that breaks the format, and what the source throws. */
export async function openSafetensors(source: Source, path: string): Promise<Safetensors> {
  const where = `${source.name}/${path}`;
  const size = await source.size(path);
  if (size === undefined)
    throw new AppError('model-unsupported', `${where} cannot be opened. Check the path.`, { file: where });
  const readRange = async (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = await source.read(path, start, end);
    if (bytes.length < end - start) throw broken(where, 'it ends early');
    return bytes;
  };
  const length = headerLength(where, await readRange(0, Math.min(8, size)), size);
  const tensors = parseHeader(where, await readRange(0, 8 + length), size);
  const read = async (name: string): Promise<Uint8Array<ArrayBuffer>> => {
    const entry = tensors.get(name);
    if (!entry) throw broken(where, `it has no tensor "${name}"`);
    return readRange(entry.start, entry.end);
  };
  return { name: where, tensors, read };
}
