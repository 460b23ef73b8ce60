/** Command lines, right and wrong, and what comes of them. */
import { isAbsolute } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from './arguments.ts';
import { parseAskArguments } from './ask-arguments.ts';

describe('parseAskArguments', () => {
  test('takes pictures, questions and options', () => {
    const line =
      '--image a.png --image=b.jpg --max-tokens 12 --temperature 0.5 --seed 7 --adapter terse --variant f32 --json What? Where?';
    const words = parseAskArguments(line.split(' '));
    expect(words.images.map((path) => [isAbsolute(path), path.slice(-5)])).toEqual([
      [true, 'a.png'],
      [true, 'b.jpg'],
    ]);
    expect(words.questions).toEqual(['What?', 'Where?']);
    expect(words.options).toEqual({ max_tokens: 12, temperature: 0.5, seed: 7, adapter: 'terse' });
    expect([words.variant, words.json, words.help]).toEqual(['f32', true, false]);
  });

  test('leaves sampling to the model unless told', () => {
    const words = parseAskArguments(['--image', 'a.png', 'What is it?']);
    expect(words.options).toEqual({});
    expect(words.model).toContain('mipha-nano');
  });

  test('reads paths as typed in the folder that npm was called from', () => {
    const before = process.env['INIT_CWD'];
    process.env['INIT_CWD'] = '/somewhere';
    try {
      expect(parseAskArguments(['--image', 'a.png', 'Hm?', '--model', 'm']).model).toBe('/somewhere/m');
    } finally {
      if (before === undefined) delete process.env['INIT_CWD'];
      else process.env['INIT_CWD'] = before;
    }
  });

  test('help needs nothing else', () => {
    expect(parseAskArguments(['--help']).help).toBe(true);
  });

  test.each([
    [[], /--image FILE/],
    [['What is it?'], /--image FILE/],
    [['--image', 'a.png'], /question/],
    [['--image', 'a.png', 'Hm?', '--max-tokens', '0'], /--max-tokens/],
    [['--image', 'a.png', 'Hm?', '--max-tokens', 'many'], /many/],
    [['--image', 'a.png', 'Hm?', '--max-tokens', ''], /--max-tokens/],
    [['--image', 'a.png', 'Hm?', '--temperature', '-1'], /--temperature/],
    [['--image', 'a.png', 'Hm?', '--temperature', 'Infinity'], /--temperature/],
    [['--image', 'a.png', 'Hm?', '--seed', '1.5'], /--seed/],
    [['--image', 'a.png', 'Hm?', '--sed', '1'], /--sed/],
    [['--image'], /--image/],
  ])('%j is wrong usage', (words, message) => {
    expect(() => parseAskArguments(words)).toThrow(UsageError);
    expect(() => parseAskArguments(words)).toThrow(message);
  });
});
