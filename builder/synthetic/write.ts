/** config.json and numbers for tensors → a checkpoint folder, without tokenizer. */
import type { Sink } from '../../contract/files.ts';
import { writeText } from '../emit/text-file.ts';
import type { FloatName } from '../weights/float.ts';
import { tensorBytes, writeSafetensors } from '../weights/safetensors-write.ts';
import type { TensorSpec } from './shape.ts';

export interface CheckpointOptions {
  dtype: FloatName;
  /** The tensors of each weight file; no index is written for one file. */
  files: TensorSpec[][];
  /** A tensor's numbers in pieces, so that the largest need not be held whole. */
  piecesOf: (spec: TensorSpec) => Iterable<Float32Array>;
  onFile?: (done: number, total: number) => void;
}

/** Consecutive tensors in files of at most `bytes`, as published checkpoints are sharded. */
export function splitBySize(specs: readonly TensorSpec[], bytes: number, dtype: FloatName): TensorSpec[][] {
  const files: TensorSpec[][] = [];
  let room = 0;
  for (const spec of specs) {
    const size = tensorBytes(spec, dtype);
    if (size > room || files.length === 0) {
      files.push([]);
      room = bytes;
    }
    files.at(-1)?.push(spec);
    room -= size;
  }
  return files;
}

/** Writes config and weights and leaves the sink open; returns the bytes of all tensors. */
export async function writeCheckpoint(sink: Sink, config: object, options: CheckpointOptions): Promise<number> {
  const { dtype, files, piecesOf, onFile } = options;
  const total_size = files.flat().reduce((sum, spec) => sum + tensorBytes(spec, dtype), 0);
  await writeText(sink, 'config.json', JSON.stringify(config));
  const pad = (n: number): string => String(n).padStart(5, '0');
  const nameOf = (i: number): string =>
    files.length === 1 ? 'model.safetensors' : `model-${pad(i + 1)}-of-${pad(files.length)}.safetensors`;
  for (const [i, tensors] of files.entries()) {
    await writeSafetensors(sink, nameOf(i), tensors, dtype, piecesOf);
    onFile?.(i + 1, files.length);
  }
  if (files.length > 1) {
    const weight_map = Object.fromEntries(files.flatMap((list, i) => list.map(({ name }) => [name, nameOf(i)])));
    const index = JSON.stringify({ metadata: { total_size }, weight_map });
    await writeText(sink, 'model.safetensors.index.json', index);
  }
  return total_size;
}
