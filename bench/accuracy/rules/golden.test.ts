/** Every rule against what the official scripts said to the same ugly answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gqaAnswer } from '../tasks/gqa.ts';
import { FIXTURES } from '../test/draw-benchmarks.ts';
import { mmBenchChoice, scienceQaChoice } from './choice.ts';
import { fixed } from './python.ts';
import { textVqaAccuracy, vqaAccuracy } from './vqa-accuracy.ts';
import { evalAiAnswer } from './vqa-answer.ts';
import { mmeAnswer, popeAnswer, yesNoFigures } from './yes-no.ts';

interface Golden {
  evalai: [string, string][];
  vqa: [string, string[], number][];
  textvqa: [string, string[], number][];
  pope: [string, 'yes' | 'no'][];
  mme: [string, string][];
  sqa: [string, number, number | null][];
  mmb: [string, Record<string, string>, string | null][];
  gqa: [string, string][];
  format: [number, number, string][];
  popefig: [string[], ('yes' | 'no')[], string | null, string][];
}

const golden = JSON.parse(readFileSync(join(FIXTURES, 'golden.json'), 'utf8')) as Golden;

/** Compares all cases at once, so that a failure shows the answers it happened on; the last of each is theirs. */
function agree<T extends unknown[]>(cases: T[], ours: (given: T) => unknown): void {
  expect(cases.length).toBeGreaterThan(50);
  expect(cases.map((given) => [...given.slice(0, -1), ours(given)])).toEqual(cases);
}

describe('golden answers', () => {
  test('EvalAI answer processing', () => {
    agree(golden.evalai, ([text]) => evalAiAnswer(text));
  });
  test('VQA accuracy', () => {
    agree(golden.vqa, ([text, people]) => vqaAccuracy(text, people));
  });
  test('TextVQA accuracy', () => {
    agree(golden.textvqa, ([text, people]) => textVqaAccuracy(text, people));
  });
  test('POPE and MME yes and no', () => {
    agree(golden.pope, ([text]) => popeAnswer(text));
    agree(golden.mme, ([text]) => mmeAnswer(text));
  });
  test('letters of ScienceQA and MMBench', () => {
    agree(golden.sqa, ([text, choices]) => scienceQaChoice(text, choices));
    agree(golden.mmb, ([text, choices]) => mmBenchChoice(text, new Map(Object.entries(choices))));
  });
  test('GQA answers and printed numbers', () => {
    agree(golden.gqa, ([text]) => gqaAnswer(text));
    agree(golden.format, ([value, digits]) => fixed(value, digits));
  });
  test('POPE figures, also where the official script divides by zero', () => {
    for (const [texts, labels, error, printed] of golden.popefig) {
      const pairs = texts.map((text, i) => ({ said: popeAnswer(text), label: labels[i] ?? 'no' }));
      const figures = yesNoFigures(pairs);
      const theirs = (name: string) => Number(new RegExp(`${name}: (.*)`).exec(printed)?.[1]);
      if (error !== null) expect(figures.f1).toBeNull();
      else
        expect(figures).toMatchObject({
          accuracy: theirs('Accuracy'),
          precision: theirs('Precision'),
          recall: theirs('Recall'),
          f1: theirs('F1 score'),
          yes_ratio: theirs('Yes ratio'),
        });
    }
  });
});

describe('slips that published numbers contain', () => {
  test.each([
    ['3.5', '3.5'],
    ['.5', '.5'],
    ['5.', '5'],
    ['U.S.A.', 'usa'],
    ['dog/cat', 'dog cat'],
    ['dog / cat', 'dog cat'],
    ['dog/cat and dog /cat', 'dogcat and dog cat'],
    ['the Two dogs', '2 dogs'],
    ['none', '0'],
    ['dont', "don't"],
    ["somebody'd", 'somebodyd'],
    ["it's", "it 's"],
    ['1,000', '1000'],
    ['.'.repeat(40), '.'.repeat(8)],
  ])('%j becomes %j', (answer, normal) => {
    expect(evalAiAnswer(answer)).toBe(normal);
  });

  test('ten equal answers are not normalised, so case and marks count', () => {
    const people = Array.from({ length: 10 }, () => 'Yes');
    expect([vqaAccuracy('Yes', people), vqaAccuracy('yes', people), vqaAccuracy('Yes.', people)]).toEqual([1, 0, 0]);
    const divided = [...people.slice(1), 'no'];
    expect([vqaAccuracy('yes.', divided), vqaAccuracy('no', divided)]).toEqual([1, 0.3]);
    expect(textVqaAccuracy('yes.', people)).toBe(1);
  });
});
