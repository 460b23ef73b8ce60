/** The model that comes along, asked in the shapes of the AI SDK and of the Prompt API. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateObject, generateText, jsonSchema, type ModelMessage, Output, streamText } from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { miphaWeb } from './ai-sdk/language-model.ts';
import type { Assistant } from './assistant.ts';
import { LanguageModel as Packaged, type LanguageModelMessage } from './prompt-api/index.ts';
import { nanoAssistant } from './test/node-assistant.ts';

let nano: { assistant: Assistant; end(): Promise<void> };
let shapes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  nano = await nanoAssistant();
  shapes = new Uint8Array(await readFile(join(import.meta.dirname, '../../public/samples/shapes.png')));
});
afterAll(() => nano.end());

const about = (image: Uint8Array | string | URL, text = 'What shapes are in the picture?'): ModelMessage[] => [
  {
    role: 'user',
    content: [
      { type: 'text', text },
      { type: 'image', image },
    ],
  },
];

test("OpenAI's shape: an adapter of the model answers the request that names it, and no other", async () => {
  const url = `data:image/png;base64,${Buffer.from(shapes).toString('base64')}`;
  const ask = async (more: { adapter?: string; top_k?: number }): Promise<string> => {
    const content = [
      { type: 'image_url' as const, image_url: { url } },
      { type: 'text' as const, text: 'What shapes are in the picture?' },
    ];
    const params = { messages: [{ role: 'user' as const, content }], temperature: 0, ...more };
    return (await nano.assistant.chat.completions.create(params)).choices[0].message.content;
  };
  const whole = await ask({});
  expect((await ask({ adapter: 'terse' })).length).toBeLessThan(whole.length);
  expect(await ask({ top_k: 3 })).toBe(whole);
  await expect(ask({ adapter: 'florid' })).rejects.toMatchObject({ param: 'adapter', status: 400 });
});

describe('the AI SDK', () => {
  test('generateText: bytes, base64 and data: URLs show the same picture; counts and the reason of the end', async () => {
    const model = miphaWeb(nano.assistant);
    const base64 = Buffer.from(shapes).toString('base64');
    const results = [];
    for (const image of [shapes, base64, `data:image/png;base64,${base64}`])
      results.push(await generateText({ model, messages: about(image), temperature: 0 }));
    const [first] = results;
    expect(first!.text).toMatch(/circle|square|triangle|rectangle|star/i);
    expect(new Set(results.map(({ text }) => text)).size).toBe(1);
    expect(first!.finishReason).toBe('stop');
    expect(first!.response.modelId).toBe('mipha-nano');
    const { inputTokens, outputTokens, totalTokens } = first!.usage;
    expect([inputTokens, outputTokens]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(totalTokens).toBe(inputTokens! + outputTokens!);
    expect(results[1]!.usage.inputTokenDetails.cacheReadTokens).toBeGreaterThan(10);
    const cut = await generateText({ model, messages: about(base64), temperature: 0, maxOutputTokens: 2 });
    expect(cut).toMatchObject({ finishReason: 'length', usage: { outputTokens: 2 } });
  });

  test('streamText: the same words in pieces', async () => {
    const model = miphaWeb(nano.assistant);
    const whole = await generateText({ model, messages: about(shapes), temperature: 0 });
    const { textStream, usage, finishReason } = streamText({ model, messages: about(shapes), temperature: 0 });
    const pieces: string[] = [];
    for await (const piece of textStream) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.join('')).toBe(whole.text);
    expect(await finishReason).toBe('stop');
    expect((await usage).outputTokens).toBe(whole.usage.outputTokens);
  });

  test('generateObject: what comes fits the schema', async () => {
    const schema = jsonSchema<{ shape: string; count: number }>({
      type: 'object',
      properties: { shape: { type: 'string', enum: ['circle', 'square', 'star'] }, count: { type: 'integer' } },
      required: ['shape', 'count'],
      additionalProperties: false,
    });
    const model = miphaWeb(nano.assistant);
    const asked = { model, messages: about(shapes, 'Which shape is there?'), temperature: 0, maxOutputTokens: 60 };
    const { object } = await generateObject({ ...asked, schema });
    expect(['circle', 'square', 'star']).toContain(object.shape);
    expect(Number.isInteger(object.count)).toBe(true);
    const { output } = await generateText({ ...asked, output: Output.object({ schema }) });
    expect(output).toEqual(object);
  });
});

const named = (name: string) => expect.objectContaining({ name });
const images = { expectedInputs: [{ type: 'image' as const }] };
const show = (value: BufferSource): LanguageModelMessage[] => [{ role: 'user', content: [{ type: 'image', value }] }];

describe('the Prompt API', () => {
  class LanguageModel extends Packaged {
    static override newAssistant: typeof Packaged.newAssistant = () => nano.assistant;
  }

  test('bytes in every form show the same picture; an offset counts', async () => {
    const session = await LanguageModel.create(images);
    const padded = new Uint8Array(256 + shapes.length);
    padded.set(shapes, 256);
    const values = [new Blob([shapes]), shapes.buffer, padded.subarray(256)];
    const answers = new Set<string>();
    for (const value of values) {
      const content = [
        { type: 'text' as const, value: 'What shapes are in the picture?' },
        { type: 'image' as const, value },
      ];
      const one = await session.clone();
      answers.add(await one.prompt([{ role: 'user', content }]));
    }
    expect([...answers]).toEqual([expect.stringMatching(/circle|square|triangle|rectangle|star/i)]);
    await expect(session.prompt(show(padded.subarray(200)))).rejects.toThrow(named('InvalidStateError'));
    expect(await session.prompt(show(shapes))).toMatch(/\w+ \w+/);
    await expect(session.prompt([...show(shapes), ...show(padded)])).rejects.toThrow(named('NotSupportedError'));
  });

  test('usage is what was measured, and grows with the answer; a follow-up knows the picture', async () => {
    const initialPrompts = show(shapes);
    const session = await LanguageModel.create({ ...images, initialPrompts });
    expect(session.contextUsage).toBe(await session.measureContextUsage(initialPrompts));
    expect(session.contextUsage).toBeGreaterThan(64);
    const before = session.contextUsage;
    expect(await session.prompt('What shapes are in the picture?')).toMatch(/circle|square|triangle|rectangle|star/i);
    expect(session.contextUsage).toBeGreaterThan(before + 8);
    expect(session.contextUsage).toBeLessThan(session.contextWindow);
  });

  test('an answer under a constraint is of its form', async () => {
    const session = await LanguageModel.create({ ...images, initialPrompts: show(shapes) });
    const boolean = await session.prompt('Is there a circle?', { responseConstraint: { type: 'boolean' } });
    expect(['true', 'false']).toContain(boolean);
    const schema = { type: 'object', properties: { count: { enum: [1, 2, 3] } }, required: ['count'] };
    const { count } = JSON.parse(await session.prompt('How many shapes are there?', { responseConstraint: schema }));
    expect([1, 2, 3]).toContain(count);
    await expect(session.prompt('Hm?', { responseConstraint: { not: {} } })).rejects.toThrow(
      named('NotSupportedError'),
    );
  });
});
