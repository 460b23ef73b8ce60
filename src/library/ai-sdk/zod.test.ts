/** Schemas of zod, through the real `ai` package and the model that comes along: what comes is what zod expects. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateObject } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Assistant } from '../assistant.ts';
import { nanoAssistant } from '../test/node-assistant.ts';
import { miphaWeb } from './language-model.ts';

let nano: { assistant: Assistant; end(): Promise<void> };
let image: Uint8Array;
beforeAll(async () => {
  nano = await nanoAssistant();
  image = new Uint8Array(await readFile(join(import.meta.dirname, '../../../public/samples/shapes.png')));
});
afterAll(() => nano.end());

const SCHEMAS: Record<string, z.ZodType> = {
  record: z.record(z.string(), z.boolean()),
  'record of shares': z.record(z.string(), z.number().min(0).max(1)),
  'record of names': z.record(z.enum(['circle', 'square']), z.int().min(0).max(9)),
  email: z.object({ mail: z.email() }),
  url: z.object({ url: z.url() }),
  uuid: z.object({ id: z.uuid() }),
  datetime: z.object({ at: z.iso.datetime() }),
  bounds: z.object({
    share: z.number().min(0).max(1),
    stars: z.number().min(1).max(5),
    half: z.number().min(0.25).max(0.5),
  }),
  lengths: z.object({ word: z.string().min(2).max(8), list: z.array(z.string().max(4)).min(1).max(2) }),
  optional: z.object({ a: z.string().max(5).optional(), b: z.boolean().nullable() }),
  union: z.object({ u: z.union([z.string().max(5), z.number().positive()]) }),
  discriminated: z.object({
    shape: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('circle'), radius: z.number().positive() }),
      z.object({ kind: z.literal('square'), side: z.number().positive() }),
    ]),
  }),
};

test.each(Object.keys(SCHEMAS))('%s', async (name) => {
  const schema = SCHEMAS[name]!;
  const content = [
    { type: 'text' as const, text: 'What shapes are in the picture?' },
    { type: 'image' as const, image },
  ];
  for (const [temperature, maxOutputTokens] of [
    [0, 60],
    [1.5, 60],
    [1.5, 3],
  ] as const) {
    const asked = { model: miphaWeb(nano.assistant), temperature, maxOutputTokens, seed: 1 };
    const { object } = await generateObject({ ...asked, schema, messages: [{ role: 'user', content }] });
    expect(schema.safeParse(object).success).toBe(true);
  }
});
