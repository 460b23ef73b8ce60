/** Benchmarks whose files are damaged: each fault is named by file and line. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPictures } from '../predict/predict.ts';
import { DataFolder } from '../read/files.ts';
import { FIXTURES } from '../test/draw-benchmarks.ts';
import { load } from '../test/load-fixture.ts';

describe('faults in data files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bench-'));
    cpSync(FIXTURES, folder, { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  type Change = (text: string) => string;
  const line = (number: number, change: Change): Change => {
    return (text) =>
      text
        .split('\n')
        .map((each, i) => (i === number - 1 ? change(each) : each))
        .join('\n'); // prettier
  };
  const cases: [string, string | undefined, string, Change | null, RegExp][] = [
    ['pope', undefined, 'coco/coco_pope_popular.json', null, /lacks one of coco\/coco_pope_popular\.json/],
    [
      'pope',
      undefined,
      'llava_pope_test.jsonl',
      line(8, () => '{"question_id": 3,'),
      /llava_pope_test\.jsonl line 8: is not JSON/,
    ],
    [
      'pope',
      undefined,
      'llava_pope_test.jsonl',
      line(3, (l) => l.replace('adversarial', 'evil')),
      /line 3: "category" has to be one of/,
    ],
    ['pope', undefined, 'llava_pope_test.jsonl', line(18, () => ''), /coco_pope_random\.json line 6: .*only 5 random/],
    [
      'pope',
      undefined,
      'coco/coco_pope_random.json',
      line(2, (l) => l.replace('Is there', 'Was there')),
      /line 14: is not the question of coco\/coco_pope_random\.json line 2/,
    ],
    [
      'gqa',
      undefined,
      'data/testdev_balanced_questions.json',
      (t) => t.replace('"answer"', '"anser"'),
      /testdev_balanced_questions\.json line 2: "answer" has to be a text/,
    ],
    [
      'gqa',
      undefined,
      'data/testdev_balanced_questions.json',
      (t) => t.replace(/\},\n/, '}\n'),
      /line 12: is not JSON/,
    ],
    ['gqa', undefined, 'llava_gqa_testdev_balanced.jsonl', line(5, () => ''), /question \d+ is not in llava_gqa/],
    [
      'vqav2',
      'val',
      'v2_mscoco_val2014_annotations.json',
      (t) => t.replace(/"question_id": 42001/, '"question_id": 7'),
      /questions\.json line \d+: question 42001 has no annotation/,
    ],
    [
      'vqav2',
      undefined,
      'llava_vqav2_mscoco_test2015.jsonl',
      line(1, () => ''),
      /question 1000 is not part of test2015/,
    ],
    ['vizwiz', 'val', 'val.json', () => '[]', /val\.json: holds no question/],
    [
      'scienceqa',
      undefined,
      'pid_splits.json',
      (t) => t.replace('"4"', '"5"'),
      /problem 5 of "test" is not in problems\.json/,
    ],
    [
      'textvqa',
      undefined,
      'TextVQA_0.5.1_val.json',
      (t) => t.replace(/"answers": \[\n\s+"[^"]*",/, '"answers": ['),
      /line \d+: "answers" has to hold 10 answers, not 9/,
    ],
    [
      'textvqa',
      undefined,
      'llava_textvqa_val_v051_ocr.jsonl',
      line(4, (l) => l.replace(/\\nReference[^\\]*/, '\\n\\n\\n')),
      /line 4: "text" is not a prompt/,
    ],
    [
      'mme',
      undefined,
      'MME_Benchmark_release_version/OCR/0004.txt',
      line(2, (l) => l.replace('No', 'Nein')),
      /OCR\/0004\.txt line 2: is not a question/,
    ],
    [
      'mme',
      undefined,
      'MME_Benchmark_release_version/OCR/0004.txt',
      line(2, () => ''),
      /has 1 questions where a picture has two/,
    ],
    [
      'mmbench',
      undefined,
      'mmbench_dev_20230712.tsv',
      line(3, (l) => l.replace('\t', ' ')),
      /tsv line 3: has 13 columns where the first line names 14/,
    ],
    [
      'mmbench',
      undefined,
      'mmbench_dev_20230712.tsv',
      line(2, (l) => l.replace(/^0\t/, '77\t')),
      /line \d: (is a rotation of 0|"image" is neither)/,
    ],
    ['mmbench', undefined, 'mmbench_dev_20230712.tsv', (t) => `${t}"open`, /a quote is opened and never closed/],
    [
      'seed',
      undefined,
      'SEED-Bench.json',
      (t) => t.replace('"data_type": "image"', '"data_type": "sound"'),
      /line 3: "data_type" has to be one of image, video/,
    ],
    [
      'mmvet',
      undefined,
      'mm-vet.json',
      (t) => t.replace('"capability": [', '"capability": 1, "x": ['),
      /mm-vet\.json line 2: "capability" has to be a list/,
    ],
  ];
  test.each(cases)('%s (%s) %s', async (name, split, file, change, message) => {
    const path = join(folder, name, file);
    const before = readFileSync(path, 'utf8');
    if (change === null) rmSync(path);
    else writeFileSync(path, change(before));
    await expect(load(name, split, join(folder, name))).rejects.toThrow(message);
    writeFileSync(path, before);
  });

  test('a missing picture is named before anything is asked', async () => {
    const { questions } = await load('seed', undefined, join(folder, 'seed'));
    rmSync(join(folder, 'seed/SEED-Bench-image/1454427_2591111981'));
    await expect(checkPictures(new DataFolder(join(folder, 'seed')), questions)).rejects.toThrow(
      /lacks SEED-Bench-image\/1454427_2591111981\./,
    );
  });
});
