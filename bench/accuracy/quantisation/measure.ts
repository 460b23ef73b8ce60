/** `npx tsx bench/accuracy/quantisation/measure.ts --data DIR --model DIR`: what each variant of a model costs in answers. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { numberOption, readWords, UsageError } from '../../../cli/arguments.ts';
import { openEngine } from '../../../cli/node-engine.ts';
import { typedPath } from '../../../cli/paths.ts';
import { runCommand } from '../command.ts';
import { isRight } from '../drawn/is-right.ts';
import { parseQuestions } from '../drawn/questions.ts';
import { Progress } from '../predict/progress.ts';
import { saveResult } from '../../provenance.ts';
import { mean } from '../rules/python.ts';
import { compare, trace } from './compare.ts';

const USAGE = `Usage: npx tsx bench/accuracy/quantisation/measure.ts --data DIR --model DIR [options]

Puts the same questions to all variants of a model and counts what changes against the first of them. All are held in
memory together. DIR is a folder of drawn pictures with questions.jsonl.

  --variants A,B,…  the reference first (default: f32, then all others of the model)
  --limit N         only the first N questions
  --save            also write the result to bench/results/`;

interface Tally {
  id: string;
  correct: number;
  /** Answers that differ from the reference's. */
  changed: number;
  right_to_wrong: number;
  wrong_to_right: number;
  divergences: number[];
  agreeing: number;
}

async function measure(data: string, model: string, variants: readonly string[], limit: number, signal: AbortSignal) {
  const all = parseQuestions(await readFile(join(data, 'questions.jsonl'), 'utf8'));
  const questions = all.slice(0, limit);
  const engines = [];
  for (const variant of variants) engines.push(await openEngine({ model, variant, signal }));
  const [reference, ...others] = engines;
  if (!reference || others.length === 0) throw new UsageError('Name at least two variants.');
  const tallies = others.map(({ parts }): Tally => {
    const counts = { correct: 0, changed: 0, right_to_wrong: 0, wrong_to_right: 0, agreeing: 0 };
    return { id: parts.variant.id, ...counts, divergences: [] };
  });
  let correct = 0;
  let positions = 0;
  const progress = new Progress(questions.length, 0, process.stderr);
  for (const { image, question, answer, skill } of questions) {
    signal.throwIfAborted();
    const picture = new Blob([await readFile(join(data, image))]);
    const content = [
      { type: 'image' as const, image: picture },
      { type: 'text' as const, text: question },
    ];
    const request = { messages: [{ role: 'user' as const, content }] };
    const expected = await trace(reference, request);
    const wasRight = isRight(expected.text, answer, skill);
    correct += Number(wasRight);
    positions += expected.logits.length;
    for (const [i, engine] of others.entries()) {
      const tally = tallies[i] as Tally;
      const { text, divergences, agreeing } = await compare(engine, request, expected);
      const right = isRight(text, answer, skill);
      tally.correct += Number(right);
      tally.changed += Number(text !== expected.text);
      tally.right_to_wrong += Number(wasRight && !right);
      tally.wrong_to_right += Number(!wasRight && right);
      tally.agreeing += agreeing;
      tally.divergences.push(...divergences);
    }
    progress.step();
  }
  return {
    model: reference.parts.manifest.id,
    questions: questions.length,
    positions,
    reference: { id: reference.parts.variant.id, correct, bytes: reference.parts.variant.bytes },
    variants: tallies.map(({ divergences, ...tally }, i) => {
      return { ...tally, kl_mean: mean(divergences), bytes: others[i]?.parts.variant.bytes ?? 0 };
    }),
  };
}

async function variantsOf(model: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(model, 'manifest.json'), 'utf8')) as { variants: { id: string }[] };
  const ids = manifest.variants.map(({ id }) => id);
  return ['f32', ...ids.filter((id) => id !== 'f32')];
}

await runCommand('quantisation', USAGE, async (signal) => {
  const string = { type: 'string' } as const;
  const boolean = { type: 'boolean' } as const;
  const options = { data: string, model: string, variants: string, limit: string, save: boolean, help: boolean };
  const { values } = readWords(process.argv.slice(2), options);
  if (values.help) return console.log(USAGE);
  if (values.data === undefined || values.model === undefined) throw new UsageError('Name --data DIR and --model DIR.');
  const isCount = (value: number) => Number.isInteger(value) && value >= 1;
  const limit =
    values.limit === undefined ? Infinity : numberOption('limit', values.limit, isCount, 'a whole number from 1 on');
  const model = typedPath(values.model);
  const variants = values.variants?.split(',') ?? (await variantsOf(model));
  const result = await measure(typedPath(values.data), model, variants, limit, signal);
  console.log(JSON.stringify(result, null, 2));
  if (values.save) saveResult('quantisation', result);
});
