/** Where and on what something was measured, for the files in bench/results. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
export const RESULTS = join(ROOT, 'bench/results');

export interface Provenance {
  date: string;
  commit: string;
  machine: { cpu: string; cores: number; platform: string };
}

export function provenance(): Provenance {
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' });
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, platform: process.platform };
  return { date: new Date().toISOString(), commit: stdout?.trim() || 'unknown', machine };
}

/** Writes a result of the accuracy bench, named after what it is and when it was measured. */
export function saveResult(kind: 'drawn' | 'benchmark' | 'quantisation', result: object, name = ''): void {
  const about = provenance();
  mkdirSync(RESULTS, { recursive: true });
  const moment = about.date.slice(0, 19).replaceAll(':', '');
  const parts = [kind, name, moment, about.commit].filter((part) => part !== '');
  const file = join(RESULTS, `${parts.join('-')}.json`);
  writeFileSync(file, `${JSON.stringify({ kind, ...about, ...result }, null, 2)}\n`);
  console.error(`saved ${file}`);
}
