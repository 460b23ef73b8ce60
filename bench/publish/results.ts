/** The files of bench/results → typed results, newest first. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Provenance, RESULTS } from '../provenance.ts';

export interface Published {
  columns: Record<string, string>;
  sources: Record<string, { text: string; url: string }>;
  rows: {
    model: string;
    source: string;
    scores: Record<string, number>;
    /** Numbers of a row that come from elsewhere. */
    others?: Record<string, { value: number; source: string }>;
  }[];
}

interface Measured extends Provenance {
  model: string;
  variant: string;
  backend: string;
  device: string;
  questions: number;
  /** Answers per hour on that machine. */
  per_hour: number | null;
}

/** A folder of drawn pictures. */
export interface DrawnResult extends Measured {
  kind: 'drawn';
  set: string;
  correct: number;
  skills: Record<string, { correct: number; total: number }>;
}

/** A published benchmark. */
export interface TaskResult extends Measured {
  kind: 'benchmark';
  task: string;
  split: string;
  official: boolean;
  score: { name: string; value: number | null; text: string | null };
}

export interface QuantisationResult extends Provenance {
  kind: 'quantisation';
  model: string;
  questions: number;
  positions: number;
  reference: { id: string; correct: number; bytes: number };
  variants: {
    id: string;
    correct: number;
    changed: number;
    right_to_wrong: number;
    wrong_to_right: number;
    agreeing: number;
    kl_mean: number;
    bytes: number;
  }[];
}

export interface Results {
  published: Published;
  drawn: DrawnResult[];
  tasks: TaskResult[];
  quantisation: QuantisationResult[];
}

type AnyResult = DrawnResult | TaskResult | QuantisationResult;

export function readResults(folder = RESULTS): Results {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown;
  const names = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'published.json');
  // Results of the speed bench have no kind and are shown elsewhere.
  const all = (names.map(read) as Partial<AnyResult>[]).filter((result) => result.kind !== undefined) as AnyResult[];
  const sorted = all.sort((a, b) => (a.date < b.date ? 1 : -1));
  const ofKind = <K extends AnyResult['kind']>(kind: K) =>
    sorted.filter((result): result is Extract<AnyResult, { kind: K }> => result.kind === kind);
  return {
    published: read('published.json') as Published,
    drawn: ofKind('drawn'),
    tasks: ofKind('benchmark'),
    quantisation: ofKind('quantisation'),
  };
}
