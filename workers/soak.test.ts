/** Many questions to one engine: memory stays flat. 50 of them with every test run, `SOAK=1000` for a long one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFolder } from '../cli/build-folder.ts';
import { writeTinyFolder } from '../builder/test/folders.ts';
import { openModelFolder } from '../cli/node-files.ts';
import type { Message } from '../contract/chat.ts';
import { Engine } from '../engine/engine.ts';
import { findVariant } from '../engine/load.ts';
import { ask, assistant, decodeImage, image, user } from '../engine/test/chat.ts';
import { createWasmRuntime } from '../runtime/ort.ts';

const QUESTIONS = Number(process.env['SOAK'] ?? 50);
/** After so many questions every path was taken and every buffer exists. */
const WARM = Math.max(20, QUESTIONS * 0.2);
/** What the test's own notes and the collector's moods may add. */
const SLACK = 3e6;

let folder: string;
let engine: Engine;
const memories: WebAssembly.Memory[] = [];
const { Memory } = WebAssembly;

beforeAll(async () => {
  // The runtime's memory is its own affair; this is how a test gets to see its size.
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      memories.push(this);
    }
  };
  folder = await mkdtemp(join(tmpdir(), 'soak-test-'));
  await writeTinyFolder(join(folder, 'checkpoint'), { seed: 3 });
  const card = { id: 'tiny', name: 'Tiny', description: '', license: '', source: { repo: '', revision: '' } };
  const out = join(folder, 'model');
  await buildFolder({ checkpoint: join(folder, 'checkpoint'), out, variants: ['wasm-int8'], card });
  const files = await openModelFolder(out);
  const runtime = await createWasmRuntime();
  const variant = findVariant(files.manifest, 'wasm-int8');
  engine = await Engine.load({ files, variant, runtime, decode: decodeImage });
});

afterAll(async () => {
  WebAssembly.Memory = Memory;
  await engine?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Bytes that are in use after a garbage collection. */
function bytesInUse(): { runtime: number; script: number } {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
  const runtime = memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  return { runtime, script: process.memoryUsage().heapUsed };
}

/** Question number `index` of a conversation: follow-ups, new images, drawn answers, forms, broken images, Stop. */
async function askOne(index: number, conversation: Message[]): Promise<string> {
  const broken = index % 17 === 5;
  const question = user(`What is number ${index % 50}?`, ...(conversation.length === 0 ? [image(index % 23)] : []));
  const messages = broken ? [user('What?', image(1, 0))] : [...conversation, question];
  const controller = new AbortController();
  if (index % 13 === 7) setTimeout(() => controller.abort(), 20);
  const options = {
    max_tokens: 8,
    temperature: index % 3,
    ...(index % 7 === 3 ? { response_format: { type: 'json_object' } as const } : {}),
  };
  const asked = ask(engine, messages, options, controller.signal);
  if (broken) await expect(asked).rejects.toMatchObject({ code: 'image-broken' });
  else conversation.push(question, assistant((await asked).text || 'none'));
  return broken ? '' : 'answered';
}

test(`${QUESTIONS} questions leave memory as it was`, async () => {
  let conversation: Message[] = [];
  let warm = bytesInUse();
  let answered = 0;
  for (let index = 0; index < QUESTIONS; index++) {
    if (index % 6 === 0) conversation = [];
    if ((await askOne(index, conversation)) !== '') answered++;
    if (index + 1 === WARM) warm = bytesInUse();
  }
  const end = bytesInUse();
  expect(answered).toBeGreaterThan(QUESTIONS * 0.9);
  expect(memories.length).toBeGreaterThan(0);
  expect(end.runtime).toBe(warm.runtime);
  expect(end.script - warm.script).toBeLessThan(SLACK);
});
