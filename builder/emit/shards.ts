/** Decides where every tensor of all variants lies, then writes the shard files, one tensor in memory at a time. */
import type { Sink } from '../../contract/files.ts';
import { Computed } from '../graph/computed.ts';
import type { Graph } from '../graph/graph.ts';
import type { Placement } from '../graph/onnx.ts';
import { byteLength, type Tensor } from '../graph/tensor.ts';

export const SHARD_BYTES = 64 * 1024 * 1024;
/** Smaller tensors stay inside the graph: an entry in a shard would cost more than they do. */
export const INLINE_BYTES = 1024;
/** Starts on a multiple of this, so that any element type can be viewed in place. */
const ALIGNMENT = 64;

/** Graphs that are loaded together. */
export interface GraphGroup {
  id: string;
  graphs: readonly Graph[];
}

interface Blob {
  tensor: Tensor;
  bytes: number;
  path: string;
  offset: number;
}

export interface ShardPlan {
  /** By `blob` of the tensor. */
  blobs: ReadonlyMap<string, Blob>;
  /** Shard paths that each variant needs, in order. */
  weights: ReadonlyMap<string, string[]>;
  bytes: number;
}

/**
 * Tensors used by the same set of variants share shards, so that a device downloads nothing it does not use.
 * A shard grows beyond `limit` only for one tensor that is larger by itself: ONNX cannot split a tensor.
 * @param pathOf the path of the count-th shard (from 1 on) that all of `ids` use
 * @param elsewhere blobs that have a place already
 */
export function planShards(
  groups: readonly GraphGroup[],
  limit: number = SHARD_BYTES,
  pathOf: (ids: readonly string[], count: number) => string = (ids, count) => `weights/${ids.join('_')}.${count}.bin`,
  elsewhere: ReadonlyMap<string, unknown> = new Map(),
): ShardPlan {
  const users = new Map<string, { tensor: Tensor; ids: Set<string> }>();
  for (const { id, graphs } of groups)
    for (const graph of graphs)
      for (const tensor of graph.weights.values()) {
        if (byteLength(tensor) <= INLINE_BYTES || elsewhere.has(tensor.blob)) continue;
        const entry = users.get(tensor.blob) ?? { tensor, ids: new Set<string>() };
        if (byteLength(entry.tensor) !== byteLength(tensor)) throw new Error(`blob ${tensor.blob} has two sizes`);
        entry.ids.add(id);
        users.set(tensor.blob, entry);
      }
  const open = new Map<string, { path: string; filled: number; count: number }>();
  const blobs = new Map<string, Blob>();
  const weights = new Map<string, string[]>(groups.map(({ id }) => [id, []]));
  let total = 0;
  for (const [blob, { tensor, ids }] of users) {
    const group = [...ids].join('+');
    const bytes = byteLength(tensor);
    let shard = open.get(group);
    if (!shard || (shard.filled > 0 && shard.filled + bytes > limit)) {
      const count = (shard?.count ?? 0) + 1;
      shard = { path: pathOf([...ids], count), filled: 0, count };
      open.set(group, shard);
      for (const id of ids) weights.get(id)?.push(shard.path);
    }
    blobs.set(blob, { tensor, bytes, path: shard.path, offset: shard.filled });
    shard.filled += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    total += bytes;
  }
  return { blobs, weights, bytes: total };
}

export interface ShardOptions {
  /** Folder of the sink in which the paths of the plan begin. @default the sink itself */
  below?: string;
  signal?: AbortSignal | undefined;
  /** So many bytes are written. */
  onBytes?: (bytes: number) => void;
}

/** Writes all shards, at scattered places of several files at a time. */
export async function writeShards(
  sink: Sink,
  plan: ShardPlan,
  { below, signal, onBytes }: ShardOptions = {},
): Promise<void> {
  // By source: what is computed from one tensor is written while that tensor is at hand.
  const bySource = new Map<string, Blob[]>();
  for (const blob of plan.blobs.values()) {
    const siblings = bySource.get(blob.tensor.source);
    if (siblings) siblings.push(blob);
    else bySource.set(blob.tensor.source, [blob]);
  }
  const computed = new Computed();
  let written = 0;
  for (const siblings of bySource.values())
    for (const { tensor, bytes, path, offset } of siblings) {
      signal?.throwIfAborted();
      const data = await tensor.bytes(computed);
      if (data.length !== bytes) throw new Error(`${tensor.name} made ${data.length} bytes instead of ${bytes}`);
      await sink.write(below === undefined ? path : `${below}/${path}`, offset, data);
      written += bytes;
      onBytes?.(written);
    }
}

/** The placement of every weight of a graph; small ones are computed now. */
export async function placements(graph: Graph, plan: ShardPlan): Promise<(tensor: Tensor) => Placement> {
  const inline = new Map<string, Uint8Array>();
  const computed = new Computed();
  for (const tensor of graph.weights.values())
    if (!plan.blobs.has(tensor.blob)) inline.set(tensor.name, Uint8Array.from(await tensor.bytes(computed)));
  return (tensor) => {
    const blob = plan.blobs.get(tensor.blob);
    if (blob) return { path: blob.path, offset: blob.offset };
    const bytes = inline.get(tensor.name);
    if (!bytes) throw new Error(`${tensor.name} has no place`);
    return { inline: bytes };
  };
}
