/** The manifest's adapters, checked against the files and variants of the model they belong to. */
import type { Adapter, AdapterVariant, ManifestFile, SelfTest, Variant } from './manifest.ts';
import type { Field } from './fields.ts';
import { identifier, listedPath } from './manifest-fields.ts';
import { parseAnswer } from './manifest-self-test.ts';

const MAX_ADAPTERS = 256;
const MAX_SHARDS = 10_000;
const MAX_BYTES = 2 ** 40;

/** What an adapter is checked against. */
export interface AdapterBase {
  files: readonly ManifestFile[];
  variants: readonly Variant[];
  self_test: SelfTest;
  vocabSize: number;
}

/** Throws `manifest-invalid`. */
export function parseAdapters(field: Field, base: AdapterBase): Adapter[] {
  const adapters = field.list(MAX_ADAPTERS).map((item) => parseAdapter(item, base));
  if (new Set(adapters.map(({ id }) => id)).size !== adapters.length) field.fail('has an id twice');
  return adapters;
}

function parseAdapter(adapter: Field, base: AdapterBase): Adapter {
  adapter.only(['id', 'name', 'description', 'variants']);
  const field = adapter.get('variants');
  const variants = field.list(base.variants.length, 1).map((item) => parseAdapterVariant(item, base));
  if (new Set(variants.map(({ variant }) => variant)).size !== variants.length) field.fail('names a variant twice');
  return {
    id: identifier(adapter.get('id')),
    name: adapter.get('name').text(1),
    description: adapter.get('description').text(),
    variants,
  };
}

function parseAdapterVariant(fields: Field, base: AdapterBase): AdapterVariant {
  fields.only(['variant', 'decoder', 'weights', 'bytes'], ['answer']);
  const listed = new Map(base.files.map((file) => [file.path, file.bytes]));
  const variant = fields.get('variant').text(1);
  const replaced =
    base.variants.find(({ id }) => id === variant) ?? fields.get('variant').fail('is no variant of this model');
  const decoder = listedPath(fields.get('decoder'), listed);
  const shards = fields.get('weights');
  const weights = shards.list(MAX_SHARDS).map((item) => listedPath(item, listed));
  const all = [decoder, ...weights, replaced.decoder, replaced.vision, ...replaced.weights];
  if (new Set(all).size !== all.length) shards.fail('names a file twice');
  const bytes = fields.get('bytes').whole(1, MAX_BYTES);
  const sum = [decoder, ...weights].reduce((total, name) => total + (listed.get(name) ?? 0), 0);
  if (sum !== bytes) fields.get('bytes').fail(`must be ${sum}, the sum of its files`);
  const probes = base.self_test.probe_ids.length;
  const answer = fields.pick({}, { answer: (field: Field) => parseAnswer(field, base.vocabSize, probes) });
  return { variant, decoder, weights, bytes, ...answer };
}
