import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@huggingface/transformers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelManifest } from '../../contract/manifest.ts';
import { singleCropLayout } from '../../image/layout.ts';
import { pixelValues } from '../../image/pixel-values.ts';
import { type Conversation, renderPrompt } from '../../engine/preprocessor/prompt.ts';
import { createTokenizer, type Tokenizer } from '../../engine/preprocessor/tokenizer.ts';
import { buildFolder, buildPeerFolder } from '../../cli/build-folder.ts';
import { openBuilt, writeTinyFolder } from '../test/folders.ts';
import { maxError } from '../golden.ts';
import type { Runner } from '../runner.ts';
import { openPeer } from '../test/peer.ts';

const CARD = { id: 'test', name: 'Test', description: '', license: '', source: { repo: '', revision: '' } };
const DTYPES = { f32: 'fp32', 'wasm-int8': 'q8', 'webgpu-q4f32': 'q4', 'webgpu-q4f16': 'q4f16' } as const;
const VARIANTS = Object.keys(DTYPES) as (keyof typeof DTYPES)[];
const ANSWER = 12;
const FIRST: Conversation['turns'] = [{ role: 'user', text: 'What is the color?', images: [0] }];

let folder = '';
let peer: Awaited<ReturnType<typeof openPeer>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layout-'));
  peer = await openPeer(folder);
});
afterAll(() => rm(folder, { recursive: true }));

/** A picture of bands, as RGBA and as the library's image. */
function picture(width: number, height: number) {
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256));
  return { rgba: { width, height, data }, raw: new peer.RawImage(data, width, height, 4) };
}

const numbers = (tensor: Tensor): number[] => Array.from(tensor.data as BigInt64Array, Number);

/** What the library's chat format calls these turns. */
function messages(turns: Conversation['turns']) {
  return turns.map(({ role, text, images }) => ({
    role,
    content: [...images.map(() => ({ type: 'image' })), { type: 'text', text }],
  }));
}

describe.each(['phi', 'phi-fused', 'gemma', 'llava', 'onevision'] as const)('%s', (family) => {
  const mipha = family !== 'llava' && family !== 'onevision';
  const variants = mipha ? VARIANTS : VARIANTS.slice(0, 1);
  let manifest: ModelManifest;
  let tokenizer: Tokenizer;
  const own = (): string => join(folder, `${family}-own`);

  beforeAll(async () => {
    const checkpoint = join(folder, `${family}-checkpoint`);
    await writeTinyFolder(checkpoint, { family, max_length: 512 });
    manifest = await buildFolder({ checkpoint, out: own(), variants, card: CARD });
    await buildPeerFolder({ checkpoint, out: join(folder, family), variants });
    const file = async (name: string) => new Uint8Array(await readFile(join(own(), name)));
    tokenizer = createTokenizer(await file('tokenizer.json'), await file('tokenizer_config.json'));
  });

  function ids(turns: Conversation['turns']): number[] {
    const { architecture, processor, prompt } = manifest;
    const layout = singleCropLayout(processor);
    const shape = { layoutOf: () => layout, firstIdOf: () => architecture.vocab_size, max_images: 1 };
    return renderPrompt({ system: null, turns }, { template: prompt, ...shape }, tokenizer);
  }

  /** What our engine says to a new prompt, run in one go as the library runs it. */
  async function greedy(runner: Runner, prompt: number[]): Promise<number[]> {
    runner.clear();
    return continuation(runner, prompt);
  }

  async function continuation(runner: Runner, rest: number[]): Promise<number[]> {
    await runner.feed(rest);
    const answer: number[] = [];
    for (let i = 0; i < ANSWER; i++) {
      answer.push(await runner.next());
      await runner.feed([answer.at(-1) as number]);
    }
    return answer;
  }

  async function ask(
    processor: Awaited<ReturnType<typeof peer.AutoProcessor.from_pretrained>>,
    turns: Conversation['turns'],
  ) {
    const text = processor.apply_chat_template(messages(turns) as never, { add_generation_prompt: true });
    const { image_size } = manifest.processor;
    return processor(picture(image_size, image_size).raw, text);
  }

  test('processor and chat template give the pixels and ids of our engine', async () => {
    const processor = await peer.AutoProcessor.from_pretrained(family);
    const turns: Conversation['turns'] = [
      ...FIRST,
      { role: 'assistant', text: ' red', images: [] },
      { role: 'user', text: ' the picture is blue\nyes ', images: [] },
    ];
    const inputs = await ask(processor, turns);
    const { vocab_size } = manifest.architecture;
    const [known] = tokenizer.splitSpecial('<image>');
    const row = typeof known === 'number' ? known : vocab_size;
    expect(numbers(inputs.input_ids)).toEqual(ids(turns).map((id) => (id < vocab_size ? id : row)));
    const { image_size } = manifest.processor;
    const expected = pixelValues(picture(image_size, image_size).rgba, manifest.processor);
    expect(inputs.pixel_values.dims).toEqual([1, 3, image_size, image_size]);
    expect(maxError(expected, inputs.pixel_values.data)).toBeLessThan(1e-6);
  });

  test.runIf(mipha)('a wide picture keeps its proportions and is filled up with grey', async () => {
    const processor = await peer.AutoProcessor.from_pretrained(family);
    const { image_size } = manifest.processor;
    const { pixel_values } = await processor(picture(image_size, image_size / 2).raw);
    expect(pixel_values.dims).toEqual([1, 3, image_size, image_size]);
    expect(pixel_values.data.slice(-image_size)).toEqual(new Float32Array(image_size));
    expect(pixel_values.data[0]).not.toBe(0);
  });

  test.each(variants)('%s: logits, greedy ids and a follow-up on a kept cache are those of our engine', async (id) => {
    const processor = await peer.AutoProcessor.from_pretrained(family);
    const model = await peer.AutoModelForImageTextToText.from_pretrained(family, { dtype: DTYPES[id], device: 'auto' });
    const variant = manifest.variants.find((candidate) => candidate.id === id);
    const runner = await openBuilt(own(), manifest, variant as never, manifest.limits.max_length);
    try {
      const inputs = await ask(processor, FIRST);
      const prompt = ids(FIRST);
      await runner.see(Float32Array.from(inputs.pixel_values.data));
      const expected = Float32Array.from(await runner.feed(prompt));
      const num_logits_to_keep = new peer.Tensor('int64', BigInt64Array.of(1n), []);
      const { logits } = await model({ ...inputs, num_logits_to_keep });
      expect(logits.dims).toEqual([1, 1, manifest.architecture.vocab_size]);
      expect(maxError(expected, logits.data)).toBeLessThan(id === 'webgpu-q4f16' ? 0.01 : 1e-4);

      const past_key_values = new peer.DynamicCache();
      const options = { max_new_tokens: ANSWER, past_key_values, eos_token_id: -1 };
      const answer = numbers((await model.generate({ ...inputs, ...options })) as Tensor).slice(prompt.length);
      expect(answer).toEqual(await greedy(runner, prompt));

      // The picture is in the cache already; the mask says how long everything is.
      const followUp = [...numbers(inputs.input_ids), ...answer, ...tokenizer.encode(' USER the red')];
      const row = (values: number[]) =>
        new peer.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
      const longer = { input_ids: row(followUp), attention_mask: row(followUp.map(() => 1)) };
      const second = numbers((await model.generate({ ...longer, ...options } as never)) as Tensor);
      runner.clear();
      await runner.feed(prompt);
      for (const token of answer.slice(0, -1)) await runner.feed([token]);
      const rest = followUp.slice(prompt.length + answer.length - 1);
      expect(second.slice(followUp.length)).toEqual(await continuation(runner, rest));
    } finally {
      await runner.dispose();
      await model.dispose();
    }
  });

  test('float32 logits of all positions, when all are asked for', async () => {
    const processor = await peer.AutoProcessor.from_pretrained(family);
    const model = await peer.AutoModelForImageTextToText.from_pretrained(family, { dtype: 'fp32', device: 'auto' });
    const variant = manifest.variants.find((candidate) => candidate.id === 'f32');
    const runner = await openBuilt(own(), manifest, variant as never);
    try {
      const inputs = await ask(processor, FIRST);
      await runner.see(Float32Array.from(inputs.pixel_values.data));
      const { logits } = await model(inputs);
      const half = Math.floor(ids(FIRST).length / 2);
      const expected = await runner.feed(ids(FIRST).slice(0, half));
      expect(maxError(Float32Array.from(expected), logits.slice(null, half - 1, null).data)).toBeLessThan(1e-4);
    } finally {
      await runner.dispose();
      await model.dispose();
    }
  });
});

test('precisions that the library does not know are refused before anything is written', async () => {
  const out = join(folder, 'none');
  const checkpoint = join(folder, 'phi-checkpoint');
  const build = buildPeerFolder({ checkpoint, out, variants: ['webgpu-q8f16'] });
  await expect(build).rejects.toMatchObject({ code: 'request-invalid', evidence: { id: 'webgpu-q8f16' } });
  await expect(readFile(join(out, 'config.json'))).rejects.toThrow('ENOENT');
});
