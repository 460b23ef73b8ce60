/** Bytes that are handed over: right in whatever order they are asked for, memory given back, read again when needed. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { noise } from '../faults/model-folder.ts';
import { HandedOver } from './handed-over.ts';
import { database, setting } from './test/setting.ts';

/** The shard of the test model. */
const WEIGHTS = 'weights/0.bin';
const CHUNK = 256 * 1024;
const file = noise(3 * CHUNK + 1000, 7);

/** What a blob of a test holds: Node can read none at once. */
const contents = new Map<Blob, Uint8Array<ArrayBuffer>>();
let readAgain = 0;
let givenBack = 0;

function blobOf(bytes: Uint8Array<ArrayBuffer>): Blob {
  const blob = new Blob([bytes]);
  blob.slice = (begin, end) => blobOf(bytes.subarray(begin, end));
  contents.set(blob, bytes);
  return blob;
}

class Reader {
  readAsArrayBuffer(blob: Blob): ArrayBuffer {
    const bytes = contents.get(blob);
    if (!bytes) throw new DOMException('gone', 'NotFoundError');
    readAgain += bytes.byteLength;
    return bytes.slice().buffer;
  }
}

beforeEach(() => {
  readAgain = 0;
  givenBack = 0;
  vi.stubGlobal('FileReaderSync', Reader);
  Object.assign(ArrayBuffer.prototype, {
    transfer(this: ArrayBuffer) {
      givenBack += this.byteLength;
      structuredClone(this, { transfer: [this] });
    },
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  delete (ArrayBuffer.prototype as { transfer?: unknown }).transfer;
});

function handOver({ sparing = false } = {}): HandedOver {
  const given = new HandedOver(file.length, CHUNK);
  for (let index = 0; index * CHUNK < file.length; index++) {
    const bytes = file.slice(index * CHUNK, (index + 1) * CHUNK);
    given.add(index, blobOf(bytes.slice()), sparing ? undefined : bytes.buffer);
  }
  return given;
}

/** Tensors of many sizes, aligned as the builder aligns them, in no order. */
function tensors(): [number, number][] {
  const ranges: [number, number][] = [];
  const sizes = [70_000, 300, 5000, 64, 200_001, 1];
  for (let at = 0, i = 0; at < file.length; i++) {
    const end = Math.min(at + (sizes[i % sizes.length] as number), file.length);
    ranges.push([at, end]);
    at = Math.ceil(end / 64) * 64;
  }
  return ranges.sort(([a], [b]) => ((a * 7919) % 1009) - ((b * 7919) % 1009));
}

const same = (given: Uint8Array, begin: number, end: number) =>
  Buffer.compare(given, file.subarray(begin, end)) === 0 && given.byteLength === end - begin;

it('every tensor once, in no order: the right bytes, and in the end no memory is held', () => {
  const given = handOver();
  expect(given.byteLength).toBe(file.length);
  const before = givenBack;
  for (const [begin, end] of tensors()) expect(same(given.subarray(begin, end), begin, end)).toBe(true);
  given.subarray(0, 1);
  expect(givenBack - before).toBeGreaterThanOrEqual(file.length);
  expect(readAgain).toBe(1);
});

it('what was given back is read again', () => {
  const given = handOver();
  for (const [begin, end] of [...tensors(), ...tensors(), [0, file.length] as const])
    expect(same(given.subarray(begin, end), begin, end)).toBe(true);
  expect(readAgain).toBeGreaterThan(0);
});

it('sparing: nothing is held, all is read when it is asked for', () => {
  const given = handOver({ sparing: true });
  for (const [begin, end] of tensors()) expect(same(given.subarray(begin, end), begin, end)).toBe(true);
  expect(readAgain).toBe(tensors().reduce((sum, [begin, end]) => sum + end - begin, 0));
});

it('a stored file is verified when it is opened: a damaged chunk alone is fetched again', async () => {
  const { server, environment, folder, load, open } = await setting();
  await load();
  const weights = folder.files.get(WEIGHTS) as Uint8Array<ArrayBuffer>;
  const raw = await database(environment);
  const sums = folder.manifest.files.find(({ path }) => path === WEIGHTS)?.chunks ?? [];
  await raw.put(sums[1] ?? '', new Blob([weights.subarray(0, folder.manifest.chunk_bytes)]));
  server.log.length = 0;
  const model = await open();
  for (const sparing of [false, true]) {
    const opened = await model.open?.(WEIGHTS, undefined, sparing);
    expect(opened?.byteLength).toBe(weights.byteLength);
    if (!sparing) expect(Buffer.compare(opened!.subarray(0, weights.length), weights)).toBe(0);
  }
  expect(server.log.filter(({ path }) => path === WEIGHTS)).toHaveLength(1);
});
