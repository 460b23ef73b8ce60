/** Fault cases → their verdicts, one after the other, in a browser that is started again when it dies on the way. */
import type { BrowserCase, Verdict } from './case.ts';
import { judge } from './case.ts';
import type { BrowserWorld } from './browser-world.ts';

/** A browser that opens a fresh world for each case. */
export interface CaseBrowser {
  /** False once it has died. */
  alive(): boolean;
  world(one: BrowserCase): Promise<BrowserWorld>;
  close(): Promise<void>;
}

/** A case that hangs is a failed one. */
const PATIENCE_MS = 120_000;

function failed({ id, title }: BrowserCase, problems: string[]): Verdict {
  return { id, title, state: 'backend-failed', ok: false, problems, sent: 0, size: 0 };
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** What is thrown where nobody waits for it, while one case runs; it counts against that case and ends nothing. */
function collectStrays(): { strays: string[]; stop: () => void } {
  const strays: string[] = [];
  const collect = (thrown: unknown): void => void strays.push(`nobody caught: ${messageOf(thrown)}`);
  process.on('unhandledRejection', collect);
  return { strays, stop: () => process.off('unhandledRejection', collect) };
}

async function runOne(one: BrowserCase, browser: CaseBrowser, patienceMs: number): Promise<Verdict> {
  const { strays, stop } = collectStrays();
  let world: BrowserWorld | null = null;
  let timer: NodeJS.Timeout | undefined;
  let verdict: Verdict;
  try {
    const opened = await browser.world(one);
    world = opened;
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no end within ${patienceMs / 1000} s`)), patienceMs);
    });
    verdict = await Promise.race([judge(one, opened, () => opened.heal()), patience]);
  } catch (thrown) {
    verdict = failed(one, [messageOf(thrown)]);
  } finally {
    clearTimeout(timer);
  }
  // A world whose browser is gone cannot be closed properly; that it is gone is told below.
  await world?.close().catch(() => {});
  stop();
  const problems = [...verdict.problems, ...strays, ...(browser.alive() ? [] : ['the browser died in this case'])];
  return { ...verdict, problems, ok: problems.length === 0 };
}

/** Every case has a verdict, told to `tell` as it comes; what keeps a case from running is its problem. */
export async function runCases(
  cases: readonly BrowserCase[],
  launch: () => Promise<CaseBrowser>,
  tell: (verdict: Verdict) => void,
  patienceMs = PATIENCE_MS,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  let browser: CaseBrowser | null = null;
  for (const one of cases) {
    let verdict: Verdict;
    try {
      if (!browser?.alive()) browser = await launch();
      verdict = await runOne(one, browser, patienceMs);
    } catch (thrown) {
      verdict = failed(one, [`the browser did not start: ${messageOf(thrown)}`]);
    }
    verdicts.push(verdict);
    tell(verdict);
  }
  await browser?.close().catch(() => {}); // it may be gone already
  return verdicts;
}
