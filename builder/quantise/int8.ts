/** Turns a Linear weight into int8 with one symmetric scale per output, as DynamicQuantizeMatMul wants it. */

export interface Int8Columns {
  /** [inputs, outputs]: transposed, because the operator multiplies x · W. */
  values: Int8Array;
  /** [outputs] */
  scales: Float32Array;
}

/** @param weight [outputs, inputs] */
export function quantiseColumns(weight: Float32Array, outputs: number, inputs: number): Int8Columns {
  const { values, scales } = quantiseRows(weight, outputs, inputs);
  const turned = new Int8Array(values.length);
  for (let n = 0; n < outputs; n++)
    for (let k = 0; k < inputs; k++) turned[k * outputs + n] = values[n * inputs + k] as number;
  return { values: turned, scales };
}

/** Every row with its own symmetric scale: row ≈ values · scale, values within ±127. */
export function quantiseRows(table: Float32Array, rows: number, width: number): Int8Columns {
  const values = new Int8Array(table.length);
  const scales = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = table.subarray(r * width, (r + 1) * width);
    let max = 0;
    for (const value of row) max = Math.max(max, Math.abs(value));
    // A row of zeros gets scale 1: any scale is right, and 0 would divide by zero below.
    const scale = Math.fround(max === 0 ? 1 : max / 127);
    scales[r] = scale;
    for (let k = 0; k < width; k++) values[r * width + k] = Math.round((row[k] as number) / scale);
  }
  return { values, scales };
}
