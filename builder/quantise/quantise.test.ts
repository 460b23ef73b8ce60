import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dequantiseBlocks, quantiseBlocks, ROUND_TO_NEAREST } from './blocks.ts';
import { quantiseColumns } from './int8.ts';

/** Numbers with a bell shape, the same for the same seed. */
function normals(count: number, seed: number): Float32Array {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()));
}

function squaredError(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0);
}

describe('quantiseBlocks', () => {
  test.each([4, 8] as const)('%i bits: zeros stay zeros, and every row stands alone', (bits) => {
    const values = new Float32Array(2 * 32);
    values[40] = 3;
    const back = dequantiseBlocks(quantiseBlocks(values, 2, 32, bits), 2, 32, bits);
    expect([...back.subarray(0, 32)]).toEqual(Array.from({ length: 32 }, () => 0));
    expect(back[40]).toBeCloseTo(3, 5);
  });

  test('4-bit codes lie as MatMulNBits reads them: even elements in the low half, zero is 8', () => {
    const values = new Float32Array(32);
    values[0] = -8;
    values[1] = 7;
    values[2] = 1;
    const { packed, scales } = quantiseBlocks(values, 1, 32, 4);
    expect(scales[0]).toBeCloseTo(1, 6);
    expect([...packed.subarray(0, 3)]).toEqual([0xf0, 0x89, 0x88]);
  });

  test('8-bit codes have their zero at 128', () => {
    const values = new Float32Array(32);
    values[0] = 127;
    values[1] = -127;
    const { packed, scales } = quantiseBlocks(values, 1, 32, 8);
    expect(scales[0]).toBeCloseTo(1, 6);
    expect([...packed.subarray(0, 3)]).toEqual([255, 1, 128]);
  });

  test('a row that ends inside a block is filled with zeros', () => {
    const values = normals(3 * 40, 5);
    const blocks = quantiseBlocks(values, 3, 40, 8);
    expect(blocks.packed.length).toBe(3 * 2 * 32);
    expect(blocks.scales.length).toBe(6);
    expect(squaredError(values, dequantiseBlocks(blocks, 3, 40, 8))).toBeLessThan(0.01);
  });

  test('the scale search leaves less error than round-to-nearest, on bell-shaped and on heavy-tailed weights', () => {
    for (const shape of [(x: number) => x, (x: number) => x ** 3]) {
      const values = normals(64 * 256, 11).map(shape);
      const error = (targets?: readonly number[]): number =>
        squaredError(values, dequantiseBlocks(quantiseBlocks(values, 64, 256, 4, targets), 64, 256, 4));
      expect(error()).toBeLessThan(0.85 * error(ROUND_TO_NEAREST));
    }
  });

  test('no block is ever worse than round-to-nearest with its best scale', () => {
    const block = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(block, (numbers) => {
        const values = Float32Array.from(numbers);
        const error = (targets?: readonly number[]): number =>
          squaredError(values, dequantiseBlocks(quantiseBlocks(values, 1, 32, 4, targets), 1, 32, 4));
        expect(error()).toBeLessThanOrEqual(error(ROUND_TO_NEAREST) * (1 + 1e-5) + 1e-9);
      }),
    );
  });
});

describe('quantiseColumns', () => {
  test('turns [outputs, inputs] into int8 [inputs, outputs] within half a step', () => {
    const weight = normals(5 * 7, 3);
    const { values, scales } = quantiseColumns(weight, 5, 7);
    for (let n = 0; n < 5; n++)
      for (let k = 0; k < 7; k++) {
        const scale = scales[n] as number;
        const error = (values[k * 5 + n] as number) * scale - (weight[n * 7 + k] as number);
        expect(Math.abs(error)).toBeLessThanOrEqual(scale * 0.5001);
      }
  });

  test('an output without weights keeps a usable scale', () => {
    expect([...quantiseColumns(new Float32Array(4), 2, 2).scales]).toEqual([1, 1]);
  });
});
