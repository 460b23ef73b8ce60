/** Writes one graph into a model folder. */
import type { Sink } from '../../contract/files.ts';
import type { Graph } from '../graph/graph.ts';
import { serialise } from '../graph/onnx.ts';
import { placements, type ShardPlan } from './shards.ts';

/** @returns `path` */
export async function writeGraph(sink: Sink, path: string, graph: Graph, shards: ShardPlan): Promise<string> {
  await sink.write(path, 0, serialise(graph, await placements(graph, shards)));
  return path;
}
