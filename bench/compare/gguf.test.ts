import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { halfToFloat } from '../../builder/weights/float.ts';
import { quantiseQ8, writeGguf } from './gguf.ts';

test('8 bits: each block has its own scale, and a weight is off by half a step at most', () => {
  const values = Float32Array.from({ length: 96 }, (_, i) => (i < 64 ? Math.sin(i) * (i < 32 ? 1 : 100) : 0));
  const bytes = quantiseQ8(values);
  expect(bytes).toHaveLength(3 * 34);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) {
    const block = Math.floor(i / 32) * 34;
    const scale = halfToFloat(Uint16Array.of(view.getUint16(block, true)))[0] as number;
    const error = Math.abs(view.getInt8(block + 2 + (i % 32)) * scale - value);
    expect(error).toBeLessThanOrEqual(scale * 0.56); // half a step, and the rounding of the scale to float16
  }
  expect(() => quantiseQ8(new Float32Array(33))).toThrow('33 weights');
});

/** Just enough of a reader to find one's way: counts, keys, and the tensors with their places. */
function readHeader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  const u32 = (): number => view.getUint32((at += 4) - 4, true);
  const u64 = (): number => Number(view.getBigUint64((at += 8) - 8, true));
  const text = (): string => {
    const length = u64();
    return new TextDecoder().decode(bytes.subarray(at, (at += length)));
  };
  const value = (type: number): unknown => {
    if (type === 8) return text();
    if (type === 7) return bytes[at++] === 1;
    if (type === 6) return view.getFloat32((at += 4) - 4, true);
    if (type !== 9) return u32();
    const items = u32();
    return Array.from({ length: u64() }, () => value(items));
  };
  const counts = [u64(), u64()] as const;
  const metadata = Object.fromEntries(Array.from({ length: counts[1] }, () => [text(), value(u32())]));
  const tensors = Array.from({ length: counts[0] }, () => ({
    name: text(),
    dims: Array.from({ length: u32() }, u64),
    type: u32(),
    offset: u64(),
  }));
  return { metadata, tensors, start: Math.ceil(at / 32) * 32 };
}

test('mipha-nano: metadata, dims from the fastest on, and the weights where the header says', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'gguf-')), 'nano.gguf');
  await writeGguf('training/checkpoint', path);
  const bytes = readFileSync(path);
  expect(bytes.subarray(0, 4).toString()).toBe('GGUF');
  const { metadata, tensors, start } = readHeader(bytes);
  expect(metadata).toMatchObject({
    'general.architecture': 'phi2',
    'phi2.block_count': 4,
    'phi2.rope.dimension_count': 32,
  });
  expect(metadata['tokenizer.ggml.tokens']).toHaveLength(768);
  expect(tensors).toHaveLength(5 + 4 * 14);
  const up = tensors.find(({ name }) => name === 'blk.0.ffn_up.weight');
  expect(up).toMatchObject({ dims: [256, 1024], type: 8 });
  const last = tensors.at(-1)!;
  expect(last).toMatchObject({ name: 'blk.3.ffn_down.bias', dims: [256], type: 0 });
  expect(start + last.offset + 4 * 256).toBe(bytes.length);
});
