/** Measured values of several runs → median and range, as data and as a table for people. */

export interface Metric {
  name: string;
  unit: 'ms' | 'µs' | 'tokens/s';
  values: number[];
}

export interface Summary extends Metric {
  median: number;
  min: number;
  max: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

const oneDecimal = (value: number) => Math.round(value * 10) / 10;

export function summarise({ name, unit, values }: Metric): Summary {
  const rounded = values.map(oneDecimal);
  return {
    name,
    unit,
    median: oneDecimal(median(values)),
    min: Math.min(...rounded),
    max: Math.max(...rounded),
    values: rounded,
  };
}

/** Samples of runs, each with the same names, gathered by name; a name that any run lacks is left out. */
export function gather(runs: readonly Record<string, number>[], units: Record<string, Metric['unit']>): Summary[] {
  return Object.entries(units).flatMap(([name, unit]) => {
    const values = runs.flatMap((run) => (run[name] === undefined ? [] : [run[name]]));
    return values.length === runs.length && runs.length > 0 ? [summarise({ name, unit, values })] : [];
  });
}

export function summaryTable(summaries: readonly Summary[]): string {
  const width = Math.max(...summaries.map(({ name }) => name.length));
  const rows = summaries.map(({ name, unit, median: middle, min, max }) => {
    return `${name.padEnd(width)}  ${String(middle).padStart(9)}  ${`${min} - ${max}`.padStart(19)}  ${unit}`;
  });
  return [`${''.padEnd(width)}  ${'median'.padStart(9)}  ${'range'.padStart(19)}`, ...rows].join('\n');
}
