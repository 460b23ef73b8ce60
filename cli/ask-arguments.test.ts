/** Command lines, right and wrong, and what comes of them. */
import { isAbsolute } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { UsageError } from './command.ts';
import { serve } from './serve.ts';
import { wordsOf } from './test/words.ts';

const readAsk = (words: string[]) => wordsOf(ask, words);

describe('the words of ask', () => {
  test('takes pictures, questions and options', () => {
    const line =
      '--image a.png --image=b.jpg --max-tokens 12 --temperature 0.5 --seed 7 --adapter terse --variant f32 --json What? Where?';
    const words = readAsk(line.split(' '));
    expect(words.images.map((path) => [isAbsolute(path), path.slice(-5)])).toEqual([
      [true, 'a.png'],
      [true, 'b.jpg'],
    ]);
    expect(words.questions).toEqual(['What?', 'Where?']);
    expect(words.options).toEqual({ max_tokens: 12, temperature: 0.5, seed: 7, adapter: 'terse' });
    expect([words.variant, words.json, ask.parse(line.split(' ')).help]).toEqual(['f32', true, false]);
  });

  test('leaves sampling to the model unless told', () => {
    const words = readAsk(['--image', 'a.png', 'What is it?']);
    expect(words.options).toEqual({});
    expect(words.model).toContain('mipha-nano');
  });

  test('reads paths as typed in the folder that npm was called from', () => {
    const before = process.env['INIT_CWD'];
    process.env['INIT_CWD'] = '/somewhere';
    try {
      expect(readAsk(['--image', 'a.png', 'Hm?', '--model', 'm']).model).toBe('/somewhere/m');
    } finally {
      if (before === undefined) delete process.env['INIT_CWD'];
      else process.env['INIT_CWD'] = before;
    }
  });

  test('help needs nothing else', () => {
    expect(ask.parse(['--help']).help).toBe(true);
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
    [['--imagine', 'a.png'], /Did you mean --image\?/],
  ])('%j is wrong usage', (words, message) => {
    expect(() => readAsk(words)).toThrow(UsageError);
    expect(() => readAsk(words)).toThrow(message);
  });
});

test('--help lists every option with its default, and is asked for alone', () => {
  for (const option of [
    '--image <FILE>',
    '--model <DIR>',
    '--variant <ID>',
    '--max-tokens <N>',
    '--seed <N>',
    '--json',
  ])
    expect(ask.usage).toContain(option);
  expect(ask.usage).not.toMatch(/default: (false|\[\]|$)/m);
  expect(serve.usage).toContain('(default: 8080)');
  expect(serve.parse(['--help', '--port', '1']).help).toBe(true);
});

describe('the words of serve', () => {
  test('origins and port, with their defaults', () => {
    expect(wordsOf(serve, [])).toMatchObject({ port: 8080, host: '127.0.0.1', origins: [] });
    const words = wordsOf(serve, '--port 0 --allow-origin http://a.test --allow-origin https://b.test/'.split(' '));
    expect(words).toMatchObject({ port: 0, origins: ['http://a.test', 'https://b.test'] });
  });

  test.each([
    [['--port', '65536'], /a port/],
    [['--allow-origin', 'a.test'], /an origin such as/],
    [['--allow-origin', 'http://a.test/path'], /an origin such as/],
    [['more'], /"more" is not an option/],
  ])('%j is wrong usage', (words, message) => {
    expect(() => wordsOf(serve, words)).toThrow(UsageError);
    expect(() => wordsOf(serve, words)).toThrow(message);
  });
});
