import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bfloatToFloat, floatToHalf, halfToFloat, roundTo, toHalf } from './float.ts';

describe('float16', () => {
  test('every finite bit pattern survives the way to float32 and back', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((b) => (b & 0x7c00) !== 0x7c00);
    expect(floatToHalf(halfToFloat(bits))).toEqual(bits);
  });

  test.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [1e9, 0x7c00],
    [5.9604645e-8, 0x0001],
    [2.9802322e-8, 0x0000], // half of the smallest: ties to even
    [2.99e-8, 0x0001],
    [6.1035156e-5, 0x0400],
    [1.00048828125, 0x3c00], // halfway between two neighbours: to even
    [1.00146484375, 0x3c02],
    [Number.NaN, 0x7e00],
  ])('%f is %i', (value, bits) => {
    expect(toHalf(value)).toBe(bits);
  });

  test('rounding is to the nearest', () => {
    fc.assert(
      fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (value) => {
        const bits = toHalf(value);
        const [here, above, below] = halfToFloat(
          Uint16Array.of(bits, bits + 1, Math.max(0, (bits & 0x7fff) - 1) | (bits & 0x8000)),
        );
        const error = Math.abs((here as number) - value);
        expect(error).toBeLessThanOrEqual(Math.abs((above as number) - value));
        expect(error).toBeLessThanOrEqual(Math.abs((below as number) - value));
      }),
    );
  });
});

test('bfloat16 is the upper half of a float32', () => {
  expect([...bfloatToFloat(Uint16Array.of(0x3f80, 0xc000, 0x0000))]).toEqual([1, -2, 0]);
});

test('roundTo keeps what the type can hold and rounds the rest', () => {
  expect(roundTo('float32', 0.1)).toBe(Math.fround(0.1));
  expect(roundTo('float16', 0.1)).toBe(0.0999755859375);
  expect(roundTo('bfloat16', 0.1)).toBe(0.10009765625);
  expect(roundTo('bfloat16', 1)).toBe(1);
});
