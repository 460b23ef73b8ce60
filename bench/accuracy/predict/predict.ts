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

/** Reads the next picture while the current one is looked at; equal pictures in a row are read once. */
class PictureReader {
  readonly #data: DataFolder;
  #last: { picture: Picture | null; bytes: Promise<Uint8Array<ArrayBuffer> | null> } | null = null;

  constructor(data: DataFolder) {
    this.#data = data;
  }

  read(question: Question): Promise<Uint8Array<ArrayBuffer> | null> {
    const { picture } = question;
    const isSame = (other: Picture | null) =>
      picture !== null &&
      other !== null &&
      ('path' in picture ? 'path' in other && picture.path === other.path : picture === other);
    if (!this.#last || !isSame(this.#last.picture)) this.#last = { picture, bytes: readPicture(this.#data, question) };
    // Whoever awaits it hears of a failure; until then it must not count as unhandled.
    this.#last.bytes.catch(() => {});
    return this.#last.bytes;
  }
}

/**
 * Asks all questions, `predictor.parallel` at a time. The first failure ends the run and is thrown with the question's
 * id; what was answered until then stands in the file, and the next run goes on behind it.
 */
export async function predict(questions: readonly Question[], options: PredictOptions): Promise<void> {
  const { predictor, maxTokens, onAnswer } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const reader = new PictureReader(options.data);
  let next = 0;
  let ahead = questions[0] ? reader.read(questions[0]) : null;
  const work = async (): Promise<void> => {
    for (let question = questions[next]; question && !signal.aborted; question = questions[next]) {
      const bytes = ahead;
      const following = questions[++next];
      ahead = following ? reader.read(following) : null;
      const { id, prompt } = question;
      try {
        const { text, tokens, finish_reason } = await predictor.answer(
          { image: await bytes, prompt, maxTokens },
          signal,
        );
        if (finish_reason !== 'cancelled') onAnswer({ id, prompt, text: strip(text), tokens, finish_reason });
      } catch (thrown) {
        const { code, message, evidence } = asAppError(thrown);
        stop.abort();
        if (options.signal.aborted) return;
        throw new AppError(code, `Question ${id}: ${message}`, evidence, thrown);
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: predictor.parallel }, work));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  options.signal.throwIfAborted();
}
