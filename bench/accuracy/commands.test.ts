/** Both commands as people type them, with the model that comes along: shards, the joined score, wrong words. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURES } from './test/draw-benchmarks.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'eval-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command as npm would, and gives what it printed. */
function run(command: 'eval' | 'score', line: string): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const words = line.split(' ');
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, `${command}.ts`), ...words]);
    const printed = { out: '', err: '' };
    child.stdout.on('data', (text: Buffer) => (printed.out += String(text)));
    child.stderr.on('data', (text: Buffer) => (printed.err += String(text)));
    child.on('error', reject).on('close', (status) => resolve({ status, ...printed }));
  });
}

const pope = `--task pope --data ${join(FIXTURES, 'pope')}`;

describe('eval and score', () => {
  test('shards are asked one by one and scored together; what is answered is not asked again', async () => {
    const files = [0, 1].map((i) => join(folder, `${i}.jsonl`));
    const parts = [];
    for (const [i, file] of files.entries()) {
      const { status, out } = await run('eval', `${pope} --shard ${i}/2 --predictions ${file} --json`);
      expect(status).toBe(0);
      parts.push(JSON.parse(out));
    }
    expect(parts.map(({ questions, missing, official }) => [questions, missing, official])).toEqual([
      [12, 0, false],
      [6, 0, false],
    ]);
    const again = await run('eval', `${pope} --shard 0/2 --predictions ${files[0]} --json`);
    expect(again.err).toContain('12 answers are there already');
    expect({ ...JSON.parse(again.out), per_hour: 0 }).toEqual({ ...parts[0], per_hour: 0 });

    const both = await run('score', `${pope} --predictions ${files[1]} --predictions ${files[0]} --json`);
    const { score, figures, questions, missing, run: identity } = JSON.parse(both.out);
    expect([questions, missing, identity.model, identity.device]).toEqual([18, 0, 'mipha-nano', 'wasm']);
    // The things asked for are drawn as mipha-nano knows them; it says yes to each of them.
    expect([figures.adversarial.recall, figures.popular.recall, figures.random.recall]).toEqual([1, 1, 1]);
    expect(score.value).toBeGreaterThan(60);
    const alone = await run('score', `${pope} --predictions ${files[1]}`);
    expect(alone.out).toMatch(/18 of 18 questions; 12 without an answer, counted as wrong; not comparable/);
  });

  test('a submission is written where a server scores', async () => {
    const file = join(folder, 'v.jsonl');
    copyFileSync(join(FIXTURES, 'answers/vqav2-test-dev.jsonl'), file);
    const words = `--task vqav2 --data ${join(FIXTURES, 'vqav2')} --limit 2 --predictions ${file}`;
    const { status, out } = await run('score', words);
    expect([status, out]).toEqual([0, expect.stringContaining('accuracy not computed here (2 of 6 questions')]);
    const sent = JSON.parse(readFileSync(join(folder, 'v.vqav2-submission.json'), 'utf8'));
    expect(sent).toHaveLength(9);
    expect(sent[8]).toEqual({ question_id: 155_002, answer: '' });
  });

  test('wrong words and missing files are said, with the exit status of each', async () => {
    expect(await run('eval', '--task pope')).toMatchObject({ status: 2, err: expect.stringContaining('--data DIR') });
    expect(await run('score', pope)).toMatchObject({ status: 2, err: expect.stringContaining('--predictions FILE') });
    const noModel = await run('eval', `${pope} --parallel 1 --model ${folder}`);
    expect(noModel).toMatchObject({ status: 1, err: expect.stringMatching(/^eval: There is no model in /) });
    const missing = await run('eval', `--task gqa --data ${folder}`);
    expect(missing).toMatchObject({
      status: 1,
      err: expect.stringMatching(/^eval: .* lacks one of data\/testdev_balanced/),
    });
  });
});
