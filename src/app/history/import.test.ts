import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../contract/errors.ts';
import type { Reason } from '../../../contract/reasons.ts';
import { failureOf } from '../failures.ts';
import { fetchLateWords } from '../language.ts';
import type { ImageReader } from '../session.ts';
import { doneEvent } from '../test/fake-backend.ts';
import { fileName, toJson, toMarkdown } from './export.ts';
import { importConversations } from './import.ts';
import type { ConversationRecord } from './record.ts';

beforeAll(fetchLateWords);

let made = 0;
const reader: ImageReader = {
  async read(blob) {
    if ((await blob.text()) === 'evil')
      throw new AppError('image-unsupported', 'not a picture', { reason: 'notAnImage' });
    return { id: `new-${(made += 1)}`, blob, url: 'blob:', width: 4, height: 3 };
  },
  restore: (kept) => ({ ...kept, url: '' }),
  release: () => {},
};

const FAILURE = { code: 'self-test-failed', message: 'm', evidence: { reason: 'no-numbers' } } as const;
const REASONS: readonly Reason[] = [
  { reason: 'lacks', values: { variant: 'a', features: ['shader-f16'] } },
  { reason: 'fails', values: { variant: 'b', failure: FAILURE } },
];

const RECORD: ConversationRecord = {
  version: 1,
  id: 'a',
  title: 'Two\nshapes',
  created: 1,
  updated: 2,
  turns: [
    {
      question: 'What\nis this?',
      pictures: [{ id: 'p', width: 640, height: 480 }],
      answer: { status: 'done', text: 'A **circle**.', done: doneEvent(), error: null },
    },
    {
      question: 'And?',
      pictures: [],
      answer: {
        status: 'failed',
        text: '',
        done: null,
        error: { code: 'quota', message: 'm', evidence: { a: 1, reasons: REASONS } },
      },
    },
  ],
};

const exported = async () =>
  JSON.parse(await (await toJson([{ record: RECORD, images: new Map([['p', new Blob(['bytes'])]]) }])).text());
const read = (content: unknown, name = 'my.json') =>
  importConversations(new File([typeof content === 'string' ? content : JSON.stringify(content)], name), reader);

/** The sentence a person reads about a file. */
async function refusal(content: unknown): Promise<string> {
  try {
    await read(content);
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'request-invalid' });
    return failureOf(thrown as AppError).sentence;
  }
  return 'imported';
}

describe('a JSON file', () => {
  it('brings back what was saved, under new names', async () => {
    const [back] = await read(await exported());
    const { id, ...rest } = RECORD;
    expect(back?.record).toEqual({
      ...rest,
      id: expect.not.stringMatching(`^${id}$`),
      turns: [
        { ...RECORD.turns[0], pictures: [{ id: expect.stringMatching('new-'), width: 4, height: 3 }] },
        RECORD.turns[1],
      ],
    });
    expect(await back?.images.values().next().value?.text()).toBe('bytes');
  });

  it.each([
    ['not JSON', 'hello', 'not a JSON file'],
    ['a list', '[]', 'not a JSON file'],
    ['of another program', { format: 'x' }, 'not saved by this page'],
    ['of a later version', { format: 'mipha-conversations', version: 2 }, 'newer version'],
    ['without its list', { format: 'mipha-conversations', version: 1 }, 'conversations is not'],
  ])('%s is refused by name', async (_, content, sentence) => {
    expect(await refusal(content)).toContain('my.json');
    expect(await refusal(content)).toContain(sentence);
  });

  it.each([
    [['title'], 7, 'conversations[0].title'],
    [['turns'], {}, 'conversations[0].turns'],
    [['turns', 0, 'question'], null, 'turns[0].question'],
    [['turns', 0, 'question'], 'x'.repeat(1_000_001), 'turns[0].question'],
    [['turns', 0, 'answer', 'status'], 'streaming', 'answer.status'],
    [['turns', 0, 'answer', 'done', 'usage', 'prompt_tokens'], -1, 'usage.prompt_tokens'],
    [['turns', 0, 'answer', 'done', 'timings', 'decode'], '1', 'timings.decode'],
    [['turns', 0, 'pictures', 0, 'id'], '__proto__', 'pictures[0].id'],
    [['turns', 0, 'pictures', 0, 'id'], 'gone', 'pictures[0].id'],
    [['turns', 0, 'pictures'], Array(17).fill({ id: 'p' }), 'turns[0].pictures'],
    [['turns', 1, 'answer', 'error', 'code'], 'toString', 'error.code'],
    [['files', 'p', 'data'], '***', 'files["p"].data'],
    [['files', 'p', 'data'], btoa('evil'), 'files["p"] is not a picture'],
    [['version'], '1', 'conversations[0].version'],
  ])('with a wrong %j is refused, naming the place', async (path, value, sentence) => {
    const file = await exported();
    let at = file.conversations[0];
    for (const step of path.slice(0, -1)) at = at[step];
    at[path.at(-1) as string] = value;
    expect(await refusal(file)).toContain(sentence);
  });

  it('never gets anything else through than checked fields', async () => {
    const file = await exported();
    file.conversations[0].turns[0].answer.html = '<script>';
    file.conversations[0].__proto__ = { polluted: true };
    const [back] = await read(file);
    expect(JSON.stringify(back?.record)).not.toMatch(/script|polluted/);
  });

  it('made up at random is refused or read, never anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (conversations) => {
        const result = await refusal({ format: 'mipha-conversations', version: 1, conversations });
        expect(result).toMatch(/imported|my.json/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('Markdown', () => {
  it('holds questions as quotes, answers as they were, and no picture data', () => {
    const text = toMarkdown(RECORD);
    expect(text).toContain('# Two shapes');
    expect(text).toContain('> What\n> is this?');
    expect(text).toContain('A **circle**.');
    expect(text).toContain('640 × 480');
  });
});

it('file names are made of letters and digits', () => {
  expect(fileName('Is there a/b\\c: "d"?', 'md')).toBe('Is-there-a-b-c-d.md');
  expect(fileName('../..', 'json')).toBe('mipha.json');
  expect(fileName('دائرة 圆', 'md')).toBe('دائرة-圆.md');
});
