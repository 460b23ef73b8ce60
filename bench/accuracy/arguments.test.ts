/** Command lines of eval and score, right and wrong. */
import { expect, test } from 'vitest';
import { UsageError } from '../../cli/command.ts';
import { wordsOf } from '../../cli/test/words.ts';
import { evalCommand, scoreCommand } from './arguments.ts';

const readEval = (words: string[]) =>
  wordsOf(
    evalCommand(async () => {}),
    words,
  );
const readScore = (words: string[]) =>
  wordsOf(
    scoreCommand(async () => {}),
    words,
  );

test('eval: what is not said has a default', () => {
  const words = readEval('--data /d --task pope'.split(' '));
  expect(words).toMatchObject({
    task: 'pope',
    data: '/d',
    backend: 'engine',
    limit: Infinity,
    shard: null,
    json: false,
  });
  expect(words.model).toContain('mipha-nano');
  const server = readEval('--data /d --task pope --backend openai --url http://x/v1 --model a/b'.split(' '));
  expect(server).toMatchObject({ model: 'a/b', url: 'http://x/v1', parallel: undefined });
});

test.each([
  ['', /--data DIR/],
  ['--data d --shard 0/2', /--shard needs a --task/],
  ['--data d --backend browser', /--backend needs a --task/],
  ['--data d --task pope --backend cloud', /one of engine, browser, openai/],
  ['--data d --task pope --backend openai --model x', /needs --url/],
  ['--data d --task pope --backend openai --url http://x', /needs --url URL and --model/],
  ['--data d --task pope --limit 0', /--limit/],
  ['--data d --task pope --device gpu', /one of webgpu, wasm/],
  ['--data d more', /"more" is not an option/],
  ['--data d --tusk pope', /tusk/],
])('eval %s is wrong usage', (line, message) => {
  const parse = () => readEval(line.split(' ').filter((word) => word !== ''));
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(message);
});

test('score: several files, a judge on request', () => {
  const words = readScore('--task mmvet --data /d --predictions /a --predictions /b --judge-url http://x'.split(' '));
  expect(words).toMatchObject({ predictions: ['/a', '/b'], judge: { url: 'http://x', model: 'gpt-4-0613' } });
  expect(() => readScore('--task mmvet --data d --predictions a --judge-model m'.split(' '))).toThrow('--judge-url');
});
