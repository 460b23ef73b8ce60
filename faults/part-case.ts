/** What a case about one part of the product is: what it is given, and the named error it ends in, or that it comes out right. */
import { type AppError, ERROR_CODES, type ErrorCode } from '../contract/errors.ts';
import type { CaseResult } from './case.ts';
import type { Parts } from './parts-page.ts';
import type { Site } from './site-visit.ts';

export type PartState = 'right' | ErrorCode;

export interface PartCase<Place> {
  /** Letter of the group (see run.ts), number, key word. */
  id: string;
  title: string;
  state: PartState;
  /** Has to occur in what the person is told. */
  says?: RegExp;
  /** Fields of the error's evidence, or its `param`. */
  because?: Readonly<Record<string, unknown>>;
  /** Lets it happen. Ends when it came out right, throws the error that it ended in, or says with `wrong` what was not so. */
  run(place: Place): Promise<void>;
}

/** Runs in Node, so in the quick tests as well. */
export type NodeCase = PartCase<void>;
/** Runs the page's code in a blank page of a real browser; `host` opens that page over plain http. */
export type PageCase = PartCase<Parts> & { host?: string };
/** Runs in the built page. */
export type SiteCase = PartCase<Site>;

/** Throws when two values are not the same as JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`${what}: ${found?.slice(0, 300)} instead of ${wanted?.slice(0, 300)}`);
}

/** Throws when something is not so. */
export function holds(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise);
}

const isNamed = (thrown: unknown): thrown is AppError & { param?: unknown } =>
  (ERROR_CODES as readonly unknown[]).includes((thrown as Partial<AppError> | null)?.code);

function misfits<Place>(
  { state, says, because = {} }: PartCase<Place>,
  error: AppError & { param?: unknown },
): string[] {
  const problems: string[] = [];
  if (error.code !== state) problems.push(`ended in ${error.code} instead of ${state}: ${error.message}`);
  if (error.message === '') problems.push('says nothing');
  if (says && !says.test(error.message)) problems.push(`says "${error.message}" instead of ${says}`);
  const known: Record<string, unknown> = { param: error.param, ...error.evidence };
  for (const [field, value] of Object.entries(because))
    if (known[field] !== value)
      problems.push(`${field} is ${JSON.stringify(known[field])} instead of ${String(value)}`);
  return problems;
}

/** The case has to end as it says; what is thrown without a code is a failure whatever it says. */
export async function judgePart<Place>(one: PartCase<Place>, place: Place): Promise<CaseResult> {
  const { id, title } = one;
  let state: PartState = 'right';
  let problems: string[] = [];
  try {
    await one.run(place);
    if (one.state !== 'right') problems = [`came out as if nothing were wrong instead of ${one.state}`];
  } catch (thrown) {
    if (isNamed(thrown)) {
      state = thrown.code;
      problems = misfits(one, thrown);
    } else {
      state = 'backend-failed';
      problems = [thrown instanceof Error ? thrown.message : String(thrown)];
    }
  }
  return { id, title, state, ok: problems.length === 0, problems, sent: 0, size: 0 };
}
