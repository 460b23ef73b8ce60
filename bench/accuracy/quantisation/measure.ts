/** `npx tsx bench/accuracy/quantisation/measure.ts --data DIR --model DIR`: what each variant of a model costs in answers. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand, runAsProgram, UsageError, wholeFrom } from '../../../cli/command.ts';
import { openEngine } from '../../../cli/node-engine.ts';
import { typedPath } from '../../../cli/paths.ts';
import { isRight } from '../drawn/is-right.ts';
import { parseQuestions } from '../drawn/questions.ts';
import { Progress } from '../predict/progress.ts';
import { saveResult } from '../../provenance.ts';
import { mean } from '../rules/python.ts';
import { compare, trace } from './compare.ts';

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

interface MeasureWords {
  data: string;
  model: string;
  variants: string[] | undefined;
  limit: number;
  save: boolean;
}

export const quantisation = defineCommand({
  name: 'quantisation',
  call: 'npx tsx bench/accuracy/quantisation/measure.ts',
  words: '--data DIR --model DIR [options]',
  about: `Puts the same questions to all variants of a model and counts what changes against the first of them. All are
held in memory together.`,
  syntax: (blank) =>
    blank
      .option('--data <DIR>', 'a folder of drawn pictures with questions.jsonl', typedPath)
      .option('--model <DIR>', 'the model folder', typedPath)
      .option(
        '--variants <A,B,…>',
        'the reference first (default: f32, then all others of the model)',
        (text: string) => text.split(','),
      )
      .option('--limit <N>', 'only the first N questions', wholeFrom(1))
      .option('--save', 'also write the result to bench/results/', false),
  read({ data, model, variants, limit = Infinity, save }): MeasureWords {
    if (data === undefined || model === undefined) throw new UsageError('Name --data DIR and --model DIR.');
    return { data, model, variants, limit, save };
  },
  async run({ data, model, variants, limit, save }, signal) {
    const result = await measure(data, model, variants ?? (await variantsOf(model)), limit, signal);
    console.log(JSON.stringify(result, null, 2));
    if (save) saveResult('quantisation', result);
  },
});

await runAsProgram(import.meta.filename, quantisation);
