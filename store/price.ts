/** What a model costs to fetch, and what somebody agreed to → the version to run, or the error that asks a person first. */
import { AppError } from '../contract/errors.ts';
import { type Reason, sizeText } from '../contract/reasons.ts';

export interface Price {
  /** URL under which the model is kept. */
  model: string;
  name: string;
  /** Empty where nobody says. */
  license: string;
  variant: string;
  bytes: number;
  missing_bytes: number;
}

/** `download-unconfirmed`: nothing was fetched yet, and nothing will be until somebody agrees. */
function unconfirmed(price: Price): AppError {
  const message = `${price.name} has to be fetched first: ${sizeText(price.missing_bytes)}.`;
  return new AppError('download-unconfirmed', message, { ...price });
}

/** How models of one kind are opened, planned for a device, and counted. */
export interface Market<Version extends { update: boolean }, Candidate> {
  /** Bytes that may be fetched without asking. */
  limit: number;
  /** The newest version. */
  newest: Promise<Version>;
  /** The complete one that is here, opened without any request. */
  kept: () => Promise<Version>;
  /** What to try, the best first. */
  plan: (version: Version) => { candidates: Candidate[]; reasons: Reason[] };
  missing: (version: Version, candidate: Candidate) => Promise<number>;
  price: (version: Version, candidate: Candidate, missingBytes: number) => Price;
}

/**
 * The newest version, unless it would have to be fetched without anybody's agreement and an older one is complete here.
 * Throws `download-unconfirmed` where nothing can run without it, else what opening and planning throw.
 */
export async function affordable<Version extends { update: boolean }, Candidate>(market: Market<Version, Candidate>) {
  const { limit, plan, missing, price } = market;
  const version = await market.newest;
  const planned = plan(version);
  const [first] = planned.candidates;
  const bytes = first && limit < Infinity ? await missing(version, first) : 0;
  if (!first || bytes <= limit) return { version, ...planned };
  const unpaid = unconfirmed(price(version, first, bytes));
  if (!version.update) throw unpaid;
  const kept = await market.kept();
  const { candidates, reasons } = plan(kept);
  const [runs] = candidates;
  if (!runs || (await missing(kept, runs)) > 0) throw unpaid;
  return { version: kept, candidates, reasons: [...reasons, { reason: 'newer' as const, values: { bytes } }] };
}
