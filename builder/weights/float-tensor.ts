/** Float tensors that are read only when needed, and the rearrangements that families make of them. */

/** A float32 tensor somewhere on disk. `key` names its content: equal keys, equal values. */
export interface FloatTensor {
  readonly key: string;
  readonly dims: readonly number[];
  read(): Promise<Float32Array>;
}

/** Number of elements. */
export function elements(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** A tensor made from numbers in memory. */
export function given(key: string, dims: readonly number[], values: () => Float32Array): FloatTensor {
  return { key, dims, read: async () => values() };
}

/** [a, …] and [b, …] → [a + b, …]. */
export function concatRows(key: string, parts: readonly FloatTensor[]): FloatTensor {
  const rows = parts.reduce((sum, part) => sum + (part.dims[0] ?? 0), 0);
  const dims = [rows, ...(parts[0]?.dims.slice(1) ?? [])];
  return {
    key,
    dims,
    read: async () => {
      const joined = new Float32Array(elements(dims));
      let at = 0;
      for (const part of parts) {
        const values = await part.read();
        joined.set(values, at);
        at += values.length;
      }
      return joined;
    },
  };
}

/** The same values as f(value). */
export function mapped(key: string, tensor: FloatTensor, f: (value: number) => number): FloatTensor {
  return { key, dims: tensor.dims, read: async () => (await tensor.read()).map(f) };
}

/** The same rows [n, k], with `row` [k] added to the first. */
export function plusFirstRow(key: string, tensor: FloatTensor, row: FloatTensor): FloatTensor {
  return {
    key,
    dims: tensor.dims,
    read: async () => {
      const values = Float32Array.from(await tensor.read());
      for (const [i, value] of (await row.read()).entries()) values[i] = (values[i] as number) + value;
      return values;
    },
  };
}

/** Row `order[i]` of the tensor becomes row i; −1 gives a row of zeros. */
export function pickRows(key: string, tensor: FloatTensor, order: readonly number[]): FloatTensor {
  const dims = [order.length, ...tensor.dims.slice(1)];
  const width = elements(tensor.dims.slice(1));
  return {
    key,
    dims,
    read: async () => {
      const values = await tensor.read();
      const picked = new Float32Array(elements(dims));
      for (const [i, row] of order.entries())
        if (row >= 0) picked.set(values.subarray(row * width, (row + 1) * width), i * width);
      return picked;
    },
  };
}

/** [n, k] → [n, order.length]: column `order[j]` becomes column j; −1 gives zeros. */
export function pickColumns(key: string, tensor: FloatTensor, order: readonly number[]): FloatTensor {
  const [rows = 0, width = 0] = tensor.dims;
  const dims = [rows, order.length];
  return {
    key,
    dims,
    read: async () => {
      const values = await tensor.read();
      const picked = new Float32Array(elements(dims));
      for (let r = 0; r < rows; r++)
        for (const [j, column] of order.entries())
          if (column >= 0) picked[r * order.length + j] = values[r * width + column] as number;
      return picked;
    },
  };
}

/** [n, r] and [m, s] → [n + m, r + s]: blocks on the diagonal, zeros elsewhere. */
export function blockDiagonal(key: string, parts: readonly FloatTensor[]): FloatTensor {
  const sum = (axis: 0 | 1): number => parts.reduce((total, { dims }) => total + (dims[axis] ?? 0), 0);
  const [rows, columns] = [sum(0), sum(1)];
  const read = async (): Promise<Float32Array> => {
    const values = new Float32Array(rows * columns);
    let row = 0;
    let column = 0;
    for (const part of parts) {
      const [height = 0, width = 0] = part.dims;
      const block = await part.read();
      for (let r = 0; r < height; r++)
        values.set(block.subarray(r * width, (r + 1) * width), (row + r) * columns + column);
      row += height;
      column += width;
    }
    return values;
  };
  return { key, dims: [rows, columns], read };
}

/** base [n, k] + up [n, r] · down [r, k]. */
export function plusProduct(key: string, base: FloatTensor, up: FloatTensor, down: FloatTensor): FloatTensor {
  const [rows = 0, width = 0] = base.dims;
  const rank = down.dims[0] ?? 0;
  const read = async (): Promise<Float32Array> => {
    const values = Float32Array.from(await base.read());
    const [left, right] = [await up.read(), await down.read()];
    for (let n = 0; n < rows; n++)
      for (let r = 0; r < rank; r++) {
        const factor = left[n * rank + r] as number;
        for (let k = 0; k < width; k++)
          values[n * width + k] = (values[n * width + k] as number) + factor * (right[r * width + k] as number);
      }
    return values;
  };
  return { key, dims: base.dims, read };
}

/** [n, k] → [k, n]. */
export function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) turned[c * rows + r] = values[r * columns + c] as number;
  return turned;
}
