/** Tensors of a checkpoint → Linear layers: with their bias, several as one, filled up to whole blocks. */
import { AppError } from '../../contract/errors.ts';
import type { LinearWeights } from '../parts/precision.ts';
import { BLOCK } from '../quantise/blocks.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { concatRows, type FloatTensor, pickColumns, pickRows } from '../weights/float-tensor.ts';

/** Bias of a Linear, where the checkpoint has one. */
export function linearOf(checkpoint: Checkpoint, name: string, outputs: number, inputs: number): LinearWeights {
  const bias = `${name}.bias`;
  return {
    weight: checkpoint.tensor(`${name}.weight`, [outputs, inputs]),
    bias: checkpoint.has(bias) ? checkpoint.tensor(bias, [outputs]) : null,
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
  return { weight, bias: present.length ? concatRows(`${key}.bias`, present) : null };
}

/**
 * Fills an MLP's inner width up to whole quantisation blocks with units that are always zero:
 * act(0) · 0 = 0 for every activation here, so the result is the same to the last bit.
 */
export function padInner(width: number, layer: LinearWeights, side: 'up' | 'down'): LinearWeights {
  if (width % BLOCK === 0) return layer;
  const padded = Math.ceil(width / BLOCK) * BLOCK;
  const order = Array.from({ length: padded }, (_, i) => (i < width ? i : -1));
  const key = `${layer.weight.key}.padded`;
  if (side === 'down') return { weight: pickColumns(key, layer.weight, order), bias: layer.bias };
  const bias = layer.bias ? pickRows(`${layer.bias.key}.padded`, layer.bias, order) : null;
  return { weight: pickRows(key, layer.weight, order), bias };
}
