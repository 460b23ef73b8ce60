/** Fault cases → their results, one after the other, in a browser that is started again when it dies on the way. */
import type { CaseResult } from './case.ts';

/** A case that is ready to run. */
export interface Opened {
  judge(): Promise<CaseResult>;
  close(): Promise<void>;
}

interface Named {
  id: string;
  title: string;
}

/** A browser that opens whatever a case needs, afresh for each. */
export interface CaseBrowser<Case> {
  /** False once it has died. */
  alive(): boolean;
  open(one: Case): Promise<Opened>;
  close(): Promise<void>;
}

/** A case that hangs is a failed one. */
const TIMEOUT_MS = 120_000;

function failed({ id, title }: Named, problems: string[]): CaseResult {
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

async function runOne<Case extends Named>(
  one: Case,
  browser: CaseBrowser<Case>,
  timeoutMs: number,
): Promise<CaseResult> {
  const { strays, stop } = collectStrays();
  let opened: Opened | null = null;
  let timer: NodeJS.Timeout | undefined;
  let result: CaseResult;
  try {
    opened = await browser.open(one);
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no end within ${timeoutMs / 1000} s`)), timeoutMs);
    });
    result = await Promise.race([opened.judge(), timeout]);
  } catch (thrown) {
    result = failed(one, [messageOf(thrown)]);
  } finally {
    clearTimeout(timer);
  }
  // What a browser held that is gone cannot be closed properly; that it is gone is told below.
  await opened?.close().catch(() => {});
  stop();
  const problems = [...result.problems, ...strays, ...(browser.alive() ? [] : ['the browser died in this case'])];
  return { ...result, problems, ok: problems.length === 0 };
}

/** Every case has a result, told to `tell` as it comes; what keeps a case from running is its problem. */
export async function runCases<Case extends Named>(
  cases: readonly Case[],
  launch: () => Promise<CaseBrowser<Case>>,
  tell: (result: CaseResult) => void,
  timeoutMs = TIMEOUT_MS,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  let browser: CaseBrowser<Case> | null = null;
  for (const one of cases) {
    let result: CaseResult;
    try {
      if (!browser?.alive()) browser = await launch();
      result = await runOne(one, browser, timeoutMs);
    } catch (thrown) {
      result = failed(one, [`the browser did not start: ${messageOf(thrown)}`]);
    }
    results.push(result);
    tell(result);
  }
  await browser?.close().catch(() => {}); // it may be gone already
  return results;
}
