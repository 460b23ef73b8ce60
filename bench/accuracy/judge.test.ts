/** MM-Vet's judge: what it is asked, how its grades are read, and that no grade is paid for twice. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gradeAll, gradedOutcome, readGrade, readJudgePrompt } from './judge.ts';
import { openServerModel } from './predict/openai.ts';
import { DataFolder } from './read/files.ts';
import { type MmVetQuestion, mmvet } from './tasks/mmvet.ts';
import { FIXTURES } from './test/draw-benchmarks.ts';
import { fakeServer, lastMessage } from './test/fake-server.ts';

test.each([
  ['0.5', 0.5],
  ['1', 1],
  ['.3\n', 0.3],
  ['0.0 because', 0],
  ['1.5', null],
  ['-0.1', null],
  ['good', null],
  ['', null],
  ['0,5', null],
])('%j is the grade %j', (content, grade) => {
  expect(readGrade(content)).toBe(grade);
});

test('grades every answer once, asks again for unreadable grades, and sums by capability', async () => {
  const asked: { text: string; temperature: number }[] = [];
  const server = await fakeServer('judge', ({ messages, temperature, max_tokens }) => {
    const { text } = lastMessage({ messages, temperature, max_tokens });
    asked.push({ text, temperature });
    const last = text.split('\n').at(-1) ?? '';
    if (text.includes('mumble')) return 'hm';
    if (last.startsWith('What')) return 'no number';
    return last.startsWith('Predict') ? '0.5' : '1.0';
  });
  const folder = mkdtempSync(join(tmpdir(), 'judge-'));
  const data = new DataFolder(join(FIXTURES, 'mmvet'));
  const questions = (await mmvet.load(data, 'test')).questions as readonly MmVetQuestion[];
  const answers = new Map(questions.map(({ id }, i) => [id, i === 2 ? 'mumble' : 'a red thing']));
  const { signal } = new AbortController();
  const judge = await openServerModel({ url: server.url, model: 'judge', apiKey: 'key', pauses: [], signal });
  let graded = 0;
  const options = {
    prompt: await readJudgePrompt(data),
    judge,
    file: join(folder, 'grades.jsonl'),
    signal,
    onGrade: () => graded++,
  };
  const scores = await gradeAll(questions, answers, options);
  expect(graded).toBe(10);
  // "Where" questions are graded at once, "What" questions at the second try, the mumbled one never.
  expect([...scores.values()]).toEqual([0.5, 1, 0, 0.5, 1, 0.5, 0.5, 1, 0.5, 0.5]);
  const [first] = questions;
  expect(asked[0]).toEqual({
    text: `${options.prompt}\nWhat is drawn here? | ${first?.answer.replace('<AND>', ' <AND> ')} | a red thing | `,
    temperature: 0,
  });
  const mumbled = asked.filter(({ text }) => text.includes('mumble'));
  expect(mumbled.map(({ temperature }) => temperature)).toEqual([0, 0, 0.5, 1, 1.5]);
  const outcome = gradedOutcome(questions, scores);
  expect(outcome).toMatchObject({ text: '60.0', figures: { spat: 100, rec: 60 } });

  const before = asked.length;
  const again = await gradeAll(questions, new Map([...answers, ['v1_0', 'something else']]), options);
  expect([...again.values()]).toEqual([...scores.values()]);
  expect(asked.length - before).toBe(2);
  expect(readFileSync(options.file, 'utf8').trim().split('\n')).toHaveLength(11);
  await judge.close();
  await server.close();
  rmSync(folder, { recursive: true });
});
