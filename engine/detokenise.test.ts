import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Detokeniser, StopStrings } from './detokenise.ts';
import { EOS, tinyTokenizer } from './test/tiny-tokenizer.ts';

const tokenizer = tinyTokenizer();

function stream(ids: number[]): string[] {
  const detokeniser = new Detokeniser(tokenizer);
  return [...ids.map((id) => detokeniser.push(id)), detokeniser.flush()];
}

describe('Detokeniser', () => {
  test('holds a character back until its last byte is there', () => {
    const ids = tokenizer.encode('a😀b');
    expect(ids).toHaveLength(6);
    expect(stream(ids)).toEqual(['a', '', '', '', '😀', 'b', '']);
  });

  test('drops a half character at the end', () => {
    expect(stream(tokenizer.encode('a😀').slice(0, 3)).join('')).toBe('a');
    expect(stream(tokenizer.encode('a\ufffd')).join('')).toBe('a');
    expect(stream(tokenizer.encode('a\ufffdb')).join('')).toBe('a\ufffdb');
  });

  test('drops white space around the answer and special tokens in it', () => {
    const eos = tokenizer.splitSpecial(EOS)[0] as number;
    expect(stream([...tokenizer.encode('  red'), ...tokenizer.encode('  the\n'), eos]).join('')).toBe('red  the');
  });

  test('deltas join to the trimmed text and none ends inside a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const deltas = stream(tokenizer.encode(text));
        // A replacement character that was really meant looks like a half character: at the very end it is dropped, too.
        expect(deltas.join('')).toBe(text.replace(/\ufffd+$/, '').trim());
        for (const delta of deltas) expect(delta.isWellFormed()).toBe(true);
      }),
    );
  });

  test('random bytes never throw', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 })), (ids) => {
        for (const delta of stream(ids)) expect(delta.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('StopStrings', () => {
  const pass = (stops: string[], deltas: string[]) => {
    const filter = new StopStrings(stops);
    const shown = deltas.map((delta) => filter.push(delta)).join('') + filter.flush();
    return { shown, stopped: filter.stopped };
  };

  test('cuts before a stop string that is spread over deltas', () => {
    expect(pass(['USER:'], ['red', ' US', 'ER', ': x'])).toEqual({ shown: 'red ', stopped: true });
  });

  test('shows what only looked like one', () => {
    expect(pass(['USER:'], ['red US', 'A'])).toEqual({ shown: 'red USA', stopped: false });
    expect(pass(['USER:'], ['red US'])).toEqual({ shown: 'red US', stopped: false });
    expect(pass([], ['red'])).toEqual({ shown: 'red', stopped: false });
  });

  test('equals a search in the whole text, however it is cut', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 4 });
    fc.assert(
      fc.property(fc.array(letters), fc.array(letters, { maxLength: 3 }), (deltas, stops) => {
        const text = deltas.join('');
        const ends = stops.filter((stop) => stop !== '').map((stop) => ({ stop, at: text.indexOf(stop) }));
        const hits = ends.filter(({ at }) => at >= 0);
        const { shown, stopped } = pass(stops, deltas);
        expect(stopped).toBe(hits.length > 0);
        // The earliest end of a stop string decides when it is seen; what precedes its beginning is shown.
        if (hits.length === 0) expect(shown).toBe(text);
        else expect(text.startsWith(shown)).toBe(true);
        for (const { stop } of ends) expect(shown.includes(stop)).toBe(false);
      }),
    );
  });
});
