/** Turns untrusted JSON into a ModelManifest, or says which field breaks model-format 1. */
import type { Device } from './backend.ts';
import {
  type Architecture,
  CHUNK_BYTES,
  type Feature,
  type ManifestFile,
  MODEL_FORMAT,
  type ModelManifest,
  type Preprocessor,
  type PromptTemplate,
  type Variant,
} from './manifest.ts';
import {
  array,
  type Fields,
  fail,
  finite,
  ids,
  integer,
  object,
  oneOf,
  own,
  path,
  record,
  text,
  triple,
} from './manifest-fields.ts';
import { parseAdapters } from './manifest-adapters.ts';
import { parseSelfTest } from './manifest-self-test.ts';

/** Bounds that no honest model exceeds; they keep a hostile manifest from asking for absurd work. */
const MAX_FILES = 10_000;
const MAX_VARIANTS = 64;
const MAX_FILE_BYTES = 2 ** 40;
const MAX_LENGTH = 1 << 20;
const MIN_CHUNK_BYTES = 1024;
const DEVICES: readonly Device[] = ['webgpu', 'wasm'];
const FEATURES: readonly Feature[] = ['shader-f16'];

function parseFile(value: unknown, field: string, chunkBytes: number): ManifestFile {
  const file = object(value, field, ['path', 'bytes', 'chunks']);
  const bytes = integer(file['bytes'], `${field}.bytes`, 0, MAX_FILE_BYTES);
  const count = Math.ceil(bytes / chunkBytes);
  const chunks = array(file['chunks'], `${field}.chunks`, count, count).map((sum, i) => {
    if (typeof sum !== 'string' || !/^[0-9a-f]{64}$/.test(sum)) fail(`${field}.chunks[${i}]`, 'must be 64 hex digits');
    return sum;
  });
  return { path: path(file['path'], `${field}.path`), bytes, chunks };
}

/** A power of two, so that any offset has one chunk; at most `CHUNK_BYTES`, which every browser stores in one piece. */
function parseChunkBytes(value: unknown): number {
  const bytes = integer(value, 'chunk_bytes', MIN_CHUNK_BYTES, CHUNK_BYTES);
  if (!Number.isInteger(Math.log2(bytes))) fail('chunk_bytes', 'must be a power of two');
  return bytes;
}

function parseFiles(value: unknown, chunkBytes: number): ManifestFile[] {
  const files = array(value, 'files', MAX_FILES, 1).map((file, i) => parseFile(file, `files[${i}]`, chunkBytes));
  const seen = new Set<string>();
  for (const [i, file] of files.entries()) {
    // Compared without case: the folder may lie on a file system that does not tell A from a.
    const name = file.path.toLowerCase();
    if (name === 'manifest.json') fail(`files[${i}].path`, 'must not be the manifest itself');
    if (seen.has(name)) fail(`files[${i}].path`, 'is listed twice');
    seen.add(name);
  }
  return files;
}

function parseVariant(value: unknown, field: string, listed: ReadonlyMap<string, number>): Variant {
  const keys = ['id', 'device', 'needs', 'vision', 'decoder', 'weights', 'activations', 'bytes'];
  const variant = object(value, field, keys);
  const file = (key: unknown, at: string): string => {
    const name = path(key, at);
    if (!listed.has(name)) fail(at, 'is not in the list of files');
    return name;
  };
  const id = text(variant['id'], `${field}.id`, 1);
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(id)) fail(`${field}.id`, 'must be lower-case letters, digits and dashes');
  const vision = file(variant['vision'], `${field}.vision`);
  const decoder = file(variant['decoder'], `${field}.decoder`);
  const weights = array(variant['weights'], `${field}.weights`, MAX_FILES).map((item, i) =>
    file(item, `${field}.weights[${i}]`),
  );
  if (new Set([vision, decoder, ...weights]).size !== weights.length + 2)
    fail(`${field}.weights`, 'names a file twice');
  const needs = array(variant['needs'], `${field}.needs`, FEATURES.length);
  return {
    id,
    device: oneOf(variant['device'], `${field}.device`, DEVICES),
    needs: needs.map((item, i) => oneOf(item, `${field}.needs[${i}]`, FEATURES)),
    vision,
    decoder,
    weights,
    activations: oneOf(variant['activations'], `${field}.activations`, ['float32', 'float16'] as const),
    bytes: integer(variant['bytes'], `${field}.bytes`, 1, MAX_FILE_BYTES),
  };
}

function parseVariants(value: unknown, files: readonly ManifestFile[]): Variant[] {
  const listed = new Map(files.map((file) => [file.path, file.bytes]));
  const variants = array(value, 'variants', MAX_VARIANTS, 1).map((item, i) =>
    parseVariant(item, `variants[${i}]`, listed),
  );
  if (new Set(variants.map((variant) => variant.id)).size !== variants.length) fail('variants', 'has an id twice');
  for (const [i, variant] of variants.entries()) {
    const own = [variant.vision, variant.decoder, ...variant.weights];
    const tokenizer = ['tokenizer.json', 'tokenizer_config.json'].filter((name) => listed.has(name));
    const sum = [...own, ...tokenizer].reduce((total, name) => total + (listed.get(name) ?? 0), 0);
    if (sum !== variant.bytes) fail(`variants[${i}].bytes`, `must be ${sum}, the sum of its files`);
  }
  return variants;
}

function parsePreprocessor(value: unknown): Preprocessor {
  const keys = ['image_size', 'pad_color', 'resample', 'rescale', 'mean', 'std', 'image_tokens'];
  const processor = object(value, 'processor', keys, ['crop']);
  const pad = processor['pad_color'];
  const crop = own(processor, 'crop');
  return {
    ...(crop === undefined ? {} : { crop: oneOf(crop, 'processor.crop', [true, false] as const) }),
    image_size: integer(processor['image_size'], 'processor.image_size', 1, 4096),
    pad_color: pad === null ? null : triple(pad, 'processor.pad_color', 0, 255),
    resample: oneOf(processor['resample'], 'processor.resample', ['bicubic'] as const),
    rescale: finite(processor['rescale'], 'processor.rescale', 1e-9, 1e9),
    mean: triple(processor['mean'], 'processor.mean', -1e6, 1e6),
    std: triple(processor['std'], 'processor.std', 1e-9, 1e6),
    image_tokens: integer(processor['image_tokens'], 'processor.image_tokens', 1, MAX_LENGTH),
  };
}

function parsePrompt(value: unknown, vocabSize: number): PromptTemplate {
  const keys = ['system', 'user', 'assistant', 'separator', 'turn_end', 'image_marker', 'bos_id', 'stop_ids'];
  const optional = ['system_start', 'without_image', 'answer_start'] as const;
  const prompt = object(value, 'prompt', keys, optional);
  const bos = prompt['bos_id'];
  const given = optional.filter((key) => own(prompt, key) !== undefined);
  return {
    ...Object.fromEntries(given.map((key) => [key, text(prompt[key], `prompt.${key}`)])),
    system: text(prompt['system'], 'prompt.system'),
    user: text(prompt['user'], 'prompt.user'),
    assistant: text(prompt['assistant'], 'prompt.assistant'),
    separator: text(prompt['separator'], 'prompt.separator'),
    turn_end: text(prompt['turn_end'], 'prompt.turn_end'),
    image_marker: text(prompt['image_marker'], 'prompt.image_marker', 1),
    bos_id: bos === null ? null : integer(bos, 'prompt.bos_id', 0, vocabSize - 1),
    stop_ids: ids(prompt['stop_ids'], 'prompt.stop_ids', 0, vocabSize),
  };
}

const LANGUAGE_NUMBERS = [
  'vocab_size',
  'hidden_size',
  'num_hidden_layers',
  'num_attention_heads',
  'num_key_value_heads',
  'head_dim',
] as const;
const VISION_NUMBERS = ['hidden_size', 'num_hidden_layers', 'patch_size'] as const;

function sizes<K extends string>(fields: Fields, field: string, names: readonly K[]): Record<K, number> {
  const read = names.map((name) => [name, integer(own(fields, name), `${field}.${name}`, 1, 1 << 24)] as const);
  return Object.fromEntries(read) as Record<K, number>;
}

function parseArchitecture(value: unknown): Architecture {
  const fields = object(value, 'architecture', ['family', ...LANGUAGE_NUMBERS, 'vision']);
  const vision = object(fields['vision'], 'architecture.vision', VISION_NUMBERS);
  return {
    family: text(fields['family'], 'architecture.family', 1),
    ...sizes(fields, 'architecture', LANGUAGE_NUMBERS),
    vision: sizes(vision, 'architecture.vision', VISION_NUMBERS),
  };
}

const TOP_KEYS = [
  'format',
  'id',
  'name',
  'description',
  'license',
  'source',
  'architecture',
  'processor',
  'prompt',
  'generation',
  'limits',
  'chunk_bytes',
  'files',
  'variants',
  'self_test',
] as const;

function parseMaxImages(value: unknown): { max_images?: number } {
  return value === undefined ? {} : { max_images: integer(value, 'limits.max_images', 1, MAX_LENGTH) };
}

/**
 * The manifest that `json` (already through JSON.parse) describes.
 * Throws `manifest-invalid`; its evidence names the first field that is wrong.
 */
export function parseManifest(json: unknown): ModelManifest {
  const format = own(record(json, 'manifest'), 'format');
  if (format !== MODEL_FORMAT) fail('format', `must be ${MODEL_FORMAT}; this version reads no other`);
  const fields = object(json, 'manifest', TOP_KEYS, ['adapters']);
  const source = object(fields['source'], 'source', ['repo', 'revision']);
  const architecture = parseArchitecture(fields['architecture']);
  const limits = object(fields['limits'], 'limits', ['max_length'], ['max_images']);
  const max_length = integer(limits['max_length'], 'limits.max_length', 1, MAX_LENGTH);
  const generation = object(fields['generation'], 'generation', [
    'max_tokens',
    'temperature',
    'top_p',
    'repetition_penalty',
  ]);
  const chunk_bytes = parseChunkBytes(fields['chunk_bytes']);
  const files = parseFiles(fields['files'], chunk_bytes);
  const variants = parseVariants(fields['variants'], files);
  const self_test = parseSelfTest(fields['self_test'], architecture.vocab_size, max_length, variants);
  const adapters = own(fields, 'adapters');
  const base = { files, variants, self_test, vocabSize: architecture.vocab_size };
  return {
    format: MODEL_FORMAT,
    id: text(fields['id'], 'id', 1),
    name: text(fields['name'], 'name', 1),
    description: text(fields['description'], 'description'),
    license: text(fields['license'], 'license'),
    source: { repo: text(source['repo'], 'source.repo'), revision: text(source['revision'], 'source.revision') },
    architecture,
    processor: parsePreprocessor(fields['processor']),
    prompt: parsePrompt(fields['prompt'], architecture.vocab_size),
    generation: {
      max_tokens: integer(generation['max_tokens'], 'generation.max_tokens', 1, MAX_LENGTH),
      temperature: finite(generation['temperature'], 'generation.temperature', 0, 100),
      top_p: finite(generation['top_p'], 'generation.top_p', 0, 1),
      repetition_penalty: finite(generation['repetition_penalty'], 'generation.repetition_penalty', 1e-3, 100),
    },
    limits: { max_length, ...parseMaxImages(limits['max_images']) },
    chunk_bytes,
    files,
    variants,
    ...(adapters === undefined ? {} : { adapters: parseAdapters(adapters, base) }),
    self_test,
  };
}
