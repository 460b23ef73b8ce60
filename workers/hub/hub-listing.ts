/** A hub address → the list of its files, asked over the network. */
import { AppError } from '../../contract/errors.ts';
import { open } from '../store/request.ts';
import { type DownloadTiming, Retries, TemporaryFailure } from '../store/retry.ts';
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

async function fetchText(url: string, { send, timing, signal }: ListingOptions): Promise<string> {
  const opened = await open(url, { fetch: send, signal, stallMs: timing.stallMs, cache: 'no-cache' });
  try {
    const { status } = opened.response;
    if (status !== 200) throw new TemporaryFailure(`the hub answered ${status}`, { status });
    const decoder = new TextDecoder();
    let text = '';
    for (let piece = await opened.next(); piece; piece = await opened.next()) {
      text += decoder.decode(piece, { stream: true });
      if (text.length > MAX_CHARACTERS)
        throw new AppError('manifest-invalid', "The hub's list of files is too long.", { limit: MAX_CHARACTERS });
    }
    return text + decoder.decode();
  } finally {
    opened.close();
  }
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
  const used = { ...options, timing: patient ? timing : hurried };
  const retries = new Retries(used.timing, options.signal);
  for (;;) {
    try {
      return parseListing(parseJson(await fetchText(listingUrl(address), used), address.repo), address.repo);
    } catch (thrown) {
      await retries.afterFailure(thrown, { path: address.repo });
    }
  }
}
