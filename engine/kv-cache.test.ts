import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commonPrefix, KvCache } from './kv-cache.ts';
import { FakeRuntime, fakeManifest } from './test/fake-runtime.ts';

const ids = fc.array(fc.nat(3), { maxLength: 12 });
const cacheOf = (tokens: number[]) => {
  const cache = new KvCache(new FakeRuntime(), fakeManifest().architecture, 64, 'float32');
  cache.append(tokens);
  return cache;
};

describe('commonPrefix', () => {
  test('is shared, and the longest such', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const length = commonPrefix(a, b);
        expect(a.slice(0, length)).toEqual(b.slice(0, length));
        if (length < Math.min(a.length, b.length)) expect(a[length]).not.toBe(b[length]);
      }),
    );
  });
});

describe('KvCache', () => {
  test('reuse keeps the shared prefix but always leaves the last id to compute', () => {
    fc.assert(
      fc.property(ids, fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }), (held, wanted) => {
        const cache = cacheOf(held);
        const kept = cache.reuse(wanted);
        expect(kept).toBe(Math.min(commonPrefix(held, wanted), wanted.length - 1));
        expect(cache.length).toBe(kept);
        cache.append(wanted.slice(kept));
        expect(cache.reuse([...wanted, 0])).toBe(wanted.length);
      }),
    );
  });

  test('past and present are the same memory, one tensor for each layer and part', () => {
    const architecture = { ...fakeManifest().architecture, num_hidden_layers: 2, num_key_value_heads: 3, head_dim: 5 };
    const cache = new KvCache(new FakeRuntime(), architecture, 64, 'float16');
    expect(Object.keys(cache.past)).toHaveLength(4);
    expect(cache.past['past_key_values.1.value']).toBe(cache.present['present.1.value']);
    expect(cache.past['past_key_values.0.key']).toMatchObject({ type: 'float16', dims: [1, 3, 64, 5] });
  });
});
