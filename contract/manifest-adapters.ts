/** The manifest's adapters, checked against the files and variants of the model they belong to. */
import type { Adapter, AdapterVariant, ManifestFile, SelfTest, Variant } from './manifest.ts';
import { array, fail, integer, object, own, path, text } from './manifest-fields.ts';
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
export function parseAdapters(value: unknown, base: AdapterBase): Adapter[] {
  const adapters = array(value, 'adapters', MAX_ADAPTERS).map((item, i) => parseAdapter(item, `adapters[${i}]`, base));
  if (new Set(adapters.map(({ id }) => id)).size !== adapters.length) fail('adapters', 'has an id twice');
  return adapters;
}

function parseAdapter(value: unknown, field: string, base: AdapterBase): Adapter {
  const adapter = object(value, field, ['id', 'name', 'description', 'variants']);
  const id = text(adapter['id'], `${field}.id`, 1);
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(id)) fail(`${field}.id`, 'must be lower-case letters, digits and dashes');
  const variants = array(adapter['variants'], `${field}.variants`, base.variants.length, 1).map((item, i) =>
    parseAdapterVariant(item, `${field}.variants[${i}]`, base),
  );
  if (new Set(variants.map(({ variant }) => variant)).size !== variants.length)
    fail(`${field}.variants`, 'names a variant twice');
  return {
    id,
    name: text(adapter['name'], `${field}.name`, 1),
    description: text(adapter['description'], `${field}.description`),
    variants,
  };
}

function parseAdapterVariant(value: unknown, field: string, base: AdapterBase): AdapterVariant {
  const fields = object(value, field, ['variant', 'decoder', 'weights', 'bytes'], ['answer']);
  const listed = new Map(base.files.map((file) => [file.path, file.bytes]));
  const file = (name: unknown, at: string): string => {
    const known = path(name, at);
    if (!listed.has(known)) fail(at, 'is not in the list of files');
    return known;
  };
  const variant = text(fields['variant'], `${field}.variant`, 1);
  const replaced = base.variants.find(({ id }) => id === variant);
  if (!replaced) fail(`${field}.variant`, 'is no variant of this model');
  const decoder = file(fields['decoder'], `${field}.decoder`);
  const weights = array(fields['weights'], `${field}.weights`, MAX_SHARDS).map((item, i) =>
    file(item, `${field}.weights[${i}]`),
  );
  const all = [decoder, ...weights, replaced.decoder, replaced.vision, ...replaced.weights];
  if (new Set(all).size !== all.length) fail(`${field}.weights`, 'names a file twice');
  const bytes = integer(fields['bytes'], `${field}.bytes`, 1, MAX_BYTES);
  const sum = [decoder, ...weights].reduce((total, name) => total + (listed.get(name) ?? 0), 0);
  if (sum !== bytes) fail(`${field}.bytes`, `must be ${sum}, the sum of its files`);
  const given = own(fields, 'answer');
  const probes = base.self_test.probe_ids.length;
  const answer = given === undefined ? {} : { answer: parseAnswer(given, `${field}.answer`, base.vocabSize, probes) };
  return { variant, decoder, weights, bytes, ...answer };
}
