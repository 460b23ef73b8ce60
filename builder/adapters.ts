/** Adapters of a model that is being built → a decoder graph each for every variant, and shards of their own. */
import type { Adapter, AdapterVariant, Variant } from '../contract/manifest.ts';
import { describeFile } from './emit/hash.ts';
import type { ManifestBody } from './emit/manifest.ts';
import { planShards, SHARD_BYTES, type ShardPlan, writeShards } from './emit/shards.ts';
import { type Model, readModel } from './families/model.ts';
import type { Graph } from './graph/graph.ts';
import { writeGraph } from './emit/graph-file.ts';
import { decoderGraph } from './language.ts';
import type { VariantPlan } from './variants.ts';
import { beside, type LoraAdapter, openAdapter } from './weights/adapter.ts';
import type { Checkpoint } from './weights/checkpoint.ts';

/** An adapter as it is asked for. */
export interface AdapterSource {
  id: string;
  name: string;
  description: string;
  directory: string;
}

/** An opened adapter and the model that it makes; close it when done. */
export interface OpenedAdapter {
  source: AdapterSource;
  adapter: LoraAdapter;
  model: Model;
}

/** Opens and checks all; nothing stays open when one of them cannot be used. */
export async function openAdapters(
  sources: readonly AdapterSource[],
  checkpoint: Checkpoint,
  tower: Checkpoint | undefined,
): Promise<OpenedAdapter[]> {
  const opened: LoraAdapter[] = [];
  try {
    const result: OpenedAdapter[] = [];
    for (const source of sources) {
      const adapter = await openAdapter(source.directory, checkpoint);
      opened.push(adapter);
      result.push({ source, adapter, model: readModel(beside(checkpoint, adapter), tower) });
    }
    return result;
  } catch (error) {
    await Promise.all(opened.map((adapter) => adapter.close()));
    throw error;
  }
}

/**
 * Writes graphs and shards of one adapter and adds them to `files`. Weights of the model itself stay where `base` put them.
 */
export async function writeAdapter(
  folder: string,
  { source, model }: OpenedAdapter,
  plans: readonly VariantPlan[],
  base: ShardPlan,
  maxLength: number,
  files: ManifestBody['files'],
): Promise<Adapter> {
  const at = `adapters/${source.id}`;
  const graphs = plans.map(({ id, precision }): { id: string; graph: Graph } => ({
    id,
    graph: decoderGraph(model.family, model.language, model.weights.language, maxLength, precision),
  }));
  const groups = graphs.map(({ id, graph }) => ({ id, graphs: [graph] }));
  const pathOf = (ids: readonly string[], count: number): string => `${at}/${ids.join('_')}.${count}.bin`;
  const own = planShards(groups, SHARD_BYTES, pathOf, base.blobs);
  await writeShards(folder, own, () => undefined);
  const all = { ...own, blobs: new Map([...base.blobs, ...own.blobs]) };
  for (const path of new Set([...own.weights.values()].flat())) files.push(await describeFile(folder, path));
  const variants: AdapterVariant[] = [];
  for (const { id, graph } of graphs) {
    const decoder = await writeGraph(folder, `${at}/${id}/decoder.onnx`, graph, all);
    files.push(await describeFile(folder, decoder));
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
