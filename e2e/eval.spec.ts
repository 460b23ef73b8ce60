/** The accuracy bench in a browser: the built page's own worker answers as the engine in Node does, question by question. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';

let folder: string;
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'eval-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The answers of the first questions of POPE, by their ids, and the score as printed. */
function run(backend: string, ...words: string[]) {
  const predictions = join(folder, `${backend}.jsonl`);
  const args = ['--task', 'pope', '--data', 'fixtures/benchmarks/pope', '--limit', '4', '--json'];
  const command = ['--import', 'tsx', 'bench/accuracy/eval.ts', ...args, '--predictions', predictions, ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, '--backend', backend], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  const lines = readFileSync(predictions, 'utf8').trim().split('\n').slice(1);
  const answers = lines.map((line) => JSON.parse(line) as { id: string; text: string });
  const { score, run: made } = JSON.parse(stdout) as { score: { value: number }; run: Record<string, string> };
  return { answers: answers.map(({ id, text }) => `${id} ${text}`), score, made };
}

test('the page answers a benchmark as the engine in Node does', () => {
  const page = run('browser', '--device', 'wasm');
  const node = run('engine');
  expect(page.made).toMatchObject({ backend: 'browser', model: 'mipha-nano', device: 'wasm' });
  expect(page.answers).toHaveLength(4);
  expect(page.answers).toEqual(node.answers);
  expect(page.score).toEqual(node.score);
});
