/** Writes one graph into a model folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Graph } from '../graph/graph.ts';
import { serialise } from '../graph/onnx.ts';
import { placements, type ShardPlan } from './shards.ts';

/** @returns `path` */
export async function writeGraph(folder: string, path: string, graph: Graph, shards: ShardPlan): Promise<string> {
  const bytes = serialise(graph, await placements(graph, shards));
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
  return path;
}
