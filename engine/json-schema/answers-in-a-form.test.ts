import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ChatEvent, ResponseFormat } from '../../contract/chat.ts';
import { Engine } from '../engine.ts';
import { isAllowed } from '../grammar.ts';
import { ask, collect, decodeImage, image, user } from '../test/chat.ts';
import { FakeRuntime, fakeFiles, fakeManifest, stopId, VOCAB } from '../test/fake-runtime.ts';
import { tinyTokenizer } from '../test/tiny-tokenizer.ts';
import { AnswerForm } from './answer-form.ts';
import { AnswerConstraint } from './constraint.ts';
import { TokenTable } from './token-mask.ts';

type Schema = Record<string, unknown>;
const format = (schema: Schema): ResponseFormat => ({ type: 'json_schema', json_schema: { name: 'answer', schema } });
const shape = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    count: { type: 'integer' },
    colours: { type: 'array', items: { enum: ['red', 'blue', 'grün'] }, minItems: 1, maxItems: 3 },
    round: { type: 'boolean' },
  },
  required: ['name', 'count', 'colours', 'round'],
};

/** Whether a value fits the few keywords that the schemas here use. */
function fits(value: unknown, schema: Schema): boolean {
  if (Array.isArray(schema['enum'])) return schema['enum'].includes(value);
  switch (schema['type']) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'array':
      return (
        Array.isArray(value) &&
        value.length >= ((schema['minItems'] as number) ?? 0) &&
        value.every((item) => fits(item, schema['items'] as Schema))
      );
    default: {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
      const required = (schema['required'] ?? []) as string[];
      const known = Object.entries(value).every(([key, item]) => {
        const known = properties[key];
        return known === undefined ? schema['additionalProperties'] === true : fits(item, known);
      });
      return known && required.every((key) => key in value);
    }
  }
}

const question = [user('What is it?', image(80))];
let engine: Engine;

beforeAll(async () => {
  const files = fakeFiles(fakeManifest());
  const variant = files.manifest.variants[0]!;
  engine = await Engine.load({ files, variant, runtime: new FakeRuntime(), decode: decodeImage });
});

describe('answers in a form', () => {
  test('a JSON schema: the answer fits it, and ends by itself', async () => {
    const answer = await ask(engine, question, { response_format: format(shape), max_tokens: 150 });
    expect(fits(JSON.parse(answer.text), shape), answer.text).toBe(true);
  });

  test.each([1, 2, 3, 8, 21, 55])('cut after %i tokens it is closed, and said to be cut', async (max) => {
    const answer = await ask(engine, question, { response_format: format(shape), max_tokens: max });
    expect(fits(JSON.parse(answer.text), shape), answer.text).toBe(true);
    if (answer.done.usage.completion_tokens === max) expect(answer.done.finish_reason).toBe('length');
  });

  test('sampled answers fit as well, and a seed repeats them', async () => {
    for (let seed = 0; seed < 4; seed++) {
      const options = { response_format: format(shape), temperature: 3, repetition_penalty: 1.5, seed, max_tokens: 60 };
      const answer = await ask(engine, question, options);
      expect(fits(JSON.parse(answer.text), shape), answer.text).toBe(true);
      expect((await ask(engine, question, options)).text).toBe(answer.text);
    }
  });

  test('any object; a stop string closes it too; free text is what it was', async () => {
    const options = { response_format: { type: 'json_object' } as const, max_tokens: 40 };
    const whole = await ask(engine, question, options);
    expect(JSON.parse(whole.text)).toBeTypeOf('object');
    const cut = await ask(engine, question, { ...options, stop: [whole.text.slice(3, 5)] });
    expect(cut.done.finish_reason).toBe('stop');
    expect(JSON.parse(cut.text)).toBeTypeOf('object');
    const plain = await ask(engine, question);
    expect((await ask(engine, question, { response_format: { type: 'text' } })).text).toBe(plain.text);
  });

  test('an answer that broke off goes on inside its form', async () => {
    const options = { response_format: format(shape), temperature: 2, seed: 3, max_tokens: 60 };
    const events: ChatEvent[] = [];
    for await (const event of engine.answer({ messages: question, ...options })) events.push(event);
    const whole = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
    for (const cut of [6, 11, events.length - 2]) {
      const said = events.slice(0, cut).filter((event) => event.type === 'text');
      const text = said.map((event) => event.text).join('');
      const resume = { token_ids: said.flatMap((event) => event.token_ids ?? []), text_length: text.length };
      const rest = await collect(engine.answer({ messages: question, ...options }, undefined, resume));
      expect(text + rest.text).toBe(whole);
    }
  });

  test('cut behind a number that something has to follow', async () => {
    const schema = { type: 'object', properties: { a: { type: 'integer' }, b: { enum: [' '] } }, required: ['a', 'b'] };
    for (let max_tokens = 1; max_tokens <= 12; max_tokens++) {
      const answer = await ask(engine, question, {
        response_format: format(schema),
        max_tokens,
        seed: 0,
        temperature: 5,
      });
      expect(fits(JSON.parse(answer.text), schema), answer.text).toBe(true);
    }
  });

  test('made-up schemas, cut anywhere', async () => {
    const { schema } = fc.letrec<{ schema: Schema; leaf: Schema }>((tie) => ({
      leaf: fc.oneof(
        fc.constantFrom('string', 'integer', 'number', 'boolean', 'null').map((type) => ({ type })),
        fc
          .uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 })
          .map((values) => ({ enum: values })),
      ),
      schema: fc.oneof(
        { maxDepth: 2 },
        tie('leaf'),
        fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(2) }),
        fc
          .dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('schema'), { minKeys: 1, maxKeys: 3 })
          .map((properties) => ({ type: 'object', properties, required: Object.keys(properties) })),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(schema, fc.integer({ min: 1, max: 30 }), fc.nat(100), async (schema, max_tokens, seed) => {
        const options = { response_format: format(schema), max_tokens, seed, temperature: 5 };
        const answer = await ask(engine, question, options);
        expect(fits(JSON.parse(answer.text), schema), `${JSON.stringify(schema)} ${answer.text}`).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what cannot be promised is refused', () => {
  const refused = (response_format: unknown) =>
    expect(ask(engine, question, { response_format: response_format as ResponseFormat })).rejects.toMatchObject({
      code: 'request-invalid',
    });

  test.each([
    ['no object', 'json'],
    ['an unknown type', { type: 'xml' }],
    ['no schema', { type: 'json_schema', json_schema: { name: 'x' } }],
    ['an unknown keyword value', format({ type: 'thing' })],
    ['a dead reference', format({ $ref: '#/$defs/nope' })],
    ['a reference to elsewhere', format({ $ref: 'https://example.org/schema.json' })],
    ['uniqueItems', format({ type: 'array', uniqueItems: true })],
    ['not', format({ properties: { a: { not: { type: 'string' } } } })],
    [
      'something without end',
      format({ $ref: '#/$defs/a', $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' }, minItems: 1 } } }),
    ],
    ['too long', format({ description: 'x'.repeat(70_000) })],
  ])('%s', async (_, response_format) => {
    await refused(response_format);
    const answer = await ask(engine, question, { response_format: format(shape), max_tokens: 20 });
    expect(fits(JSON.parse(answer.text), shape), answer.text).toBe(true);
  });

  test('several allOf are put together', async () => {
    const response_format = format({ allOf: [{ type: 'string' }, { minLength: 3 }, { maxLength: 5 }] });
    for (let max_tokens = 1; max_tokens < 8; max_tokens++) {
      const { text } = await ask(engine, question, { response_format, max_tokens });
      expect(JSON.parse(text)).toMatch(/^.{3,5}$/s);
    }
  });

  test('a property that is called like a keyword is none', async () => {
    const schema = { type: 'object', properties: { not: { type: 'boolean' } }, required: ['not'] };
    expect(fits(JSON.parse((await ask(engine, question, { response_format: format(schema) })).text), schema)).toBe(
      true,
    );
  });
});

test('special tokens and rows without a token are never allowed; the stop id only at the end', () => {
  const { tokens, encoding } = tinyTokenizer().pieces();
  const padded = Array.from({ length: VOCAB }, (_, id) => tokens[id] ?? '');
  const vocabulary = { tokens: padded, encoding, stopIds: [stopId] };
  const form = new AnswerForm({ enum: ['a'] });
  const constraint = new AnswerConstraint(form, new TokenTable(vocabulary));
  const allowed = () => {
    const bits = constraint.allowed();
    return padded.flatMap((token, id) => (isAllowed(bits, id) ? [id === stopId ? 'STOP' : token] : []));
  };
  expect(allowed()).toEqual(['"']);
  for (const id of tinyTokenizer().encode('"a"')) constraint.accept(id);
  expect(allowed()).toEqual(['STOP']);
  expect(form.closing('')).toBe('"a"');
});
