/** Prompt, image preprocessor and tokenizer of a model folder, from what checkpoints of each kind say. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../contract/errors.ts';
import { folderSink } from '../../files/node/sink.ts';
import { folderSource } from '../../files/node/source.ts';
import { readModel } from '../families/model.ts';
import { configOf, separateTowerConfig } from '../synthetic/config.ts';
import { type TinyFamily, tinyLanguage, tinyShape } from '../synthetic/shape.ts';
import { separateTower, tensorSpecs } from '../synthetic/tensors.ts';
import { fakeCheckpoint } from '../test/fake-checkpoint.ts';
import { tinyTokenizer } from '../tiny-tokenizer.ts';
import { preprocessorOf, readPreprocessor } from './preprocessor.ts';
import { promptTemplate } from './prompt.ts';
import { emitTokenizer } from './tokenizer.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emit-'));
});
afterAll(() => rm(folder, { recursive: true }));

function model(family: TinyFamily, fields: object = {}) {
  const shape = tinyShape(family, 400, 128);
  const config = { ...configOf(shape, 'float32'), ...fields };
  if (!family.endsWith('-own')) return readModel(fakeCheckpoint(config, tensorSpecs(shape)));
  return readModel(
    fakeCheckpoint(config, tensorSpecs(shape, false)),
    fakeCheckpoint(separateTowerConfig(shape), separateTower(shape)),
  );
}

describe('preprocessorOf', () => {
  const CLIP = { image_mean: [0.48145466, 0.4578275, 0.40821073], image_std: [0.26862954, 0.26130258, 0.27577711] };
  /** As llava-hf/llava-1.5-7b-hf has it, at the tiny tower's size. */
  const LLAVA = {
    crop_size: { height: 56, width: 56 },
    do_center_crop: true,
    do_convert_rgb: true,
    do_normalize: true,
    do_rescale: true,
    do_resize: true,
    ...CLIP,
    image_processor_type: 'CLIPImageProcessor',
    resample: 3,
    rescale_factor: 0.00392156862745098,
    size: { shortest_edge: 56 },
  };
  const ONEVISION = {
    do_pad: true,
    image_mean: [0.5, 0.5, 0.5],
    image_processor_type: 'LlavaOnevisionImageProcessor',
    image_std: [0.5, 0.5, 0.5],
    resample: 3,
    size: { height: 56, width: 56 },
  };

  test('Hugging Face LLaVA-1.5 crops, with or without its file; the numbers are CLIP’s', () => {
    const expected = { pad_color: null, crop: true, mean: CLIP.image_mean, std: CLIP.image_std, image_tokens: 16 };
    expect(preprocessorOf(model('llava'), LLAVA)).toMatchObject(expected);
    expect(preprocessorOf(model('llava'), {})).toMatchObject(expected);
  });

  test('its newer processor pads with the mean colour when the file says so', () => {
    const file = { ...LLAVA, image_processor_type: 'LlavaImageProcessorFast', do_pad: true };
    const processor = preprocessorOf(model('llava'), file);
    expect(processor).toMatchObject({ pad_color: [122, 116, 104] });
    expect(processor).not.toHaveProperty('crop');
  });

  test("LLaVA's own layout pads; OneVision stretches the whole picture in both layouts", () => {
    expect(preprocessorOf(model('llava-own'), {})).toMatchObject({ pad_color: [122, 116, 104] });
    for (const family of ['onevision', 'onevision-own'] as const) {
      const processor = preprocessorOf(model(family), ONEVISION);
      expect(processor).toMatchObject({ pad_color: null, mean: [0.5, 0.5, 0.5] });
      expect(processor).not.toHaveProperty('crop');
    }
  });

  test('Mipha pads with grey or stretches, and the file’s mean and factor count', () => {
    expect(preprocessorOf(model('phi'), {})).toMatchObject({ pad_color: [127, 127, 127], mean: [0.5, 0.5, 0.5] });
    const file = { image_mean: [0.1, 0.2, 0.3], rescale_factor: 0.5 };
    const plain = preprocessorOf(model('phi', { image_aspect_ratio: 'square' }), file);
    expect(plain).toMatchObject({ pad_color: null, mean: [0.1, 0.2, 0.3], rescale: 0.5 });
  });

  test.each<[string, object, RegExp]>([
    ['another size', { size: { shortest_edge: 224 } }, /size.*224.*56/],
    ['another crop', { crop_size: 48 }, /crop_size.*48/],
    ['an empty size', { size: {} }, /size/],
    ['nearest pixels', { resample: 0 }, /resample/],
    ['no normalising', { do_normalize: false }, /do_normalize/],
    ['two means', { image_mean: [0.5, 0.5] }, /image_mean/],
    ['a text as mean', { image_mean: 'grey' }, /image_mean/],
    ['a spread of zero', { image_std: [0, 1, 1] }, /image_std/],
    ['no factor', { rescale_factor: 'x' }, /rescale_factor/],
  ])('%s: an error that names the field', (_, fields, message) => {
    expect(() => preprocessorOf(model('llava'), { ...LLAVA, ...fields })).toThrow(message);
  });

  test('any JSON gives a processor or a named error', () => {
    const llava = model('llava');
    const field = fc.constantFrom(...Object.keys(LLAVA), 'do_pad');
    fc.assert(
      fc.property(field, fc.jsonValue({ maxDepth: 2 }), (name, value) => {
        try {
          preprocessorOf(llava, { ...LLAVA, [name]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the first folder with a file counts, and the newer file holds it in a section', async () => {
    await writeFile(
      join(folder, 'processor_config.json'),
      JSON.stringify({ image_processor: { image_std: [1, 1, 1] } }),
    );
    expect(
      (await readPreprocessor(model('llava'), [folderSource(join(folder, 'none')), folderSource(folder)])).std,
    ).toEqual([1, 1, 1]);
    await writeFile(join(folder, 'preprocessor_config.json'), JSON.stringify({ image_std: [2, 2, 2] }));
    expect((await readPreprocessor(model('llava'), [folderSource(folder)])).std).toEqual([2, 2, 2]);
  });
});

describe('emitTokenizer and promptTemplate', () => {
  /** What a family's tiny tokenizer becomes, with fields of either file changed. */
  async function emitted(family: TinyFamily, tokenizerFields: object = {}, configFields: object = {}, vocab = 400) {
    const { tokenizer, config } = tinyTokenizer(tinyLanguage(family));
    const json = (fields: object) => JSON.stringify(fields);
    await writeFile(join(folder, 'tokenizer.json'), json({ ...tokenizer, ...tokenizerFields }));
    await writeFile(join(folder, 'tokenizer_config.json'), json({ ...config, ...configFields }));
    const files = await emitTokenizer(folderSource(folder), folderSink(folder), vocab, true);
    return { files, prompt: promptTemplate(model(family), files) };
  }

  test('Vicuna: BOS because the post-processor puts it there, `</s>` behind an answer', async () => {
    const { files, prompt } = await emitted('llava');
    const end = files.idOf('</s>');
    expect(prompt).toMatchObject({ user: 'USER: ', assistant: 'ASSISTANT:', separator: ' ', turn_end: '</s>' });
    expect(prompt).toMatchObject({ bos_id: files.idOf('<s>'), stop_ids: [end] });
    expect(prompt).not.toHaveProperty('answer_start');
  });

  test('BOS: add_bos_token decides where it is set, a sequence of steps is searched, anything else gives none', async () => {
    const bosOf = async (...fields: [object, object?]) => (await emitted('llava', ...fields)).prompt.bos_id;
    const { files } = await emitted('llava');
    const bos = files.idOf('<s>');
    const { post_processor } = tinyTokenizer('llama').tokenizer as { post_processor: object };
    expect(await bosOf({}, { add_bos_token: false })).toBeNull();
    expect(await bosOf({ post_processor: null }, { add_bos_token: true })).toBe(bos);
    expect(await bosOf({ post_processor: null })).toBeNull();
    const processors = [{ type: 'ByteLevel' }, post_processor];
    expect(await bosOf({ post_processor: { type: 'Sequence', processors } })).toBe(bos);
    for (const hostile of [7, [], { type: 'TemplateProcessing' }, { type: 'TemplateProcessing', single: [null] }])
      expect(await bosOf({ post_processor: hostile })).toBeNull();
  });

  test('ChatML: Hugging Face’s and LLaVA’s own wording; `<|im_end|>` ends an answer whatever eos is', async () => {
    const { files, prompt } = await emitted('onevision', {}, { eos_token: '<|endoftext|>' });
    expect(prompt).toMatchObject({ system: '', user: '<|im_start|>user ', separator: '<|im_end|>', answer_start: '' });
    expect(prompt.stop_ids).toEqual([files.idOf('<|endoftext|>'), files.idOf('<|im_end|>')]);
    expect(prompt.bos_id).toBeNull();
    const own = await emitted('onevision-own');
    expect(own.prompt).toMatchObject({
      system: '<|im_start|>system\nYou are a helpful assistant.',
      user: '<|im_start|>user\n',
      separator: '<|im_end|>\n',
      turn_end: '<|im_end|>\n',
    });
    expect(own.prompt.stop_ids).toEqual([own.files.idOf('<|im_end|>')]);
  });

  test('a tokenizer without the template’s mark, or with more ids than the model knows, is refused', async () => {
    const { tokenizer } = tinyTokenizer('llama');
    await expect(emitted('onevision', tokenizer, { eos_token: '</s>' })).rejects.toThrow(/<\|im_end\|>/);
    await expect(emitted('llava', {}, {}, 200)).rejects.toThrow(/ids up to \d+; the model knows 200/);
    const foreign = { added_tokens: [{ id: 5000, content: '<more>', special: false }] };
    await expect(emitted('phi', foreign)).rejects.toThrow(/ids up to 5000/);
    // A special token is never part of a text, so one without a row is harmless.
    const pad = { id: 5000, content: '[PAD]', special: true };
    const { added_tokens } = tokenizer as { added_tokens: object[] };
    await expect(emitted('llava', { added_tokens: [...added_tokens, pad] })).resolves.toBeDefined();
  });
});
