/** Adapters of a model that is being built → a decoder graph each for every variant, and shards of their own. */
import type { Sink, Source } from '../contract/files.ts';
import type { Adapter, AdapterVariant, Variant } from '../contract/manifest.ts';
import { describeFile } from './emit/hash.ts';
import type { ManifestBody } from './emit/manifest.ts';
import { planShards, SHARD_BYTES, type ShardPlan, writeShards } from './emit/shards.ts';
import { type Model, readModel } from './families/model.ts';
import type { Graph } from './graph/graph.ts';
import { writeGraph } from './emit/graph-file.ts';
import { decoderGraph, decoderOf } from './language.ts';
import type { VariantPlan } from './variants.ts';
import { beside, openAdapter } from './weights/adapter.ts';
import type { Checkpoint } from './weights/checkpoint.ts';

/** An adapter as it is asked for. */
export interface AdapterSource {
  id: string;
  name: string;
  description: string;
  files: Source;
}

/** An opened adapter and the model that it makes. */
export interface OpenedAdapter {
  source: AdapterSource;
  model: Model;
}

/** Opens and checks all. Throws `model-unsupported`. */
export async function openAdapters(
  sources: readonly AdapterSource[],
  checkpoint: Checkpoint,
  tower: Checkpoint | undefined,
): Promise<OpenedAdapter[]> {
  const result: OpenedAdapter[] = [];
  for (const source of sources) {
    const adapter = await openAdapter(source.files, checkpoint);
    result.push({ source, model: readModel(beside(checkpoint, adapter), tower) });
  }
  return result;
}

export interface AdapterPlan {
  opened: OpenedAdapter;
  variants: readonly VariantPlan[];
  /** Where the model's own weights are; they stay there. */
  base: ShardPlan;
  maxLength: number;
}

/** Writes graphs and shards of one adapter and adds them to `files`. */
export async function writeAdapter(
  sink: Sink,
  { opened: { source, model }, variants: plans, base, maxLength }: AdapterPlan,
  files: ManifestBody['files'],
): Promise<Adapter> {
  const at = `adapters/${source.id}`;
  const graphs = plans.map(({ id, precision }): { id: string; graph: Graph } => ({
    id,
    graph: decoderGraph(decoderOf(model, precision), maxLength),
  }));
  const groups = graphs.map(({ id, graph }) => ({ id, graphs: [graph] }));
  const pathOf = (ids: readonly string[], count: number): string => `${at}/${ids.join('_')}.${count}.bin`;
  const own = planShards(groups, SHARD_BYTES, pathOf, base.blobs);
  await writeShards(sink, own);
  const all = { ...own, blobs: new Map([...base.blobs, ...own.blobs]) };
  for (const path of new Set([...own.weights.values()].flat())) files.push(await describeFile(sink.written, path));
  const variants: AdapterVariant[] = [];
  for (const { id, graph } of graphs) {
    const decoder = await writeGraph(sink, `${at}/${id}/decoder.onnx`, graph, all);
    files.push(await describeFile(sink.written, decoder));
    const weights = own.weights.get(id) ?? [];
    const needed = new Set([decoder, ...weights]);
    const bytes = files.filter(({ path }) => needed.has(path)).reduce((sum, file) => sum + file.bytes, 0);
    variants.push({ variant: id, decoder, weights, bytes });
  }
  return { id: source.id, name: source.name, description: source.description, variants };
}

/** The variant as it runs while the adapter is on. */
export function withAdapter(variant: Variant, { decoder, weights }: AdapterVariant): Variant {
  return { ...variant, decoder, weights: [...variant.weights, ...weights] };
}
