import { describe, expect, test } from 'vitest';
import type { Message, Part } from '../../contract/chat.ts';
import { EOS, tinyTokenizer } from '../test/tiny-tokenizer.ts';
import { buildPrompt, type Conversation, type PromptShape, renderPrompt, toConversation } from './prompt.ts';

const tokenizer = tinyTokenizer();
const eos = tokenizer.splitSpecial(EOS)[0] as number;
const VOCAB = 1000;
const shape: PromptShape = {
  template: {
    system: 'SYS',
    user: 'USER: ',
    assistant: 'ASSISTANT:',
    separator: ' ',
    turn_end: EOS,
    image_marker: '<image>',
    bos_id: null,
    stop_ids: [eos],
  },
  layoutOf: () => [{ rows: 3 }],
  firstIdOf: (number: number) => VOCAB + number * 3,
  max_images: 9,
};
const encode = (text: string) => tokenizer.encode(text);
const image = (number: number) => [0, 1, 2].map((row) => VOCAB + number * 3 + row);
const user = (text: string, ...images: number[]) => ({ role: 'user' as const, text, images });
const assistant = (text: string) => ({ role: 'assistant' as const, text, images: [] });
const conversation = (...turns: Conversation['turns']): Conversation => ({ system: null, turns });
const render = (c: Conversation, s = shape) => renderPrompt(c, s, tokenizer);

describe('renderPrompt', () => {
  test('one question about one picture; the chunks around the picture are tokenised apart', () => {
    expect(render(conversation(user('What is it?', 0)))).toEqual([
      ...encode('SYS USER: '),
      ...image(0),
      ...encode('\nWhat is it? ASSISTANT:'),
    ]);
  });

  test('history ends each answer with the turn end and no space behind it', () => {
    expect(render(conversation(user('a', 0), assistant(' red '), user('b')))).toEqual([
      ...encode('SYS USER: '),
      ...image(0),
      ...encode('\na ASSISTANT: red'),
      eos,
      ...encode('USER: b ASSISTANT:'),
    ]);
  });

  test('a follow-up prompt continues the first prompt and its answer', () => {
    const first = render(conversation(user('a', 0)));
    const followUp = render(conversation(user('a', 0), assistant('red'), user('b')));
    expect(followUp.slice(0, first.length + 2)).toEqual([...first, ...encode(' red'), eos]);
  });

  test('an image of several crops stands as its layout says: text and rows in turn', () => {
    const tiles = { ...shape, layoutOf: () => [{ text: '<a>' }, { rows: 2 }, { text: '<b>' }, { rows: 1 }] };
    expect(render(conversation(user('q', 1)), tiles)).toEqual([
      ...encode('SYS USER: <a>'),
      ...image(1).slice(0, 2),
      ...encode('<b>'),
      ...image(1).slice(2),
      ...encode('\nq ASSISTANT:'),
    ]);
  });

  test('BOS stands once, at the start', () => {
    const ids = render(conversation(user('a', 0, 1)), { ...shape, template: { ...shape.template, bos_id: 7 } });
    expect(ids[0]).toBe(7);
    expect(ids.filter((id) => id === 7)).toHaveLength(1);
  });

  test('two pictures of one question each stand before a line break', () => {
    expect(render(conversation(user('a', 4, 2)))).toEqual([
      ...encode('SYS USER: '),
      ...image(4),
      ...encode('\n'),
      ...image(2),
      ...encode('\na ASSISTANT:'),
    ]);
  });

  test('markers and special tokens typed by a person are plain text', () => {
    const ids = render(conversation(user(`<image> ${EOS}`, 0)));
    expect(ids.filter((id) => id >= VOCAB)).toEqual(image(0));
    expect(ids).not.toContain(eos);
  });

  test('special tokens of a template get their ids', () => {
    const template = { ...shape.template, user: `${EOS}user\n` };
    expect(render(conversation(user('a')), { ...shape, template })).toEqual([
      ...encode('SYS '),
      eos,
      ...encode('user\na ASSISTANT:'),
    ]);
  });
});

describe('a template that marks turns (ChatML)', () => {
  const template = {
    ...shape.template,
    system: '',
    system_start: `${EOS}system `,
    user: `${EOS}user `,
    without_image: '\n',
    assistant: `${EOS}assistant\n`,
    answer_start: '',
    separator: EOS,
    turn_end: EOS,
  };
  const chat = (c: Conversation) => render(c, { ...shape, template });

  test('no system text, no separator; a past answer follows its marker without a space', () => {
    const first = [eos, ...encode('user '), ...image(0), ...encode('\na'), eos, eos];
    expect(chat(conversation(user('a', 0)))).toEqual([...first, ...encode('assistant\n')]);
    const followUp = chat(conversation(user('a', 0), assistant('red'), user('b')));
    expect(followUp).toEqual([
      ...first,
      ...encode('assistant\nred'),
      eos,
      eos,
      ...encode('user \nb'),
      eos,
      eos,
      ...encode('assistant\n'),
    ]);
  });

  test('a given system text has its marker, and marks typed into it are plain text', () => {
    const ids = chat({ ...conversation(user('a')), system: `be ${EOS}` });
    expect(ids.slice(0, 1)).toEqual([eos]);
    expect(ids.filter((id) => id === eos)).toHaveLength(5);
    expect(ids.slice(1, 1 + encode(`system be ${EOS}`).length)).toEqual(encode(`system be ${EOS}`));
  });
});

describe('a model that knows one picture at a time', () => {
  const one = { ...shape, max_images: 1 };
  const build = (c: Conversation) => buildPrompt(c, one, tokenizer, 1000);

  test('a new picture begins a new prompt; what was said before it is counted as left out', () => {
    const fresh = conversation(user('second', 1), assistant('two'), user('third'));
    const prompt = build(conversation(user('first', 0), assistant('one'), ...fresh.turns));
    expect(prompt).toEqual({ ids: render(fresh), images: [1], droppedTurns: 1 });
  });

  test('questions before the first picture stay', () => {
    const early = conversation(user('hello'), assistant('hi'), user('first', 0), assistant('one'), user('second'));
    expect(build(early)).toMatchObject({ ids: render(early), droppedTurns: 0 });
  });

  test('two pictures in one question are refused with what to do', () => {
    expect(() => build(conversation(user('both', 0, 1)))).toThrow(/one picture at a time/);
  });
});

describe('buildPrompt', () => {
  const long = conversation(user('first', 0), assistant('one'), user('second', 1), assistant('two'), user('third'));
  const whole = render(long).length;

  test('drops the oldest turns and keeps every picture', () => {
    const fits = buildPrompt(long, shape, tokenizer, whole);
    expect(fits).toMatchObject({ droppedTurns: 0, images: [0, 1] });
    const shorter = buildPrompt(long, shape, tokenizer, whole - 1);
    expect(shorter.droppedTurns).toBe(1);
    expect(shorter.images).toEqual([0, 1]);
    expect(shorter.ids).toEqual(render(conversation(user('second', 0, 1), assistant('two'), user('third'))));
    const shortest = buildPrompt(long, shape, tokenizer, shorter.ids.length - 1);
    expect(shortest).toMatchObject({ droppedTurns: 2, images: [0, 1] });
  });

  const turns = Array.from({ length: 20 }, (_, i) => [user(`question ${'x'.repeat(i % 5)}`), assistant('a')]).flat();
  const many = conversation(...turns, user('last'));
  const lengthWithout = (count: number) => render(conversation(...many.turns.slice(2 * count))).length;

  test('drops as few turns as possible, rounded to blocks', () => {
    for (const needed of [20, 19, 13, 1, 0]) {
      const { droppedTurns, ids } = buildPrompt(many, shape, tokenizer, lengthWithout(needed));
      expect(ids.length).toBeLessThanOrEqual(lengthWithout(needed));
      expect(droppedTurns).toBeGreaterThanOrEqual(needed);
      expect(droppedTurns).toBeLessThan(needed + 4);
    }
    expect(buildPrompt(many, shape, tokenizer, lengthWithout(5)).droppedTurns).toBe(8);
  });

  test('questions that follow each other begin alike, so that most of them is reused', () => {
    const maxTokens = lengthWithout(5);
    const starts = new Set<string>();
    for (let length = 25; length <= 41; length += 2) {
      const { ids } = buildPrompt(conversation(...many.turns.slice(0, length)), shape, tokenizer, maxTokens);
      starts.add(ids.slice(0, 40).join());
    }
    expect(starts.size).toBeLessThanOrEqual(3);
  });

  test('says how many tokens are too many when nothing can be dropped', () => {
    const question = conversation(user('only', 0));
    const length = render(question).length;
    expect(() => buildPrompt(question, shape, tokenizer, length - 4)).toThrow(
      expect.objectContaining({ code: 'context-full', evidence: expect.objectContaining({ excess_tokens: 4 }) }),
    );
  });
});

describe('what is too long is what is to be shortened', () => {
  const much = 'word '.repeat(40);
  test.each([
    ['a system message', { ...conversation(user('a', 0)), system: much }, /Shorten the system message/],
    ['a question', { ...conversation(user(much)), system: 'be brief' }, /Shorten the question/],
    ["a question, with the template's own system text", conversation(user(much)), /Shorten the question/],
    ['pictures', { ...conversation(user('a', 0, 1, 2, 3, 4)), system: 'be brief' }, /fewer pictures/],
  ])('%s', (_, talk, message) => {
    expect(() => buildPrompt(talk, shape, tokenizer, 20)).toThrow(message);
  });
});

test('a user who said nothing leaves the words of the model alone', () => {
  expect(render(conversation(user(''), assistant('Hello!'), user('b')))).toEqual([
    ...encode('SYS ASSISTANT: Hello!'),
    eos,
    ...encode('USER: b ASSISTANT:'),
  ]);
});

describe('toConversation', () => {
  const text = (value: string): Part => ({ type: 'text', text: value });
  const image = (): Part => ({ type: 'image', image: new Blob(['x']) });
  const read = (messages: Message[]) => toConversation(messages, () => 5);

  test('reads roles, texts and pictures; neighbours of one role become one turn', () => {
    const result = read([
      { role: 'system', content: [text('be brief')] },
      { role: 'user', content: [image()] },
      { role: 'user', content: [text('a'), text('b')] },
      { role: 'assistant', content: [text('c')] },
      { role: 'user', content: [text('d')] },
    ]);
    expect(result).toEqual({ system: 'be brief', turns: [user('a\nb', 5), assistant('c'), user('d')] });
  });

  test.each<[string, unknown]>([
    ['no message', []],
    ['no list', null],
    ['an empty question', [{ role: 'user', content: [text(' \n ')] }]],
    ['only a picture', [{ role: 'user', content: [image()] }]],
    [
      'an answer last',
      [
        { role: 'user', content: [text('a')] },
        { role: 'assistant', content: [text('b')] },
      ],
    ],
    [
      'an answer first',
      [
        { role: 'assistant', content: [text('b')] },
        { role: 'user', content: [text('a')] },
      ],
    ],
    ['an unknown role', [{ role: 'tool', content: [text('a')] }]],
    [
      'a picture in an answer',
      [
        { role: 'user', content: [text('a')] },
        { role: 'assistant', content: [image()] },
      ],
    ],
    ['no content', [{ role: 'user' }]],
    ['no message at all', [null]],
    ['a part that is none', [{ role: 'user', content: [null] }]],
    ['a picture that is none', [{ role: 'user', content: [{ type: 'image', image: 'x.png' }] }]],
    ['an unknown part', [{ role: 'user', content: [{ type: 'video' }] }]],
  ])('refuses %s', (_, messages) => {
    expect(() => read(messages as Message[])).toThrow(expect.objectContaining({ code: 'request-invalid' }));
  });
});
