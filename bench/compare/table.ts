/** A comparison → a table for people. */
import type { Spread } from './ratios.ts';

interface Comparison {
  models: Record<string, { metrics: Record<string, Record<string, Spread>>; ratios: Record<string, Spread> }>;
}

const MEBIBYTE = 1024 ** 2;

function cell(metric: string, value: Spread | undefined): string {
  if (!value) return ''.padStart(24);
  const [unit, text] = metric.startsWith('peak memory') ? [MEBIBYTE, 'MiB'] : [1, 'ms'];
  const shown = ({ median, min, max }: Spread): string =>
    `${(median / unit).toFixed(1)} (${(min / unit).toFixed(0)}-${(max / unit).toFixed(0)}) ${text}`;
  return shown(value).padStart(24);
}

export function comparisonTable({ models }: Comparison): string {
  const lines: string[] = [];
  for (const [id, { metrics, ratios }] of Object.entries(models)) {
    lines.push(
      `${id.padEnd(30)}${['this engine', 'transformers.js', 'bare loop', 'wllama'].map((t) => t.padStart(24)).join('')}`,
    );
    for (const [metric, by] of Object.entries(metrics))
      lines.push(
        `${metric.padEnd(30)}${['own', 'peer', 'bare', 'wllama'].map((name) => cell(metric, by[name])).join('')}`,
      );
    for (const [name, { median, min, max }] of Object.entries(ratios))
      lines.push(`ratio ${name.padEnd(30)} ${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`);
    lines.push('');
  }
  return lines.join('\n');
}
