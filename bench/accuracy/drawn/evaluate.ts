/** A folder of drawn pictures with questions.jsonl → how many answers are right, by skill. */
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { collect } from '../../../cli/conversation.ts';
import { openEngine } from '../../../cli/node-engine.ts';
import type { Message } from '../../../contract/chat.ts';
import { AppError } from '../../../contract/errors.ts';
import { saveResult } from '../../provenance.ts';
import { judgeDescription } from './description.ts';
import { isRight } from './is-right.ts';
import { parseQuestions, type Question } from './questions.ts';
import { Score, scoreTable } from './tally.ts';

export interface DrawnArguments {
  data: string;
  model: string;
  variant: string | undefined;
  adapter: string | undefined;
  limit: number;
  /** Where every reply and its judgement is written, one JSON object a line. */
  predictions: string | undefined;
  json: boolean;
  /** Also write the result to bench/results. */
  save: boolean;
}

export async function readQuestions(data: string): Promise<Question[]> {
  try {
    return parseQuestions(await readFile(join(data, 'questions.jsonl'), 'utf8'));
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw new AppError('request-invalid', `There is no readable questions.jsonl in ${data}.`, {}, thrown);
  }
}

/** One line on stderr every few seconds: how far, how good so far, how long still. */
function progressLine(total: number, score: Score): (done: number) => void {
  const started = performance.now();
  let shown = started;
  return (done) => {
    const now = performance.now();
    const { correct, total: judged } = score.all;
    if (judged === 0 || (now - shown < 5000 && done < total)) return;
    shown = now;
    const left = (((now - started) / done) * (total - done)) / 60_000;
    console.error(`${done}/${total}  ${((100 * correct) / judged).toFixed(1)} % right  ${left.toFixed(1)} min left`);
  };
}

/** The conversation up to the question; its picture belongs to the first one. */
function messagesOf({ before = [], question }: Question, image: Blob): Message[] {
  const turns = [...before.flatMap((turn) => [turn.question, turn.answer]), question];
  return turns.map((text, i) => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: [...(i === 0 ? [{ type: 'image' as const, image }] : []), { type: 'text', text }],
  }));
}

export async function evaluateDrawn(words: DrawnArguments): Promise<void> {
  const questions = (await readQuestions(words.data)).slice(0, words.limit);
  const engine = await openEngine(words);
  const { manifest, variant, selfTestError } = engine.parts;
  const log = words.predictions === undefined ? null : createWriteStream(words.predictions);
  const score = new Score();
  const report = progressLine(questions.length, score);
  const started = performance.now();
  let image = { path: '', blob: new Blob() };
  for (const [index, asked] of questions.entries()) {
    const { image: path, question, answer, skill, scene } = asked;
    // Questions about one picture stand together, and the engine keeps its features.
    if (image.path !== path) image = { path, blob: new Blob([await readFile(join(words.data, path))]) };
    const how = { temperature: 0, ...(words.adapter === undefined ? {} : { adapter: words.adapter }) };
    const reply = await collect(engine, { ...how, messages: messagesOf(asked, image.blob) });
    const right = isRight(reply.text, answer, skill);
    const judged = scene && judgeDescription(reply.text, scene);
    if (judged) {
      score.addAll(`${skill}_facts`, judged.facts);
      score.addAll(`${skill}_things`, judged.things);
    } else score.add(skill, right);
    log?.write(
      `${JSON.stringify({ image: path, question, answer, skill, reply: reply.text, ...(judged ?? { right }) })}\n`,
    );
    report(index + 1);
  }
  if (log) await new Promise((closed) => log.end(closed));
  const about = { model: manifest.id, revision: manifest.source.revision, variant: variant.id };
  const { adapter } = words;
  const elapsed = performance.now() - started;
  const seconds = Math.round(elapsed / 1000);
  const result = {
    ...about,
    ...(adapter && { adapter }),
    skills: score.skills,
    all: score.all,
    seconds,
    self_test_error: selfTestError,
  };
  // Published figures are those of the model itself.
  if (words.save && adapter === undefined) {
    const measured = { backend: 'engine', device: engine.parts.runtime.device, questions: score.all.total };
    const per_hour = Math.round((3_600_000 * score.all.total) / elapsed);
    const { skills } = score;
    saveResult('drawn', {
      ...about,
      ...measured,
      set: basename(words.data),
      correct: score.all.correct,
      per_hour,
      skills,
    });
  }
  console.log(words.json ? JSON.stringify(result) : `${manifest.id}, ${variant.id}\n${scoreTable(score)}`);
}
