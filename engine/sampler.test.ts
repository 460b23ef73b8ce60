import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argmax, isGreedy, type Sampling, sample, seededRandom, toSampling } from './sampler.ts';

const plain: Sampling = { temperature: 1, top_p: 1, top_k: 0, repetition_penalty: 1, seed: null };
const logitsOf = fc
  .array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 60 })
  .map((values) => Float32Array.from(values));
const randomOf = fc.integer().map(seededRandom);
const rank = (logits: Float32Array, id: number) => logits.filter((value) => value > logits[id]!).length;

describe('sample', () => {
  test('temperature 0 is the argmax', () => {
    fc.assert(
      fc.property(logitsOf, randomOf, (logits, random) => {
        expect(sample(logits.slice(), [], { ...plain, temperature: 0 }, random)).toBe(argmax(logits));
      }),
    );
  });

  test('top-k draws among the k largest', () => {
    fc.assert(
      fc.property(logitsOf, fc.integer({ min: 1, max: 10 }), randomOf, (logits, top_k, random) => {
        expect(rank(logits, sample(logits.slice(), [], { ...plain, top_k }, random))).toBeLessThan(top_k);
      }),
    );
  });

  test('top-p draws from the smallest set that reaches p', () => {
    fc.assert(
      fc.property(logitsOf, fc.double({ min: 0.01, max: 0.99, noNaN: true }), randomOf, (logits, top_p, random) => {
        const id = sample(logits.slice(), [], { ...plain, top_p }, random);
        const weights = Array.from(logits, (value) => Math.exp(value - logits[argmax(logits)]!));
        const total = weights.reduce((a, b) => a + b, 0);
        const above = weights.filter((weight) => weight > weights[id]!).reduce((a, b) => a + b, 0);
        expect(above / total).toBeLessThan(top_p + 1e-9);
      }),
    );
  });

  test('a seed gives the same draws, another one other draws', () => {
    const logits = new Float32Array(50);
    const draws = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => sample(logits.slice(), [], plain, random));
    };
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
    expect(draws(7)).not.toEqual(draws(7 + 2 ** 32));
  });

  test('frequencies follow the softmax', () => {
    const logits = Float32Array.from([0, Math.log(3)]);
    const random = seededRandom(1);
    let ones = 0;
    for (let i = 0; i < 4000; i++) ones += sample(logits.slice(), [], plain, random);
    expect(ones / 4000).toBeCloseTo(0.75, 1);
    ones = 0;
    for (let i = 0; i < 4000; i++) ones += sample(logits.slice(), [], { ...plain, temperature: 0.5 }, random);
    expect(ones / 4000).toBeCloseTo(0.9, 1);
  });

  test('the repetition penalty makes seen tokens less likely, whatever their sign', () => {
    const greedy = { ...plain, temperature: 0, repetition_penalty: 2 };
    expect(sample(Float32Array.of(3, 2), [0, 0], greedy, Math.random)).toBe(1);
    expect(sample(Float32Array.of(-2, -3), [0], greedy, Math.random)).toBe(1);
    expect(sample(Float32Array.of(3, 2), [99999], greedy, Math.random)).toBe(0);
  });

  test('numbers that are none are a named error', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => sample(Float32Array.of(bad, bad), [], plain, Math.random)).toThrow(
        expect.objectContaining({ code: 'backend-failed' }),
      );
    }
  });
});

describe('toSampling', () => {
  test('request over model defaults over the neutral value', () => {
    const sampling = toSampling({ temperature: 0.5 }, { temperature: 1, top_p: 0.9 });
    expect(sampling).toEqual({ ...plain, temperature: 0.5, top_p: 0.9 });
    expect(isGreedy(toSampling({}, {}))).toBe(true);
    expect(isGreedy(toSampling({ repetition_penalty: 1.1 }, {}))).toBe(false);
  });

  test.each([
    { temperature: -1 },
    { temperature: Number.NaN },
    { top_p: 0 },
    { top_p: 1.1 },
    { top_k: 1.5 },
    { repetition_penalty: 0 },
    { seed: 0.5 },
  ])('refuses %o', (options) => {
    expect(() => toSampling(options, {})).toThrow(expect.objectContaining({ code: 'request-invalid' }));
  });
});
