import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asAppError } from '../../contract/errors.ts';
import { folderSource } from '../../files/node/source.ts';
import { openSafetensors, parseHeader } from './safetensors.ts';
import { encodeSafetensors } from './safetensors-write.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

function withHeader(header: unknown, dataBytes: number, claimed?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

function problem(file: Uint8Array): string {
  try {
    parseHeader('model.safetensors', file, file.length);
  } catch (error) {
    expect(asAppError(error).code).toBe('model-unsupported');
    return asAppError(error).message;
  }
  return 'accepted';
}

const entry = (shape: unknown, offsets: unknown, dtype: unknown = 'F32') => ({ dtype, shape, data_offsets: offsets });

describe('parseHeader', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /shorter/],
    ['a length beyond the file', withHeader({}, 0, 1000n), /ends inside its header/],
    ['a length of 2^63', withHeader({}, 0, 1n << 63n), /too large/],
    ['a header that is no JSON', withHeader('{"a":', 0), /not JSON/],
    ['a header that is no UTF-8', withHeader('{}', 2, 3n).fill(0xff, 8), /not JSON/],
    ['a header that is a list', withHeader([], 0), /no object/],
    ['a tensor without description', withHeader({ a: null }, 0), /no description/],
    ['an unknown element type', withHeader({ a: entry([1], [0, 4], 'F8') }, 4), /element type/],
    ['an element type from the prototype', withHeader({ a: entry([1], [0, 4], 'toString') }, 4), /element type/],
    ['a negative dim', withHeader({ a: entry([-1], [0, 4]) }, 4), /invalid shape/],
    ['a fractional dim', withHeader({ a: entry([0.5], [0, 2]) }, 4), /invalid shape/],
    ['dims whose product overflows', withHeader({ a: entry([2 ** 40, 2 ** 40], [0, 4]) }, 4), /where its shape needs/],
    ['offsets beyond the file', withHeader({ a: entry([2], [0, 8]) }, 4), /outside the file/],
    ['offsets in reverse', withHeader({ a: entry([1], [4, 0]) }, 4), /outside the file/],
    ['negative offsets', withHeader({ a: entry([1], [-4, 0]) }, 4), /invalid offsets/],
    ['offsets that do not fit the shape', withHeader({ a: entry([2], [0, 4]) }, 8), /where its shape needs/],
    ['overlapping tensors', withHeader({ a: entry([2], [0, 8]), b: entry([1], [4, 8]) }, 8), /overlap/],
  ])('refuses %s', (_, file, message) => {
    expect(problem(file)).toMatch(message);
  });

  test('random damage to a good file is accepted or a named error', () => {
    const values = Float32Array.from({ length: 12 }, (_, i) => i);
    const good = encodeSafetensors(
      [
        { name: 'a', dims: [3, 4], values },
        { name: 'b', dims: [12], values },
      ],
      'float32',
    );
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(damage, fc.nat(good.length), (edits, length) => {
        const file = good.slice(0, Math.max(length, 40));
        for (const [at, byte] of edits) if (at < file.length) file[at] = byte;
        problem(file);
      }),
      { numRuns: 500 },
    );
  });
});

describe('openSafetensors', () => {
  test.each(['float32', 'float16', 'bfloat16'] as const)('reads back what was written as %s', async (type) => {
    const path = join(folder, `${type}.safetensors`);
    const values = Float32Array.of(0, 1, -2, 0.5);
    await writeFile(path, encodeSafetensors([{ name: 'a', dims: [2, 2], values }], type));
    const file = await openSafetensors(folderSource(folder), `${type}.safetensors`);
    expect(file.tensors.get('a')?.shape).toEqual([2, 2]);
    expect((await file.read('a')).length).toBe(type === 'float32' ? 16 : 8);
    await expect(file.read('b')).rejects.toMatchObject({ code: 'model-unsupported' });
  });

  test('a missing file is a named error', async () => {
    await expect(openSafetensors(folderSource(folder), 'none')).rejects.toMatchObject({ code: 'model-unsupported' });
  });
});
