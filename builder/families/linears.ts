/** Tensors of a checkpoint → Linear layers: with bias and low-rank change, several as one, filled up to whole blocks. */
import { AppError } from '../../contract/errors.ts';
import type { LinearWeights, LowRank } from '../parts/precision.ts';
import { BLOCK } from '../quantise/blocks.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { blockDiagonal, concatRows, type FloatTensor, pickColumns, pickRows } from '../weights/float-tensor.ts';

/** A Linear with its bias, where the checkpoint has one, and what an adapter changes about it. */
export function linearOf(checkpoint: Checkpoint, name: string, outputs: number, inputs: number): LinearWeights {
  const bias = `${name}.bias`;
  const change = checkpoint.change?.(name);
  return {
    weight: checkpoint.tensor(`${name}.weight`, [outputs, inputs]),
    bias: checkpoint.has(bias) ? checkpoint.tensor(bias, [outputs]) : null,
    ...(change ? { change } : {}),
  };
}

/** Several Linears of one input as one: their rows stand below each other. */
export function stackLinears(key: string, parts: readonly LinearWeights[]): LinearWeights {
  const biases = parts.map(({ bias }) => bias);
  const present = biases.filter((bias): bias is FloatTensor => bias !== null);
  if (present.length !== 0 && present.length !== parts.length)
    throw new AppError('model-unsupported', `${key}: some of its parts have a bias and some have none.`, { key });
  const weight = concatRows(
    `${key}.weight`,
    parts.map((part) => part.weight),
  );
  const change = stackChanges(key, parts);
  return { weight, bias: present.length ? concatRows(`${key}.bias`, present) : null, ...(change ? { change } : {}) };
}

/** Each part's change reaches its own outputs only; a part without one has a block of no columns. */
function stackChanges(key: string, parts: readonly LinearWeights[]): LowRank | undefined {
  const downs = parts.flatMap(({ change }) => (change ? [change.down] : []));
  if (downs.length === 0) return undefined;
  const nothing = ({ weight }: LinearWeights): FloatTensor => ({
    key: `${weight.key}.unchanged`,
    dims: [weight.dims[0] ?? 0, 0],
    read: async () => new Float32Array(),
  });
  return {
    down: concatRows(`${key}.lora_down`, downs),
    up: blockDiagonal(
      `${key}.lora_up`,
      parts.map((part) => part.change?.up ?? nothing(part)),
    ),
  };
}

/** Output `order[i]` becomes output i; −1 gives one that is always zero. */
export function pickOutputs(suffix: string, layer: LinearWeights, order: readonly number[]): LinearWeights {
  const pick = (tensor: FloatTensor): FloatTensor => pickRows(`${tensor.key}${suffix}`, tensor, order);
  const { weight, bias, change } = layer;
  return {
    weight: pick(weight),
    bias: bias && pick(bias),
    ...(change ? { change: { ...change, up: pick(change.up) } } : {}),
  };
}

/** Input `order[j]` becomes input j; −1 gives one that has no effect. */
export function pickInputs(suffix: string, layer: LinearWeights, order: readonly number[]): LinearWeights {
  const pick = (tensor: FloatTensor): FloatTensor => pickColumns(`${tensor.key}${suffix}`, tensor, order);
  const { weight, bias, change } = layer;
  return {
    weight: pick(weight),
    bias,
    ...(change ? { change: { ...change, down: pick(change.down) } } : {}),
  };
}

/**
 * Fills an MLP's inner width up to whole quantisation blocks with units that are always zero:
 * act(0) · 0 = 0 for every activation here, so the result is the same to the last bit.
 */
export function padInner(width: number, layer: LinearWeights, side: 'up' | 'down'): LinearWeights {
  if (width % BLOCK === 0) return layer;
  const padded = Math.ceil(width / BLOCK) * BLOCK;
  const order = Array.from({ length: padded }, (_, i) => (i < width ? i : -1));
  return side === 'down' ? pickInputs('.padded', layer, order) : pickOutputs('.padded', layer, order);
}
