/** Turns untrusted JSON into a ModelManifest, or says which field breaks model-format 1. */
import type { Device } from './backend.ts';
import { AppError } from './errors.ts';
import {
  type Architecture,
  CHUNK_BYTES,
  type Feature,
  type ManifestFile,
  MODEL_FORMAT,
  type ModelManifest,
  type Processor,
  type PromptTemplate,
  type SelfTest,
  type Variant,
} from './manifest.ts';

/** Bounds that no honest model exceeds; they keep a hostile manifest from asking for absurd work. */
const MAX_FILES = 10_000;
const MAX_VARIANTS = 64;
const MAX_TEXT = 100_000;
const MAX_IDS = 1 << 16;
const MAX_FILE_BYTES = 2 ** 40;
const MAX_LENGTH = 1 << 20;
const MIN_CHUNK_BYTES = 1024;
const DEVICES: readonly Device[] = ['webgpu', 'wasm'];
const FEATURES: readonly Feature[] = ['shader-f16'];

function fail(field: string, problem: string): never {
  throw new AppError(
    'manifest-invalid',
    `The model's manifest.json is not usable: ${field} ${problem}. Build the model again, or use another model.`,
    { field },
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** A field of its own; what Object.prototype offers does not count. */
function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** An object with exactly these keys: an unknown key is an error too, so that a typo cannot pass as a default. */
function object(value: unknown, field: string, keys: readonly string[]): Fields {
  const fields = record(value, field);
  for (const key of Object.keys(fields)) if (!keys.includes(key)) fail(join(field, key), 'is not a known field');
  for (const key of keys) if (!Object.hasOwn(fields, key)) fail(join(field, key), 'is missing');
  return fields;
}

function record(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(field, 'must be an object');
  return value as Fields;
}

function join(field: string, key: string): string {
  return field === 'manifest' ? key : `${field}.${key}`;
}

function array(value: unknown, field: string, max: number, min = 0): readonly unknown[] {
  if (!Array.isArray(value)) fail(field, 'must be an array');
  if (value.length < min || value.length > max) fail(field, `must have ${min} to ${max} entries`);
  return value;
}

function text(value: unknown, field: string, min = 0): string {
  if (typeof value !== 'string') fail(field, 'must be a string');
  if (value.length < min || value.length > MAX_TEXT) fail(field, `must have ${min} to ${MAX_TEXT} characters`);
  return value;
}

function integer(value: unknown, field: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) fail(field, 'must be a whole number');
  if (value < min || value > max) fail(field, `must be between ${min} and ${max}`);
  return value;
}

function finite(value: unknown, field: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) fail(field, 'must be a finite number');
  if (value < min || value > max) fail(field, `must be between ${min} and ${max}`);
  return value;
}

function oneOf<T extends string>(value: unknown, field: string, allowed: readonly T[]): T {
  if (!(allowed as readonly unknown[]).includes(value)) fail(field, `must be one of ${allowed.join(', ')}`);
  return value as T;
}

function numbers(value: unknown, field: string, max: number, min = 0): number[] {
  return array(value, field, max, min).map((item, i) => finite(item, `${field}[${i}]`, -1e30, 1e30));
}

function ids(value: unknown, field: string, min: number, limit: number): number[] {
  return array(value, field, MAX_IDS, min).map((item, i) => integer(item, `${field}[${i}]`, 0, limit - 1));
}

function triple(value: unknown, field: string, min: number, max: number): [number, number, number] {
  const [r, g, b] = array(value, field, 3, 3).map((item, i) => finite(item, `${field}[${i}]`, min, max));
  return [r as number, g as number, b as number];
}

/**
 * A relative path inside the model folder, in plain characters only: letters, digits, `.`, `_`, `-` and single `/`.
 * That excludes `..`, `.`, `%2e`, backslashes, schemes, `//host`, NUL, queries and fragments at one stroke.
 */
function path(value: unknown, field: string): string {
  const name = text(value, field, 1);
  const segments = name.split('/');
  const plain = segments.every((segment) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment));
  if (!plain || name.length > 512) fail(field, 'must be a plain relative path inside the model folder');
  return name;
}

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

function parseProcessor(value: unknown): Processor {
  const keys = ['image_size', 'pad_color', 'resample', 'rescale', 'mean', 'std', 'image_tokens'];
  const processor = object(value, 'processor', keys);
  const pad = processor['pad_color'];
  return {
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
  const prompt = object(value, 'prompt', keys);
  const bos = prompt['bos_id'];
  return {
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

function parseSelfTest(value: unknown, vocabSize: number, maxLength: number, variants: readonly Variant[]): SelfTest {
  const keys = ['input_ids', 'next_ids', 'probe_ids', 'probe_logits', 'image_embeds', 'tolerance'];
  const test = object(value, 'self_test', keys);
  // An image slot is vocab_size + row, so ids reach beyond the vocabulary.
  const input_ids = ids(test['input_ids'], 'self_test.input_ids', 1, vocabSize + MAX_LENGTH);
  const next_ids = ids(test['next_ids'], 'self_test.next_ids', 1, vocabSize);
  if (input_ids.length + next_ids.length > maxLength) fail('self_test.input_ids', 'is longer than limits.max_length');
  const probe_ids = ids(test['probe_ids'], 'self_test.probe_ids', 1, vocabSize);
  const probe_logits = numbers(test['probe_logits'], 'self_test.probe_logits', probe_ids.length, probe_ids.length);
  const image_embeds = numbers(test['image_embeds'], 'self_test.image_embeds', MAX_IDS, 1);
  const tolerances = record(test['tolerance'], 'self_test.tolerance');
  const tolerance: Record<string, number> = {};
  for (const { id } of variants) tolerance[id] = finite(own(tolerances, id), `self_test.tolerance.${id}`, 0, 1e6);
  for (const id of Object.keys(tolerances))
    if (!Object.hasOwn(tolerance, id)) fail(`self_test.tolerance.${id}`, 'belongs to no variant');
  return { input_ids, next_ids, probe_ids, probe_logits, image_embeds, tolerance };
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

/**
 * The manifest that `json` (already through JSON.parse) describes.
 * Throws `manifest-invalid`; its evidence names the first field that is wrong.
 */
export function parseManifest(json: unknown): ModelManifest {
  const format = own(record(json, 'manifest'), 'format');
  if (format !== MODEL_FORMAT) fail('format', `must be ${MODEL_FORMAT}; this version reads no other`);
  const fields = object(json, 'manifest', TOP_KEYS);
  const source = object(fields['source'], 'source', ['repo', 'revision']);
  const architecture = parseArchitecture(fields['architecture']);
  const limits = object(fields['limits'], 'limits', ['max_length']);
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
  return {
    format: MODEL_FORMAT,
    id: text(fields['id'], 'id', 1),
    name: text(fields['name'], 'name', 1),
    description: text(fields['description'], 'description'),
    license: text(fields['license'], 'license'),
    source: { repo: text(source['repo'], 'source.repo'), revision: text(source['revision'], 'source.revision') },
    architecture,
    processor: parseProcessor(fields['processor']),
    prompt: parsePrompt(fields['prompt'], architecture.vocab_size),
    generation: {
      max_tokens: integer(generation['max_tokens'], 'generation.max_tokens', 1, MAX_LENGTH),
      temperature: finite(generation['temperature'], 'generation.temperature', 0, 100),
      top_p: finite(generation['top_p'], 'generation.top_p', 0, 1),
      repetition_penalty: finite(generation['repetition_penalty'], 'generation.repetition_penalty', 1e-3, 100),
    },
    limits: { max_length },
    chunk_bytes,
    files,
    variants,
    self_test: parseSelfTest(fields['self_test'], architecture.vocab_size, max_length, variants),
  };
}
