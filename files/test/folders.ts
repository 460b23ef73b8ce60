/** What every Source and every Sink has to do, as cases that throw when it does not: run by Vitest and in a browser's worker. */
import type { AppError } from '../../contract/errors.ts';
import type { Sink, Source } from '../../contract/files.ts';

export const SAMPLE: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  'a.bin': Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) % 251),
  'empty.txt': new Uint8Array(0),
  'weights/deep/b.bin': Uint8Array.of(1, 2, 3),
};

/** Leads out of every folder, or nowhere. */
const HOSTILE = ['../a.bin', '/etc/hostname', 'weights/../../a.bin', './a.bin', 'weights//b', '', '..\\a.bin', 'a\0b'];

function equal(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value instanceof Uint8Array ? [...value] : value));
  if (a !== b) throw new Error(`${what}: ${a?.slice(0, 200)} instead of ${b?.slice(0, 200)}`);
}

async function fails(task: () => Promise<unknown>, code: string | null, what: string): Promise<void> {
  let thrown: unknown;
  try {
    await task();
  } catch (error) {
    thrown = error;
  }
  if (thrown === undefined) throw new Error(`${what}: nothing was thrown`);
  if (code !== null) equal((thrown as Partial<AppError>).code, code, what);
}

/** By what they show; each gets a source that holds SAMPLE. */
export const SOURCE_CASES: Readonly<Record<string, (source: Source) => Promise<void>>> = {
  'lists all files, sorted, and their sizes': async (source) => {
    equal(await source.list(), Object.keys(SAMPLE), 'list');
    for (const [path, bytes] of Object.entries(SAMPLE)) equal(await source.size(path), bytes.length, path);
    for (const path of ['none', 'weights', 'a.bin/b', 'weights/none/b.bin'])
      equal(await source.size(path), undefined, path);
  },
  'reads whole files, parts, and no further than the end': async (source) => {
    const a = SAMPLE['a.bin'] as Uint8Array;
    for (const [path, bytes] of Object.entries(SAMPLE)) equal(await source.read(path), bytes, path);
    for (const [begin, end] of [
      [0, 10],
      [1234, 4321],
      [4999, 5000],
      [4000, 9000],
      [70, 70],
      [6000, 7000],
    ] as const)
      equal(await source.read('a.bin', begin, end), a.slice(begin, end), `${begin}-${end}`);
    equal(await source.read('a.bin', 4990), a.slice(4990), 'to the end');
  },
  'gives bytes that are the caller’s own': async (source) => {
    const first = await source.read('a.bin', 100, 200);
    equal(first.byteOffset, 0, 'offset');
    first.fill(9);
    structuredClone(first, { transfer: [first.buffer] });
    equal(await source.read('a.bin', 100, 200), SAMPLE['a.bin']?.slice(100, 200), 'read again');
  },
  'throws for a file that is not there, and for a path that leads out': async (source) => {
    await fails(() => source.read('none'), 'request-invalid', 'a missing file');
    for (const path of HOSTILE) {
      await fails(() => source.read(path), 'request-invalid', path);
      await fails(() => source.size(path), 'request-invalid', path);
    }
  },
  'stops when it is told to': (source) =>
    fails(() => source.read('a.bin', 0, 10, AbortSignal.abort()), null, 'stopped'),
};

async function fill(sink: Sink): Promise<void> {
  for (const [path, bytes] of Object.entries(SAMPLE)) await sink.write(path, 0, bytes);
}

/** Each gets a new, empty sink. */
export const SINK_CASES: Readonly<Record<string, (sink: Sink) => Promise<void>>> = {
  'what was written is read at once': async (sink) => {
    await fill(sink);
    for (const check of Object.values(SOURCE_CASES)) await check(sink.written);
    await sink.finish();
  },
  'takes bytes in any order, over each other, several files at a time; gaps are zero': async (sink) => {
    await sink.write('x', 8, Uint8Array.of(8, 9));
    await Promise.all([sink.write('y/z', 1, Uint8Array.of(7)), sink.write('x', 2, Uint8Array.of(2, 3))]);
    await sink.write('x', 3, Uint8Array.of(33));
    equal(await sink.written.read('x'), Uint8Array.of(0, 0, 2, 33, 0, 0, 0, 0, 8, 9), 'x');
    equal(await sink.written.read('y/z'), Uint8Array.of(0, 7), 'y/z');
    await sink.finish();
  },
  'keeps nothing of the caller’s buffer': async (sink) => {
    const bytes = Uint8Array.of(1, 2, 3);
    await sink.write('x', 0, bytes);
    bytes.fill(9);
    equal(await sink.written.read('x'), Uint8Array.of(1, 2, 3), 'x');
    await sink.finish();
  },
  'renames over another file and into another folder; removes what is there or not': async (sink) => {
    await fill(sink);
    await sink.rename('a.bin', 'weights/deep/b.bin');
    await sink.rename('empty.txt', 'new/place.txt');
    await sink.remove('none');
    equal(await sink.written.list(), ['new/place.txt', 'weights/deep/b.bin'], 'list');
    equal((await sink.written.read('weights/deep/b.bin')).length, 5000, 'renamed');
    await sink.write('weights/deep/b.bin', 0, Uint8Array.of(77));
    equal((await sink.written.read('weights/deep/b.bin', 0, 2))[0], 77, 'written after that');
    await sink.write('weights/c.bin', 0, Uint8Array.of(1));
    await sink.write('weights.bin', 0, Uint8Array.of(1));
    await sink.remove('weights');
    await sink.remove('weights.bin');
    equal(await sink.written.list(), ['new/place.txt'], 'list');
    await fails(() => sink.rename('none', 'x'), null, 'renaming nothing');
    await sink.finish();
  },
  'writes to no path that leads out': async (sink) => {
    for (const path of HOSTILE) await fails(() => sink.write(path, 0, Uint8Array.of(1)), 'request-invalid', path);
    equal(await sink.written.list(), [], 'list');
    await sink.abort();
  },
};
