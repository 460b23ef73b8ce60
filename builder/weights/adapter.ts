/** A PEFT adapter's files (adapter_config.json, adapter_model.safetensors) → low-rank changes of named Linears. */
import { AppError } from '../../contract/errors.ts';
import type { Source } from '../../contract/files.ts';
import type { LowRank } from '../parts/precision.ts';
import { findKeys } from '../families/keys.ts';
import { type Checkpoint, checkFinite, decode, readJsonObject } from './checkpoint.ts';
import { type FloatTensor, plusProduct } from './float-tensor.ts';
import { openSafetensors, type Safetensors } from './safetensors.ts';

export interface LoraAdapter {
  /** What a person calls it. */
  name: string;
  /** By the name of the Linear in the checkpoint, without `.weight`. */
  changes: ReadonlyMap<string, LowRank>;
}

type Config = Readonly<Record<string, unknown>>;

function refuse(adapter: string, problem: string, field: string): AppError {
  return new AppError('model-unsupported', `The adapter in ${adapter} cannot be used: ${problem}`, { field });
}

/** Fields that must be absent or have one of these values; whatever else they say changes the computation. */
const PLAIN: Readonly<Record<string, readonly unknown[]>> = {
  peft_type: ['LORA'],
  use_dora: [false],
  fan_in_fan_out: [false],
  bias: ['none'],
  lora_bias: [false],
  use_qalora: [false],
  layer_replication: [],
  // These begin by changing the base weights, and an adapter made so fits only the changed ones.
  init_lora_weights: [true, false, 'gaussian'],
};
/** Fields that must be absent or empty. */
const EMPTY = ['modules_to_save', 'rank_pattern', 'alpha_pattern', 'target_parameters', 'trainable_token_indices'];

/** Fields that say which Linears were trained (the matrices say it too), how, and with what. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'r',
  'lora_alpha',
  'use_rslora', // read by `scaleOf`
  'target_modules',
  'exclude_modules',
  'layers_to_transform',
  'layers_pattern',
  'auto_mapping',
  'task_type',
  'base_model_name_or_path',
  'revision',
  'peft_version',
  'inference_mode',
  'lora_dropout',
  'megatron_core',
  // Each of these belongs to a method that is switched on by a field of its own.
  'qalora_group_size',
  'loftq_config',
  'eva_config',
  'corda_config',
  'lora_ga_config',
]);

/** True for what a field says when it asks for nothing. */
function isUnset(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Whatever a later PEFT or another program adds may change what the matrices mean, so it is named. */
function refuseUnknown(config: Config, adapter: string): void {
  for (const [field, value] of Object.entries(config)) {
    if (WITHOUT_EFFECT.has(field) || Object.hasOwn(PLAIN, field) || EMPTY.includes(field) || isUnset(value)) continue;
    const said = JSON.stringify(value).slice(0, 100);
    const problem = `adapter_config.json sets ${field.slice(0, 100)} to ${said}, which is not built.`;
    throw refuse(adapter, problem, field.slice(0, 100));
  }
}

const WEIGHTS = /\.(safetensors|bin|pth?|ckpt)$/i;
/** The matrices themselves (PEFT before safetensors wrote .bin), and the state that trainers keep to go on. */
const EXPECTED = /^(adapter_model|training_args|optimizer|scheduler|scaler|rng_state(_\d+)?)\.[a-z]+$/;

/** `names`: what lies in the folder. Weights that were trained along are part of the adapter, and are not read. */
function refuseOtherWeights(names: readonly string[], adapter: string): void {
  const other = names.filter((name) => WEIGHTS.test(name) && !EXPECTED.test(name)).sort()[0];
  if (other === undefined) return;
  const problem =
    `beside the matrices lies ${other.slice(0, 200)}, which is not read. If it was trained along, as LLaVA trains its ` +
    'projector, merge both into the checkpoint with the program that trained them; if not, take it out of the folder.';
  throw refuse(adapter, problem, other.slice(0, 200));
}

function checkConfig(config: Config, adapter: string): void {
  const given = (field: string): unknown => (Object.hasOwn(config, field) ? (config[field] ?? undefined) : undefined);
  if (given('peft_type') === undefined) throw refuse(adapter, 'adapter_config.json has no peft_type.', 'peft_type');
  for (const [field, allowed] of Object.entries(PLAIN)) {
    const value = given(field);
    if (value !== undefined && !allowed.includes(value))
      throw refuse(adapter, `${field} is ${JSON.stringify(value).slice(0, 100)}, which is not built.`, field);
  }
  for (const field of EMPTY) {
    const value = given(field);
    if (value !== undefined && Object.keys(Object(value)).length > 0)
      throw refuse(adapter, `${field} is not built. Train the adapter with low-rank matrices alone.`, field);
  }
  refuseUnknown(config, adapter);
}

/** What up · down is multiplied with: alpha / r, with rsLoRA alpha / √r. */
function scaleOf(config: Config, adapter: string): number {
  const { r, lora_alpha: alpha, use_rslora: rank_stabilised = false } = config;
  if (typeof r !== 'number' || !Number.isSafeInteger(r) || r < 1) throw refuse(adapter, 'r is no rank.', 'r');
  if (typeof alpha !== 'number' || !Number.isFinite(alpha))
    throw refuse(adapter, 'lora_alpha is no number.', 'lora_alpha');
  if (typeof rank_stabilised !== 'boolean') throw refuse(adapter, 'use_rslora is no switch.', 'use_rslora');
  return alpha / (rank_stabilised ? Math.sqrt(r) : r);
}

/** `base_model.model.PATH.lora_A.weight`, also with the adapter's name (`default`) before `weight`. */
const TENSOR = /^base_model\.model\.(.+)\.lora_([AB])\.(?:[A-Za-z0-9_-]+\.)?weight$/;

/** Hugging Face moved the language model between generations; a checkpoint and an adapter may come from either side. */
function nameIn(checkpoint: Checkpoint, path: string): string | undefined {
  const candidates = [
    path,
    path.replace(/^model\.language_model\./, 'language_model.model.'),
    path.replace(/^language_model\.model\./, 'model.language_model.'),
  ];
  return candidates.find((name) => checkpoint.dims(`${name}.weight`)?.length === 2);
}

function pairs(file: Safetensors, adapter: string): Map<string, { A?: string; B?: string }> {
  const found = new Map<string, { A?: string; B?: string }>();
  for (const name of file.tensors.keys()) {
    const match = TENSOR.exec(name);
    if (!match) throw refuse(adapter, `it holds ${name.slice(0, 200)}, which is no part of a LoRA of Linears.`, name);
    const [, path = '', side] = match;
    const pair = found.get(path) ?? {};
    pair[side as 'A' | 'B'] = name;
    found.set(path, pair);
  }
  if (found.size === 0) throw refuse(adapter, 'it holds no matrices.', 'adapter_model.safetensors');
  return found;
}

/** Opens an adapter that was trained on `checkpoint`. Throws `model-unsupported`; its evidence names the field or tensor. */
export async function openAdapter(files: Source, checkpoint: Checkpoint): Promise<LoraAdapter> {
  const adapter = files.name;
  const config = await readJsonObject(files, 'adapter_config.json');
  if (!config) throw refuse(adapter, 'it has no adapter_config.json.', 'adapter_config.json');
  checkConfig(config, adapter);
  refuseOtherWeights(await files.list(), adapter);
  const scale = scaleOf(config, adapter);
  const rank = config['r'] as number;
  const file = await openSafetensors(files, 'adapter_model.safetensors');
  const tensor = (name: string, dims: readonly number[], factor: number): FloatTensor => {
    const entry = file.tensors.get(name);
    const wanted = dims.join(', ');
    if (entry?.shape.join(', ') !== wanted)
      throw refuse(adapter, `${name} is [${entry?.shape.join(', ')}] and not [${wanted}].`, name);
    const read = async (): Promise<Float32Array> => {
      const values = checkFinite(decode(await file.read(name), entry.dtype, name), name);
      return factor === 1 ? values : values.map((value) => value * factor);
    };
    return { key: name, dims, read };
  };
  const changes = new Map<string, LowRank>();
  for (const [path, { A, B }] of pairs(file, adapter)) {
    const name = nameIn(checkpoint, path);
    if (name === undefined)
      throw refuse(adapter, `it changes ${path.slice(0, 200)}, which is no Linear of this checkpoint.`, path);
    if (!A || !B) throw refuse(adapter, `${path.slice(0, 200)} has one matrix of two.`, path);
    const [outputs = 0, inputs = 0] = checkpoint.dims(`${name}.weight`) ?? [];
    changes.set(name, { down: tensor(A, [rank, inputs], 1), up: tensor(B, [outputs, rank], scale) });
  }
  return { name: adapter, changes };
}

/** The checkpoint as if it had been trained so: every changed weight plus its change. */
export function merged(checkpoint: Checkpoint, { changes }: LoraAdapter): Checkpoint {
  return {
    ...checkpoint,
    tensor: (name, dims) => {
      const base = checkpoint.tensor(name, dims);
      const change = changes.get(name.replace(/\.weight$/, ''));
      return change && name.endsWith('.weight') ? plusProduct(name, base, change.up, change.down) : base;
    },
  };
}

/**
 * The checkpoint with the changes beside its weights. Only the language model's Linears can be changed so: pictures are
 * seen by the same graph with and without the adapter. Throws `model-unsupported` for a change elsewhere.
 */
export function beside(checkpoint: Checkpoint, { changes, name: adapter }: LoraAdapter): Checkpoint {
  const { language, head } = findKeys(checkpoint);
  for (const name of changes.keys())
    if (name !== head && !name.startsWith(`${language}layers.`)) {
      const problem = `it changes ${name.slice(0, 200)}, outside the language model. Merge it with --merge-adapter.`;
      throw refuse(adapter, problem, name);
    }
  return { ...checkpoint, change: (name) => changes.get(name) };
}
