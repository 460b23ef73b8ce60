/** Names and dims of tensors as a checkpoint without bytes: for reading models of any size. */
import { AppError } from '../../contract/errors.ts';
import { memorySource } from '../../files/memory.ts';
import type { TensorSpec } from '../synthetic/shape.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';

export interface FakeCheckpoint extends Checkpoint {
  /** Tensors that were asked for. */
  used: Set<string>;
}

export function fakeCheckpoint(config: object, specs: readonly TensorSpec[]): FakeCheckpoint {
  const where = new Map(specs.map(({ name, dims }) => [name, dims]));
  const used = new Set<string>();
  return {
    files: memorySource(new Map(), 'nowhere'),
    config: config as Checkpoint['config'],
    used,
    has: (name) => where.has(name),
    dims: (name) => where.get(name),
    tensor: (name, dims) => {
      used.add(name);
      if (where.get(name)?.join() !== dims.join())
        throw new AppError('model-unsupported', `${name} is ${where.get(name)?.join()}, not ${dims.join()}`);
      return { key: name, dims, read: async () => new Float32Array() };
    },
  };
}
