/** A hub address → the list of its files with their sizes and sums, asked over the network and checked. */
import { fieldsOf } from '../../contract/fields.ts';
import { AppError } from '../../contract/errors.ts';
import { type DownloadTiming, Retries } from '../http/retry.ts';
import { fetchText } from '../http/text.ts';
import { type HubPlace, listingUrl } from './address.ts';

export interface ListedFile {
  path: string;
  bytes: number;
  /** SHA-256 of the whole file where the hub tells it, which it does for large files. */
  sha256: string | null;
}

export interface Listing {
  /** `owner/name` */
  repo: string;
  commit: string;
  /** As the repository's tags name it; empty where they do not. */
  license: string;
  files: ListedFile[];
}

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
export async function fetchListing(address: HubPlace, options: ListingOptions): Promise<Listing> {
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

const MAX_FILES = 10_000;
const MAX_BYTES = 2 ** 40;

const isSum = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_BYTES;

/** Relative, forward slashes, no way out of the folder. */
function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Throws `manifest-invalid` for what is no list of files. */
export function parseListing(json: unknown, repo: string): Listing {
  const { sha, siblings, tags } = fieldsOf(json);
  if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha) || !Array.isArray(siblings) || siblings.length > MAX_FILES)
    throw new AppError('manifest-invalid', `The hub's answer for ${repo} is not a list of files.`, { repo });
  const files = siblings.flatMap((sibling): ListedFile[] => {
    const { rfilename, size, lfs } = fieldsOf(sibling);
    if (!isPath(rfilename) || !isSize(size)) return [];
    const { sha256 } = fieldsOf(lfs);
    return [{ path: rfilename, bytes: size, sha256: isSum(sha256) ? sha256 : null }];
  });
  return { repo, commit: sha, license: licenseOf(tags), files };
}

/** `license:apache-2.0` among the tags → `apache-2.0`. */
function licenseOf(tags: unknown): string {
  const all = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  return all.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? '';
}
