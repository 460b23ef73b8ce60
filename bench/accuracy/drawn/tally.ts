/** Judged answers, one by one → how many were right for each skill. */

export interface Tally {
  correct: number;
  total: number;
}

export class Score {
  readonly #skills = new Map<string, Tally>();

  add(skill: string, right: boolean): void {
    this.addAll(skill, { correct: right ? 1 : 0, total: 1 });
  }

  /** Several judgements at once, as a description brings them. */
  addAll(skill: string, { correct, total }: Tally): void {
    const tally = this.#skills.get(skill) ?? { correct: 0, total: 0 };
    this.#skills.set(skill, { correct: tally.correct + correct, total: tally.total + total });
  }

  /** By name. */
  get skills(): Record<string, Tally> {
    return Object.fromEntries([...this.#skills].sort(([a], [b]) => a.localeCompare(b)));
  }

  get all(): Tally {
    const sum = { correct: 0, total: 0 };
    for (const { correct, total } of this.#skills.values()) {
      sum.correct += correct;
      sum.total += total;
    }
    return sum;
  }
}

/** A table for people: skill, right of total, share. */
export function scoreTable(score: Score): string {
  const rows = [...Object.entries(score.skills), ['all', score.all] as const];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows
    .map(([name, { correct, total }]) => {
      const share = total === 0 ? '-' : `${((100 * correct) / total).toFixed(1)} %`;
      return `${name.padEnd(width)}  ${`${correct}/${total}`.padStart(11)}  ${share.padStart(8)}`;
    })
    .join('\n');
}
