/** Asking: what is asked, in which order, what is kept, and how a run that was cut off goes on. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DataFolder } from '../read/files.ts';
import { makeReport, mergePredictions } from '../report.ts';
import type { Question } from '../task.ts';
import { findTask } from '../tasks/index.ts';
import { FIXTURES } from '../test/draw-benchmarks.ts';
import { fakeServer, lastMessage } from '../test/fake-server.ts';
import { openOpenAiPredictor } from './openai.ts';
import { predict } from './predict.ts';
import { PredictionsFile, readPredictions, runIdentity } from './predictions-file.ts';
import type { Asked, Predicted, Predictor } from './predictor.ts';
import { duration, Progress } from './progress.ts';
import { parseShard, select } from './select.ts';

const identity = { backend: 'engine', model: 'fake', build: '1', variant: 'v', device: 'wasm' } as const;
const pope = findTask('pope');
const data = new DataFolder(join(FIXTURES, 'pope'));
const { signal } = new AbortController();
let folder: string;
let count = 0;
const newFile = () => join(folder, `${count++}.jsonl`);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'predict-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Says no to every third question and remembers all of them. */
function fake(
  answer?: (asked: Asked, number: number) => Promise<Predicted>,
  parallel = 1,
): Predictor & { asked: Asked[] } {
  const asked: Asked[] = [];
  const plain = (question: Asked) => {
    const text = question.prompt.length % 3 === 0 ? ' No.\n' : 'Yes, it is';
    return Promise.resolve({ text, tokens: 2, finish_reason: 'stop' });
  };
  return {
    asked,
    identity,
    parallel,
    answer(question) {
      asked.push(question);
      return (answer ?? plain)(question, asked.length);
    },
    close: () => Promise.resolve(),
  };
}

async function ask(file: string, questions: readonly Question[], predictor: Predictor, all = questions): Promise<void> {
  const run = runIdentity({ name: 'pope', split: 'test', maxTokens: 128 }, all, predictor.identity);
  const predictions = PredictionsFile.open(file, run);
  const left = questions.filter(({ id }) => !predictions.done.has(id));
  try {
    await predict(left, {
      data,
      maxTokens: 128,
      predictor,
      signal,
      onAnswer: (prediction) => predictions.add(prediction),
    });
  } finally {
    predictions.close();
  }
}

const idsIn = (file: string) => readPredictions(file).lines.map(({ value }) => value['id']);

describe('predictions', () => {
  test('one line per answer, stripped, behind one line about the run', async () => {
    const { questions } = await pope.load(data, 'test');
    const [file, predictor] = [newFile(), fake()];
    await ask(file, questions, predictor);
    expect(idsIn(file)).toEqual(questions.map(({ id }) => id));
    expect(readPredictions(file).run).toMatchObject({ task: 'pope', model: 'fake', max_tokens: 128 });
    expect(new Set(readPredictions(file).lines.map(({ value }) => value['text']))).toEqual(
      new Set(['No.', 'Yes, it is']),
    );
    expect(predictor.asked[0]?.image?.subarray(0, 2)).toEqual(Uint8Array.of(0xff, 0xd8));
  });

  test('a run that was killed goes on behind its last whole line and repeats nothing', async () => {
    const { questions } = await pope.load(data, 'test');
    const [file, first] = [newFile(), fake()];
    await ask(file, questions.slice(0, 7), first, questions);
    const size = readFileSync(file).length;
    // Cut within the line of the seventh answer, at any place.
    for (const cut of [1, 2, 40]) {
      truncateSync(file, size - cut);
      const again = fake();
      await ask(file, questions, again);
      expect(again.asked).toHaveLength(questions.length - 6);
      expect(idsIn(file)).toEqual(questions.map(({ id }) => id));
      truncateSync(file, size);
    }
  });

  test('a file that was cut within its first line begins anew', async () => {
    const { questions } = await pope.load(data, 'test');
    const file = newFile();
    writeFileSync(file, '{"run":{"format":1,"ta');
    await ask(file, questions.slice(0, 2), fake(), questions);
    expect(idsIn(file)).toHaveLength(2);
    expect(readPredictions(file).run).not.toBeNull();
  });

  test('refuses a file of another model, build, or prompt, and says which', async () => {
    const { questions } = await pope.load(data, 'test');
    const file = newFile();
    await ask(file, questions.slice(0, 1), fake(), questions);
    const other = { ...fake(), identity: { ...identity, build: '2' } };
    await expect(ask(file, questions, other)).rejects.toThrow(/another run \(build 1 instead of 2\)/);
    const worded = questions.map((question) => ({ ...question, prompt: `${question.prompt}!` }));
    await expect(ask(file, worded, fake())).rejects.toThrow(/other questions or prompts/);
    const foreign = newFile();
    writeFileSync(foreign, '{"question_id": 1, "text": "Yes"}\n');
    await expect(ask(foreign, questions, fake())).rejects.toThrow(/not a predictions file/);
    expect(idsIn(file)).toHaveLength(1);
  });

  test('a failure names the question and keeps what was answered', async () => {
    const { questions } = await pope.load(data, 'test');
    const file = newFile();
    const failing = fake((_, number) =>
      number === 4
        ? Promise.reject(new Error('no memory'))
        : Promise.resolve({ text: 'Yes', tokens: 1, finish_reason: 'stop' }),
    );
    await expect(ask(file, questions, failing)).rejects.toThrow(`Question ${questions[3]?.id}: no memory`);
    expect(idsIn(file)).toHaveLength(3);
  });

  test('asks as many at a time as the predictor can take', async () => {
    const { questions } = await pope.load(data, 'test');
    let running = 0;
    let most = 0;
    const slow = fake(async ({ prompt }) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, prompt.length % 5));
      running--;
      return { text: 'Yes', tokens: 1, finish_reason: 'stop' };
    }, 4);
    const file = newFile();
    await ask(file, questions, slow);
    expect([most, idsIn(file).length]).toEqual([4, questions.length]);
  });
});

describe('shards', () => {
  test('are disjoint, complete, keep pictures together, and are always the same', () => {
    const questionList = fc.array(fc.nat(20), { maxLength: 60 }).map((pictures) =>
      pictures.map((picture, i): Question => {
        return { id: String(i), prompt: '', picture: picture === 0 ? null : { path: `${picture}.jpg` } };
      }),
    );
    fc.assert(
      fc.property(questionList, fc.integer({ min: 1, max: 7 }), (questions, n) => {
        const shards = Array.from({ length: n }, (_, index) =>
          select(questions, { limit: Infinity, shard: { index, count: n } }),
        );
        const ids = shards.flat().map(({ id }) => id);
        expect(ids.sort()).toEqual(questions.map(({ id }) => id).sort());
        const shardOf = new Map<string, number>();
        for (const [i, shard] of shards.entries())
          for (const { picture } of shard) {
            const path = picture && 'path' in picture ? picture.path : null;
            if (path !== null) expect(shardOf.get(path) ?? i).toBe(i);
            if (path !== null) shardOf.set(path, i);
          }
      }),
    );
  });

  test('merge to the same report as the whole run', async () => {
    const loaded = await pope.load(data, 'test');
    const { questions } = loaded;
    const whole = newFile();
    await ask(whole, questions, fake());
    const parts = [0, 1, 2].map(() => newFile());
    for (const [index, file] of parts.entries())
      await ask(file, select(questions, { limit: Infinity, shard: { index, count: 3 } }), fake(), questions);
    const report = (files: string[]) =>
      makeReport(pope, 'test', loaded, questions, mergePredictions(files, { name: 'pope', split: 'test' }, loaded));
    expect(report(parts.reverse())).toEqual(report([whole]));
    expect(report(parts).missing).toBe(0);
    expect(report(parts.slice(1)).missing).toBeGreaterThan(0);
    // Put together with cat, the line about the run stands there more than once.
    const joined = newFile();
    for (const file of parts) appendFileSync(joined, readFileSync(file));
    expect(report([joined])).toEqual(report([whole]));
  });

  test('two answers to one question, an unknown question and a broken line are named', async () => {
    const loaded = await pope.load(data, 'test');
    const merge = (text: string) => {
      const file = newFile();
      writeFileSync(file, text);
      return () => mergePredictions([file], { name: 'pope', split: 'test' }, loaded);
    };
    expect(merge('{"id": "1", "text": "Yes"}\n{"id": "1", "text": "No"}\n')).toThrow(/line 2: question 1 has two/);
    expect(merge('{"id": "1", "text": "Yes"}\n{"id": "1", "text": "Yes"}\n')).not.toThrow();
    expect(merge('{"id": "99", "text": "Yes"}\n')).toThrow(/line 1: there is no question 99/);
    expect(merge('\n{"id": 1\n')).toThrow(/line 2: is not JSON/);
    expect(merge('{"id": "1"}\n')).toThrow(/line 1: "text" has to be a text/);
  });

  test.each(['', '1', '4/4', '-1/4', '1/0', 'a/b', '1/2/3'])('%j is no shard', (text) => {
    expect(() => parseShard(text)).toThrow('--shard');
  });
});

describe('progress', () => {
  test('shows the share, the speed of this run and the time left', () => {
    let now = 0;
    const lines: string[] = [];
    const progress = new Progress(10, 4, { write: (text) => lines.push(text) }, () => now);
    expect(progress.perHour).toBeNull();
    now = 60_000;
    progress.step();
    expect(lines).toEqual(['[############------------] 5/10  50.0 %  60/h  5 min 0 s left\n']);
    now = 61_000;
    progress.step();
    expect(lines).toHaveLength(1);
    for (let i = 0; i < 4; i++) progress.step();
    expect(lines.at(-1)).toContain('10/10  100.0 %');
  });

  test('durations', () => {
    expect([0, 59.4, 75, 3600, 90_061].map(duration)).toEqual(['0 s', '59 s', '1 min 15 s', '1 h 0 min', '25 h 1 min']);
  });
});

describe('a server', () => {
  test('is sent the picture and the prompt, several at a time, and asked again when it is busy', async () => {
    const seen: ReturnType<typeof lastMessage>[] = [];
    let busy = 2;
    const server = await fakeServer('some-model', (request) => {
      if (busy-- > 0) return 503;
      seen.push(lastMessage(request));
      expect([request.temperature, request.max_tokens]).toEqual([0, 128]);
      return ' Yes ';
    });
    const { questions } = await pope.load(data, 'test');
    const options = { url: server.url, model: 'some-model', apiKey: undefined, parallel: 3, pauses: [1, 1], signal };
    const predictor = await openOpenAiPredictor(options);
    const file = newFile();
    await ask(file, questions, predictor);
    expect(seen).toHaveLength(questions.length);
    expect(seen.map(({ text }) => text).sort()).toEqual(questions.map(({ prompt }) => prompt).sort());
    expect(seen[0]?.image).toMatch(/^data:image\/jpeg;base64,/);
    expect(readPredictions(file)).toMatchObject({ run: { backend: 'openai', model: 'some-model' } });
    expect(readPredictions(file).lines[0]?.value).toMatchObject({ text: 'Yes', tokens: 2, finish_reason: 'stop' });
    busy = 9;
    const next = { ...questions[0], id: 'x' } as Question;
    await expect(ask(newFile(), [next], predictor)).rejects.toMatchObject({ code: 'server-refused' });
    await predictor.close();
    await server.close();
  });
});
