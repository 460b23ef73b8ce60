/** A checkpoint directory → a model folder of format 1, complete or not there at all. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelManifest, SelfTest, Variant } from '../contract/manifest.ts';
import { parseManifest } from '../contract/manifest-parse.ts';
import { type AdapterSource, openAdapters, type OpenedAdapter, writeAdapter } from './adapters.ts';
import { describeFile } from './emit/hash.ts';
import { inPlace, refuseExisting } from './emit/in-place.ts';
import { architectureOf, manifestBody, type ManifestBody, type ModelCard, variantOf } from './emit/manifest.ts';
import { readPreprocessor } from './emit/preprocessor.ts';
import { promptTemplate } from './emit/prompt.ts';
import { writeGraph } from './emit/graph-file.ts';
import { type GraphGroup, planShards, type ShardPlan, writeShards } from './emit/shards.ts';
import { emitTokenizer } from './emit/tokenizer.ts';
import { type Model, readModel } from './families/model.ts';
import type { Graph } from './graph/graph.ts';
import { boundaryType, decoderGraph } from './language.ts';
import { computeAdapterAnswers, computeLargeSelfTest, computeSelfTest, deviceSlack } from './self-test.ts';
import { planVariant, type VariantPlan } from './variants.ts';
import { visionGraph } from './vision.ts';
import { merged, openAdapter } from './weights/adapter.ts';
import { type Checkpoint, openCheckpoint } from './weights/checkpoint.ts';

/** Longest conversation that is built, whatever the checkpoint allows: the KV cache is allocated in full. */
const MAX_LENGTH = 2048;
/** The variant that the others are measured against. */
const REFERENCE = 'f32';
/** Models whose float32 weights take more than this are not loaded whole for their known answer. */
export const LOADABLE_BYTES = 1024 ** 3;

export interface BuildOptions {
  checkpoint: string;
  /** Checkpoint of the vision tower, where `checkpoint` holds none. */
  visionTower?: string | undefined;
  /** PEFT adapter that becomes part of the weights. */
  mergeAdapter?: string | undefined;
  /** PEFT adapters that stay beside the weights, to be switched on and off. */
  adapters?: readonly AdapterSource[];
  out: string;
  variants: readonly string[];
  card: ModelCard;
  /** Replace `out` when it exists. */
  force?: boolean;
  /** Without a tokenizer a model can be tested but not asked. @default true */
  tokenizer?: boolean;
  /** Float32 weights above this many bytes are run layer by layer for the known answer; for tests. */
  loadableBytes?: number;
  signal?: AbortSignal;
  onProgress?: (step: string, done: number, total: number) => void;
}

interface VariantGraphs {
  id: string;
  vision: Graph;
  decoder: Graph;
}

function groupOf({ id, vision, decoder }: VariantGraphs): GraphGroup {
  return { id, graphs: [vision, decoder] };
}

/** Everything that is known before a byte is written. */
interface Plan {
  model: Model;
  adapters: OpenedAdapter[];
  body: (files: ManifestBody['files'], variants: Variant[], prompt: ManifestBody['prompt']) => ManifestBody;
  plans: VariantPlan[];
  graphsOf: (variant: VariantPlan) => VariantGraphs;
}

/** Builds the model. Throws `model-unsupported`, `request-invalid`, `cancelled`; on failure nothing is left behind. */
export async function buildModel(options: BuildOptions): Promise<ModelManifest> {
  await refuseExisting(options.out, options.force ?? false);
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(item: T): T => {
    opened.push(item);
    return item;
  };
  try {
    const stored = keep(await openCheckpoint(options.checkpoint));
    const { mergeAdapter, visionTower } = options;
    const tower = visionTower === undefined ? undefined : keep(await openCheckpoint(visionTower));
    const checkpoint =
      mergeAdapter === undefined ? stored : merged(stored, keep(await openAdapter(mergeAdapter, stored)));
    // Everything that can be known from config and headers is checked before a byte is written.
    const adapters = await openAdapters(options.adapters ?? [], checkpoint, tower);
    for (const { adapter } of adapters) keep(adapter);
    const plan = await planModel(checkpoint, tower, adapters, options);
    return await inPlace(options.out, (folder) => writeModel(checkpoint, plan, folder, options));
  } finally {
    for (const item of opened) await item.close();
  }
}

/** Longest conversation of the built model. */
export function maxLengthOf({ language }: Model): number {
  return Math.min(MAX_LENGTH, language.max_position_embeddings);
}

async function planModel(
  checkpoint: Checkpoint,
  tower: Checkpoint | undefined,
  adapters: OpenedAdapter[],
  options: BuildOptions,
): Promise<Plan> {
  const model = readModel(checkpoint, tower);
  const { family, language, vision, weights } = model;
  const maxLength = maxLengthOf(model);
  const plans = options.variants.map((id) => planVariant(id, language));
  const graphsOf = ({ id, precision }: VariantPlan): VariantGraphs => ({
    id,
    vision: visionGraph(vision, weights, precision, boundaryType(family, precision)),
    decoder: decoderGraph(family, language, weights.language, maxLength, precision),
  });
  const architecture = architectureOf(family.id, language, vision);
  const processor = await readPreprocessor(model, [checkpoint.directory, ...(tower ? [tower.directory] : [])]);
  const body: Plan['body'] = (files, variants, prompt) =>
    manifestBody(options.card, { architecture, processor, prompt, files, variants }, maxLength);
  return { model, adapters, body, plans, graphsOf };
}

async function writeModel(
  checkpoint: Checkpoint,
  plan: Plan,
  folder: string,
  options: BuildOptions,
): Promise<ModelManifest> {
  const { onProgress, signal } = options;
  const graphs = plan.plans.map(plan.graphsOf);
  const shards = planShards(graphs.map(groupOf));
  const tokenizer = await emitTokenizer(
    checkpoint.directory,
    folder,
    plan.model.language.vocab_size,
    options.tokenizer ?? true,
  );
  await writeShards(folder, shards, (bytes) => onProgress?.('weights', bytes, shards.bytes), signal);
  const paths = [...tokenizer.files, ...new Set([...shards.weights.values()].flat())];
  for (const { id, vision, decoder } of graphs) {
    paths.push(await writeGraph(folder, `${id}/vision.onnx`, vision, shards));
    paths.push(await writeGraph(folder, `${id}/decoder.onnx`, decoder, shards));
  }
  const files: ManifestBody['files'] = [];
  for (const [i, path] of paths.entries()) {
    signal?.throwIfAborted();
    files.push(await describeFile(folder, path));
    onProgress?.('checksums', i + 1, paths.length);
  }
  const variants = plan.plans.map((variant) =>
    variantOf(
      variant,
      shards.weights.get(variant.id) ?? [],
      files,
      tokenizer.files,
      boundaryType(plan.model.family, variant.precision),
    ),
  );
  const body = plan.body(files, variants, promptTemplate(plan.model, tokenizer));
  const loadable = options.loadableBytes ?? LOADABLE_BYTES;
  const selfTest = await testAgainstFloat32(folder, body, plan, loadable, (done, total) =>
    onProgress?.('self-test', done, total),
  );
  const adapters = await writeAdapters(folder, plan, shards, body, selfTest);
  // What is written has to pass the reader's own check.
  const manifest = parseManifest({ ...body, ...adapters, self_test: selfTest });
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
  return manifest;
}

/** Adds the adapters' files to those of `body`; their known answers come from the variants that they change. */
async function writeAdapters(
  folder: string,
  plan: Plan,
  shards: ShardPlan,
  body: ManifestBody,
  selfTest: SelfTest,
): Promise<Pick<ModelManifest, 'adapters'>> {
  if (plan.adapters.length === 0) return {};
  const adapters = [];
  for (const opened of plan.adapters) {
    const adapter = await writeAdapter(folder, opened, plan.plans, shards, body.limits.max_length, body.files);
    adapters.push(selfTest.by_variant ? await computeAdapterAnswers(folder, body, adapter, selfTest) : adapter);
  }
  return { adapters };
}

/** The known answer comes from float32; where that is no part of the model, it is built beside it and deleted again. */
async function testAgainstFloat32(
  folder: string,
  body: ManifestBody,
  plan: Plan,
  loadableBytes: number,
  onProgress: (done: number, total: number) => void,
): Promise<SelfTest> {
  const slack = (id: string): number => deviceSlack(planVariant(id, body.architecture).precision);
  const graphs = plan.graphsOf(planVariant(REFERENCE, body.architecture));
  const shards = planShards([groupOf(graphs)]);
  if (shards.bytes > loadableBytes) return computeLargeSelfTest(body, plan.model, onProgress);
  const own = body.variants.find(({ id }) => id === REFERENCE);
  if (own) return computeSelfTest(folder, body, { folder, variant: own }, slack, onProgress);
  const aside = `${folder}-reference`;
  try {
    await writeShards(aside, shards, () => undefined);
    const variant = {
      id: REFERENCE,
      vision: await writeGraph(aside, `${REFERENCE}/vision.onnx`, graphs.vision, shards),
      decoder: await writeGraph(aside, `${REFERENCE}/decoder.onnx`, graphs.decoder, shards),
      weights: shards.weights.get(REFERENCE) ?? [],
      activations: 'float32' as const,
    };
    return await computeSelfTest(folder, body, { folder: aside, variant }, slack, onProgress);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
