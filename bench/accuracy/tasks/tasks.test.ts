/** Whole benchmarks in their published layouts: the same numbers as the official scripts. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeReport, mergePredictions } from '../report.ts';
import { DataFolder } from '../read/files.ts';
import { checkPictures } from '../predict/predict.ts';
import { drawBenchmarks, FIXTURES } from '../test/draw-benchmarks.ts';
import { load } from '../test/load-fixture.ts';
import { findSplit, findTask, TASKS } from './index.ts';

const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as {
  [name: string]: string;
} & { 'vqav2-val': { overall: number; perQuestionType: Record<string, number> }; gqa: Record<string, number> } & Record<
    'vqav2-test-dev' | 'vizwiz-test',
    object[]
  >;

/** The score of the committed answers. */
async function scored(name: string, split?: string, file = name) {
  const task = findTask(name);
  const chosen = findSplit(task, split);
  const data = await load(name, split);
  const merged = mergePredictions([join(FIXTURES, 'answers', `${file}.jsonl`)], { name, split: chosen }, data);
  return { report: makeReport(task, chosen, data, data.questions, merged), data, merged };
}

test('the committed data sets are those that the seeds draw', () => {
  for (const [path, content] of drawBenchmarks())
    if (typeof content === 'string') expect(readFileSync(join(FIXTURES, path), 'utf8'), path).toBe(content);
});

describe('the numbers of the official scripts', () => {
  test('VQAv2 val', async () => {
    const { report } = await scored('vqav2', 'val', 'vqav2-val');
    expect(report.score.text).toBe(expected['vqav2-val'].overall.toFixed(2));
    expect(report.figures['per_question_type']).toEqual(expected['vqav2-val'].perQuestionType);
    expect(report).toMatchObject({ questions: 12, missing: 0, of: 12, official: false });
  });

  test('GQA', async () => {
    const { report } = await scored('gqa');
    const { binary, open } = report.figures;
    expect({ accuracy: report.score.value, binary, open }).toEqual(expected.gqa);
  });

  test('ScienceQA, all of it and the part with pictures', async () => {
    const [all, img] = [await scored('scienceqa', 'test'), await scored('scienceqa')];
    const share = (value: unknown) => (value as number).toFixed(2);
    expect(expected['scienceqa']).toContain(
      `Accuracy: ${share(all.report.figures['all'])}%, IMG-Accuracy: ${all.report.score.text}%`,
    );
    expect([img.report.score, img.report.questions]).toEqual([all.report.score, 9]);
  });

  test('TextVQA', async () => {
    expect(expected['textvqa']).toContain(`Accuracy: ${(await scored('textvqa')).report.score.text}%`);
  });

  test('POPE', async () => {
    const { report } = await scored('pope');
    const printed = expected['pope'] ?? '';
    for (const category of ['adversarial', 'popular', 'random']) {
      const figures = report.figures[category] as Record<string, number>;
      const part = printed.slice(printed.indexOf(`Category: ${category}`));
      expect(part).toContain(`Accuracy: ${figures['accuracy']}\nPrecision:`);
      expect(Number(/F1 score: (.*)/.exec(part)?.[1])).toBe(figures['f1']);
      expect(Number(/Yes ratio: (.*)/.exec(part)?.[1])).toBe(figures['yes_ratio']);
    }
    expect(report.score.text).toBe('66.3');
  });

  test('MME', async () => {
    const { report } = await scored('mme');
    const printed = expected['mme'] ?? '';
    expect(printed).toContain(`total score: ${report.score.value}.0`);
    expect(printed).toContain(`total score: ${report.figures['cognition'] as number}.0`);
    const lines = [...printed.matchAll(/\t (\w+) {2}score: (\S+)/g)].map(([, name, score]) => [name, Number(score)]);
    expect(lines).toHaveLength(14);
    for (const [name, score] of lines) expect(report.figures[name as string]).toMatchObject({ score });
  });

  test('SEED-Bench, image part', async () => {
    const { report } = await scored('seed');
    expect(expected['seed']).toContain(`image accuracy: ${report.score.text}%`);
    expect(report.questions).toBe(10);
  });

  test('what the servers of VQAv2 and VizWiz are sent', async () => {
    const { data, merged, report } = await scored('vqav2', 'test-dev', 'vqav2-test-dev');
    expect(JSON.parse(data.submission?.(merged.answers).text ?? '')).toEqual(expected['vqav2-test-dev']);
    expect(report.score).toMatchObject({ value: null, text: null });
    const vizwiz = await scored('vizwiz');
    expect(JSON.parse(vizwiz.data.submission?.(vizwiz.merged.answers).text ?? '')).toEqual(expected['vizwiz-test']);
  });
});

describe('MMBench', () => {
  test('a question counts only when every rotation is right', async () => {
    const data = await load('mmbench');
    expect(data.questions).toHaveLength(18);
    const right = new Map(data.questions.map((q) => [q.id, `(${(q as unknown as { answer: string }).answer}) it is`]));
    const valueWith = (changes: [string, string][]) =>
      data.score(data.questions, new Map([...right, ...changes])).value;
    expect(valueWith([])).toBe(100);
    expect(valueWith([['1000000', 'no idea']])).toBeCloseTo(500 / 6, 10);
    expect(
      valueWith([
        ['1000000', 'no idea'],
        ['2000000', '?'],
        ['3', '?'],
      ]),
    ).toBeCloseTo(400 / 6, 10); // prettier
    const [first] = data.questions;
    expect(first?.prompt.split('\n').at(-1)).toBe("Answer with the option's letter from the given choices directly.");
    expect(first?.prompt).toContain('A. ');
  });

  test('hints come first, quoted line breaks and references to pictures are understood', async () => {
    const { questions } = await load('mmbench');
    const find = (id: string) => questions.find((question) => question.id === id);
    expect(find('1')?.prompt.startsWith('One shape is drawn.\nWhich shape is it?\nA. ')).toBe(true);
    expect(find('2')?.prompt.startsWith('Which shape\nis it?\n')).toBe(true);
    expect(find('1000002')?.picture).toBe(find('2')?.picture);
  });
});

test('every set has its pictures, its prompts, and ids that are unique', async () => {
  for (const task of TASKS)
    for (const split of task.splits.filter((name) => name !== 'dev_cn')) {
      const { questions } = await load(task.name, split);
      expect(questions.length, task.name).toBeGreaterThan(4);
      expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
      await checkPictures(new DataFolder(join(FIXTURES, task.name)), questions);
    }
});

describe('without the question files of LLaVA', () => {
  const without: [string, string][] = [
    ['gqa', 'llava_gqa_testdev_balanced.jsonl'],
    ['scienceqa', 'llava_test_CQM-A.json'],
    ['pope', 'llava_pope_test.jsonl'],
    ['seed', 'llava-seed-bench.jsonl'],
  ];
  test.each(without)('%s asks the same from the official files', async (name, file) => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    cpSync(join(FIXTURES, name), folder, { recursive: true });
    rmSync(join(folder, file));
    const [own, llava] = [await load(name, undefined, folder), await load(name)];
    const told = ({ questions }: typeof own) =>
      questions.map(({ prompt, picture }) => ({ prompt, picture })).sort((a, b) => (a.prompt < b.prompt ? -1 : 1));
    expect(told(own)).toEqual(told(llava));
    rmSync(folder, { recursive: true });
  });
});

describe('MME with the question file of LLaVA', () => {
  test('finds the labels of its prompts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    cpSync(join(FIXTURES, 'mme'), folder, { recursive: true });
    const own = await load('mme');
    const lines = own.questions.map(({ id, picture, prompt }) => {
      const image = (picture as { path: string }).path.slice('MME_Benchmark_release_version/'.length);
      return JSON.stringify({ question_id: id.replace(/#2$/, ''), image, text: prompt, category: 'default' });
    });
    writeFileSync(join(folder, 'llava_mme.jsonl'), lines.join('\n'));
    expect((await load('mme', undefined, folder)).questions).toEqual(own.questions);
    rmSync(folder, { recursive: true });
  });
});
