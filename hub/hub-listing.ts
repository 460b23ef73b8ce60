/** A hub address → the list of its files, asked over the network. */
import { AppError } from '../contract/errors.ts';
import { fetchText } from '../store/fetch-text.ts';
import { type DownloadTiming, Retries } from '../store/retry.ts';
import { type HubAddress, listingUrl } from './address.ts';
import { type HubListing, parseListing } from './listing.ts';

const MAX_CHARACTERS = 32 * 1024 * 1024;
/** With a stored list at hand, a connection that is only nominally there is not waited for. */
const IMPATIENT_MS = 5000;

interface ListingOptions {
  send: typeof fetch;
  timing: DownloadTiming;
  signal: AbortSignal | undefined;
  /** Whether to try again and again, because there is nothing else to go by. */
  patient: boolean;
}

function parseJson(text: string, repo: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new AppError('manifest-invalid', `The hub's answer for ${repo} is not JSON.`, { repo }, thrown);
  }
}

/** Throws `download-failed` (with advice where the hub refuses), `manifest-invalid`, `cancelled`. */
export async function fetchListing(address: HubAddress, options: ListingOptions): Promise<HubListing> {
  const { timing, patient } = options;
  const hurried = { ...timing, maxTries: 1, stallMs: Math.min(timing.stallMs, IMPATIENT_MS) };
  const used = patient ? timing : hurried;
  const retries = new Retries(used, options.signal);
  for (;;) {
    try {
      const text = await fetchText(listingUrl(address), {
        send: options.send,
        stallMs: used.stallMs,
        signal: options.signal,
        answerer: 'the hub',
        limit: MAX_CHARACTERS,
        tooLong: "The hub's list of files is too long.",
      });
      return parseListing(parseJson(text, address.repo), address.repo);
    } catch (thrown) {
      await retries.afterFailure(thrown, { path: address.repo });
    }
  }
}
