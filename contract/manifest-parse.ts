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
import { Field } from './fields.ts';
import { parseAdapters } from './manifest-adapters.ts';
import { identifier, ids, listedPath, path, refuseManifest, triple } from './manifest-fields.ts';
import { parseSelfTest } from './manifest-self-test.ts';

/** Bounds that no honest model exceeds; they keep a hostile manifest from asking for absurd work. */
const MAX_FILES = 10_000;
const MAX_VARIANTS = 64;
const MAX_FILE_BYTES = 2 ** 40;
const MAX_LENGTH = 1 << 20;
const MIN_CHUNK_BYTES = 1024;
const DEVICES: readonly Device[] = ['webgpu', 'wasm'];
const FEATURES: readonly Feature[] = ['shader-f16'];

function parseFile(file: Field, chunkBytes: number): ManifestFile {
  file.only(['path', 'bytes', 'chunks']);
  const bytes = file.get('bytes').whole(0, MAX_FILE_BYTES);
  const count = Math.ceil(bytes / chunkBytes);
  const chunks = file.get('chunks').list(count, count);
  return { path: path(file.get('path')), bytes, chunks: chunks.map(parseSum) };
}

function parseSum(field: Field): string {
  const sum = field.text();
  if (!/^[0-9a-f]{64}$/.test(sum)) field.fail('must be 64 hex digits');
  return sum;
}

/** A power of two, so that any offset has one chunk; at most `CHUNK_BYTES`, which every browser stores in one piece. */
function parseChunkBytes(field: Field): number {
  const bytes = field.whole(MIN_CHUNK_BYTES, CHUNK_BYTES);
  if (!Number.isInteger(Math.log2(bytes))) field.fail('must be a power of two');
  return bytes;
}

function parseFiles(field: Field, chunkBytes: number): ManifestFile[] {
  const seen = new Set<string>();
  return field.list(MAX_FILES, 1).map((item) => {
    const file = parseFile(item, chunkBytes);
    // Compared without case: the folder may lie on a file system that does not tell A from a.
    const name = file.path.toLowerCase();
    if (name === 'manifest.json') item.get('path').fail('must not be the manifest itself');
    if (seen.has(name)) item.get('path').fail('is listed twice');
    seen.add(name);
    return file;
  });
}

function parseVariant(field: Field, listed: ReadonlyMap<string, number>): Variant {
  const file = (at: Field): string => listedPath(at, listed);
  const variant = field.exactly({
    id: identifier,
    device: (device) => device.oneOf(DEVICES),
    needs: (needs) => needs.list(FEATURES.length).map((item) => item.oneOf(FEATURES)),
    vision: file,
    decoder: file,
    weights: (weights) => weights.list(MAX_FILES).map(file),
    activations: (kind) => kind.oneOf(['float32', 'float16']),
    bytes: (bytes) => bytes.whole(1, MAX_FILE_BYTES),
  });
  const own = [variant.vision, variant.decoder, ...variant.weights];
  if (new Set(own).size !== own.length) field.get('weights').fail('names a file twice');
  const tokenizer = ['tokenizer.json', 'tokenizer_config.json'].filter((name) => listed.has(name));
  const sum = [...own, ...tokenizer].reduce((total, name) => total + (listed.get(name) ?? 0), 0);
  if (sum !== variant.bytes) field.get('bytes').fail(`must be ${sum}, the sum of its files`);
  return variant;
}

function parseVariants(field: Field, files: readonly ManifestFile[]): Variant[] {
  const listed = new Map(files.map((file) => [file.path, file.bytes]));
  const variants = field.list(MAX_VARIANTS, 1).map((item) => parseVariant(item, listed));
  if (new Set(variants.map((variant) => variant.id)).size !== variants.length) field.fail('has an id twice');
  return variants;
}

const text = (field: Field): string => field.text();
const named = (field: Field): string => field.text(1);
const length = (field: Field): number => field.whole(1, MAX_LENGTH);

function parsePreprocessor(processor: Field): Preprocessor {
  return processor.exactly(
    {
      image_size: (field) => field.whole(1, 4096),
      pad_color: (field) => field.orNull((color) => triple(color, 0, 255)),
      resample: (field) => field.oneOf(['bicubic']),
      rescale: (field) => field.real(1e-9, 1e9),
      mean: (field) => triple(field, -1e6, 1e6),
      std: (field) => triple(field, 1e-9, 1e6),
      image_tokens: length,
    },
    { crop: (field) => field.oneOf([true, false]) },
  );
}

function parsePrompt(prompt: Field, vocabSize: number): PromptTemplate {
  return prompt.exactly(
    {
      system: text,
      user: text,
      assistant: text,
      separator: text,
      turn_end: text,
      image_marker: named,
      bos_id: (field) => field.orNull((id) => id.whole(0, vocabSize - 1)),
      stop_ids: (field) => ids(field, 0, vocabSize),
    },
    { system_start: text, without_image: text, answer_start: text },
  );
}

const size = (field: Field): number => field.whole(1, 1 << 24);

function parseArchitecture(architecture: Field): Architecture {
  return architecture.exactly({
    family: named,
    vocab_size: size,
    hidden_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    num_key_value_heads: size,
    head_dim: size,
    vision: (field) => field.exactly({ hidden_size: size, num_hidden_layers: size, patch_size: size }),
  });
}

function parseGeneration(generation: Field): ModelManifest['generation'] {
  return generation.exactly({
    max_tokens: length,
    temperature: (field) => field.real(0, 100),
    top_p: (field) => field.real(0, 1),
    repetition_penalty: (field) => field.real(1e-3, 100),
  });
}

/**
 * The manifest that `json` (already through JSON.parse) describes.
 * Throws `manifest-invalid`; its evidence names the first field that is wrong.
 */
export function parseManifest(json: unknown): ModelManifest {
  const manifest = new Field(json, '', refuseManifest);
  // What other fields mean depends on the format, and on these.
  const format = manifest.get('format');
  if (format.value !== MODEL_FORMAT) format.fail(`must be ${MODEL_FORMAT}; this version reads no other`);
  manifest.only(FIELDS, ['adapters']);
  const architecture = parseArchitecture(manifest.get('architecture'));
  const limits = manifest.get('limits').exactly({ max_length: length }, { max_images: length });
  const chunk_bytes = parseChunkBytes(manifest.get('chunk_bytes'));
  const files = parseFiles(manifest.get('files'), chunk_bytes);
  const variants = parseVariants(manifest.get('variants'), files);
  const { vocab_size: vocabSize } = architecture;
  const self_test = parseSelfTest(manifest.get('self_test'), vocabSize, limits.max_length, variants);
  const base = { files, variants, self_test, vocabSize };
  const rest = manifest.pick(
    {
      id: named,
      name: named,
      description: text,
      license: text,
      source: (field) => field.exactly({ repo: text, revision: text }),
      processor: parsePreprocessor,
      prompt: (field) => parsePrompt(field, vocabSize),
      generation: parseGeneration,
    },
    { adapters: (field: Field) => parseAdapters(field, base) },
  );
  return { ...rest, format: MODEL_FORMAT, architecture, limits, chunk_bytes, files, variants, self_test };
}

/** All fields of a manifest but adapters. */
const FIELDS = [
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
