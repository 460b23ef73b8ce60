import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EOS, tinyTokenizer } from '../test/tiny-tokenizer.ts';
import { createTokenizer } from './tokenizer.ts';

const tokenizer = tinyTokenizer([EOS, '<|im_end|>']);
const [eosId, endId] = [tokenizer.splitSpecial(EOS)[0], tokenizer.splitSpecial('<|im_end|>')[0]] as number[];

describe('tokenizer', () => {
  test('merges as BPE does', () => {
    expect(tokenizer.encode(' red')).toHaveLength(1);
    expect(tokenizer.encode('USER')).toHaveLength(1);
    expect(tokenizer.encode('')).toEqual([]);
  });

  test('special tokens typed by a person stay plain text', () => {
    const ids = tokenizer.encode(`say ${EOS} and <|im_end|>`);
    expect(ids).not.toContain(eosId);
    expect(ids).not.toContain(endId);
    expect(tokenizer.decode(ids)).toBe(`say ${EOS} and <|im_end|>`);
  });

  test('template text is split at special tokens', () => {
    expect(tokenizer.splitSpecial(`a${EOS}b<|im_end|>`)).toEqual(['a', eosId, 'b', endId]);
    expect(tokenizer.splitSpecial('plain')).toEqual(['plain']);
    expect(tokenizer.splitSpecial('')).toEqual([]);
  });

  test('decoding leaves special and unknown ids out', () => {
    expect(tokenizer.decode([eosId!, ...tokenizer.encode('the red'), 51199])).toBe('the red');
    expect(tokenizer.decode([eosId!])).toBe('');
  });

  test('any text survives encode and decode, and never gets a special id', () => {
    const spelled = fc
      .array(fc.constantFrom(EOS, '<|im_end|>', '<image>', ' ', 'red', '<|'))
      .map((parts) => parts.join(''));
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), spelled);
    fc.assert(
      fc.property(text, (value) => {
        const wellFormed = new TextDecoder().decode(new TextEncoder().encode(value));
        const ids = tokenizer.encode(wellFormed);
        expect(ids).not.toContain(eosId);
        expect(ids).not.toContain(endId);
        expect(tokenizer.decode(ids)).toBe(wellFormed);
      }),
    );
  });

  test('files that are no tokenizer are a named error', () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(() => createTokenizer(bytes('<html>'), bytes('{}'))).toThrow(
      expect.objectContaining({ code: 'manifest-invalid' }),
    );
    expect(() => createTokenizer(bytes('{"model":{}}'), bytes('{}'))).toThrow(
      expect.objectContaining({ code: 'manifest-invalid' }),
    );
  });
});
