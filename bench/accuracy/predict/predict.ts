/** Questions + what answers them → lines of a predictions file, each written as soon as it is known. */
import { access, readFile } from 'node:fs/promises';
import { AppError, asAppError } from '../../../contract/errors.ts';
import type { DataFolder } from '../read/files.ts';
import { strip } from '../rules/python.ts';
import type { Picture, Question } from '../task.ts';
import type { Prediction } from './predictions-file.ts';
import type { Predictor } from './predictor.ts';

export interface PredictOptions {
  data: DataFolder;
  maxTokens: number;
  predictor: Predictor;
  signal: AbortSignal;
  onAnswer: (prediction: Prediction) => void;
}

/** Throws before anything is asked when a picture file is missing: a run should not end there after hours. */
export async function checkPictures(data: DataFolder, questions: readonly Question[]): Promise<void> {
  const paths = new Set(questions.flatMap(({ picture }) => (picture && 'path' in picture ? [picture.path] : [])));
  const missing: string[] = [];
  for (const path of paths) {
    try {
      await access(data.resolve(path));
    } catch {
      // Counted and named below.
      missing.push(path);
    }
  }
  if (missing.length === 0) return;
  const others = missing.length === 1 ? '' : ` and ${missing.length - 1} other pictures`;
  throw new AppError('request-invalid', `${data.path} lacks ${missing[0]}${others}.`, { missing: missing.length });
}

async function readPicture(data: DataFolder, { picture, id }: Question): Promise<Uint8Array<ArrayBuffer> | null> {
  if (picture === null) return null;
  if ('base64' in picture) return Uint8Array.from(Buffer.from(picture.base64, 'base64'));
  try {
    return new Uint8Array(await readFile(data.resolve(picture.path)));
  } catch (cause) {
    const message = `The picture ${picture.path} of question ${id} cannot be read.`;
    throw new AppError('image-broken', message, { file: picture.path }, cause);
  }
}

const isSame = (a: Picture | null, b: Picture | null): boolean =>
  a !== null && b !== null && ('path' in a ? 'path' in b && a.path === b.path : a === b);

/** Questions in a row about one picture, which go to the same lane: it keeps what it has seen. */
function inUnits(questions: readonly Question[]): Question[][] {
  const units: Question[][] = [];
  for (const question of questions) {
    const unit = units.at(-1);
    if (unit?.[0] && isSame(unit[0].picture, question.picture)) unit.push(question);
    else units.push([question]);
  }
  return units;
}

/**
 * Asks all questions, in `predictor.parallel` lanes. The first failure ends the run and is thrown with the question's
 * id; what was answered until then stands in the file, and the next run goes on behind it.
 */
export async function predict(questions: readonly Question[], options: PredictOptions): Promise<void> {
  const { predictor, maxTokens, onAnswer, data } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const units = inUnits(questions);
  let next = 0;
  /** Takes the next unit and begins to read its picture. */
  const take = () => {
    const unit = units[next++];
    if (!unit?.[0]) return null;
    const image = readPicture(data, unit[0]);
    // Whoever awaits it hears of a failure; until then it must not count as unhandled.
    image.catch(() => {});
    return { unit, image };
  };
  const ask = async (question: Question, image: ReturnType<typeof readPicture>, lane: number): Promise<void> => {
    const { id, prompt } = question;
    try {
      const { text, tokens, finish_reason } = await predictor.answer(
        { image: await image, prompt, maxTokens },
        signal,
        lane,
      );
      if (finish_reason !== 'cancelled') onAnswer({ id, prompt, text: strip(text), tokens, finish_reason });
    } catch (thrown) {
      const { code, message, evidence } = asAppError(thrown);
      if (signal.aborted) return;
      stop.abort();
      throw new AppError(code, `Question ${id}: ${message}`, evidence, thrown);
    }
  };
  const work = async (lane: number): Promise<void> => {
    for (let current = take(); current && !signal.aborted; ) {
      // The picture of the next unit is read while this one is looked at.
      const ahead = take();
      for (const question of current.unit) if (!signal.aborted) await ask(question, current.image, lane);
      current = ahead;
    }
  };
  const lanes = Array.from({ length: predictor.parallel }, (_, lane) => work(lane));
  const failed = (await Promise.allSettled(lanes)).find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  options.signal.throwIfAborted();
}
