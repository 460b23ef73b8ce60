/** A checkpoint → a model folder of format 1, wherever both lie: complete, or not there at all. */
import type { Sink, Source } from '../contract/files.ts';
import type { ModelManifest, SelfTest, Variant } from '../contract/manifest.ts';
import { parseManifest } from '../contract/manifest-parse.ts';
import type { Runtime } from '../engine/runtime.ts';
import { type AdapterSource, openAdapters, type OpenedAdapter, writeAdapter } from './adapters.ts';
import { describeFile } from './emit/hash.ts';
import { architectureOf, manifestBody, type ManifestBody, type ModelCard, variantOf } from './emit/manifest.ts';
import { readPreprocessor } from './emit/preprocessor.ts';
import { promptTemplate } from './emit/prompt.ts';
import { writeGraph } from './emit/graph-file.ts';
import { type GraphGroup, planShards, SHARD_BYTES, type ShardPlan, writeShards } from './emit/shards.ts';
import { writeText } from './emit/text-file.ts';
import { emitTokenizer } from './emit/tokenizer.ts';
import { type Model, readModel } from './families/model.ts';
import type { Graph } from './graph/graph.ts';
import { boundaryType, decoderGraph, decoderOf } from './language.ts';
import type { Trial } from './runner.ts';
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

/** Beside the model itself while its known answer is computed. */
const REFERENCE_FOLDER = 'reference';

export interface BuildOptions {
  checkpoint: Source;
  /** Checkpoint of the vision tower, where `checkpoint` holds none. */
  visionTower?: Source | undefined;
  /** PEFT adapter that becomes part of the weights. */
  mergeAdapter?: Source | undefined;
  /** PEFT adapters that stay beside the weights, to be switched on and off. */
  adapters?: readonly AdapterSource[];
  /** Finished when the model is complete, aborted when it does not come to that. */
  out: Sink;
  variants: readonly string[];
  card: ModelCard;
  /** Without a tokenizer a model can be tested but not asked. @default true */
  tokenizer?: boolean;
  /** Float32 weights above this many bytes are run layer by layer for the known answer; for tests. */
  loadableBytes?: number;
  /** A new runtime on the CPU, for the known answers. One thread gives the same answers everywhere. */
  createRuntime: () => Promise<Runtime>;
  signal?: AbortSignal;
  onProgress?: (step: string, done: number, total: number) => void;
}

interface VariantGraphs {
  id: string;
  vision: Graph;
  decoder: Graph;
}

/** Those of one variant are loaded together. */
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

/**
 * Builds the model. Throws `model-unsupported`, `request-invalid`, `cancelled`, and what sources and sink throw; then the
 * sink is aborted.
 */
export async function buildModel(options: BuildOptions): Promise<ModelManifest> {
  const { mergeAdapter, visionTower, out } = options;
  try {
    const stored = await openCheckpoint(options.checkpoint);
    const tower = visionTower && (await openCheckpoint(visionTower));
    const checkpoint = mergeAdapter ? merged(stored, await openAdapter(mergeAdapter, stored)) : stored;
    // Everything that can be known from config and headers is checked before a byte is written.
    const adapters = await openAdapters(options.adapters ?? [], checkpoint, tower);
    const plan = await planModel(checkpoint, tower, adapters, options);
    const manifest = await writeModel(plan, options);
    await out.finish();
    return manifest;
  } catch (error) {
    await out.abort();
    throw error;
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
    decoder: decoderGraph(decoderOf(model, precision), maxLength),
  });
  const architecture = architectureOf(family.id, language, vision);
  const processor = await readPreprocessor(model, [checkpoint.files, ...(tower ? [tower.files] : [])]);
  const body: Plan['body'] = (files, variants, prompt) =>
    manifestBody(options.card, { architecture, processor, prompt, files, variants }, maxLength);
  return { model, adapters, body, plans, graphsOf };
}

async function writeModel(plan: Plan, options: BuildOptions): Promise<ModelManifest> {
  const { out, onProgress, signal } = options;
  const graphs = plan.plans.map(plan.graphsOf);
  const shards = planShards(graphs.map(groupOf));
  const tokenizer = await emitTokenizer(
    options.checkpoint,
    out,
    plan.model.language.vocab_size,
    options.tokenizer ?? true,
  );
  await writeShards(out, shards, { signal, onBytes: (bytes) => onProgress?.('weights', bytes, shards.bytes) });
  const paths = [...tokenizer.files, ...new Set([...shards.weights.values()].flat())];
  for (const { id, vision, decoder } of graphs) {
    paths.push(await writeGraph(out, `${id}/vision.onnx`, vision, shards));
    paths.push(await writeGraph(out, `${id}/decoder.onnx`, decoder, shards));
  }
  const files: ManifestBody['files'] = [];
  for (const [i, path] of paths.entries()) {
    signal?.throwIfAborted();
    files.push(await describeFile(out.written, path));
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
  const selfTest = await testAgainstFloat32(body, plan, options);
  const adapters = await writeAdapters(body, plan, shards, selfTest, options);
  // What is written has to pass the reader's own check.
  const manifest = parseManifest({ ...body, ...adapters, self_test: selfTest });
  // Last of all: a folder with a manifest is a model.
  await writeText(out, 'manifest.json', `${JSON.stringify(manifest, null, 1)}\n`);
  return manifest;
}

function trialOf({ out, createRuntime }: BuildOptions): Trial {
  return { files: out.written, createRuntime };
}

/** Adds the adapters' files to those of `body`; their known answers come from the variants that they change. */
async function writeAdapters(
  body: ManifestBody,
  plan: Plan,
  base: ShardPlan,
  selfTest: SelfTest,
  options: BuildOptions,
): Promise<Pick<ModelManifest, 'adapters'>> {
  if (plan.adapters.length === 0) return {};
  const adapters = [];
  for (const opened of plan.adapters) {
    const parts = { opened, variants: plan.plans, base, maxLength: body.limits.max_length };
    const adapter = await writeAdapter(options.out, parts, body.files);
    adapters.push(
      selfTest.by_variant ? await computeAdapterAnswers(trialOf(options), body, adapter, selfTest) : adapter,
    );
  }
  return { adapters };
}

/** The known answer comes from float32; where that is no part of the model, it is built beside it and deleted again. */
async function testAgainstFloat32(body: ManifestBody, plan: Plan, options: BuildOptions): Promise<SelfTest> {
  const { out, loadableBytes = LOADABLE_BYTES } = options;
  const onProgress = (done: number, total: number): void => options.onProgress?.('self-test', done, total);
  const slack = (id: string): number => deviceSlack(planVariant(id, body.architecture).precision);
  const trial = trialOf(options);
  const graphs = plan.graphsOf(planVariant(REFERENCE, body.architecture));
  const pathOf = (ids: readonly string[], count: number): string => `${REFERENCE_FOLDER}/${ids.join('_')}.${count}.bin`;
  const shards = planShards([groupOf(graphs)], SHARD_BYTES, pathOf);
  if (shards.bytes > loadableBytes) return computeLargeSelfTest(trial, body, plan.model, onProgress);
  const own = body.variants.find(({ id }) => id === REFERENCE);
  if (own) return computeSelfTest(trial, body, own, slack, onProgress);
  await writeShards(out, shards);
  const reference = {
    id: REFERENCE,
    vision: await writeGraph(out, `${REFERENCE_FOLDER}/vision.onnx`, graphs.vision, shards),
    decoder: await writeGraph(out, `${REFERENCE_FOLDER}/decoder.onnx`, graphs.decoder, shards),
    weights: shards.weights.get(REFERENCE) ?? [],
    activations: 'float32' as const,
  };
  const selfTest = await computeSelfTest(trial, body, reference, slack, onProgress);
  await out.remove(REFERENCE_FOLDER);
  return selfTest;
}
