/** A model's name on the Hugging Face hub → the files that the builder reads, in a folder: resumable, verified, private with a token. */
import { checkpointFiles } from '../builder/checkpoint-files.ts';
import { AppError } from '../contract/errors.ts';
import type { Sink } from '../contract/files.ts';
import { DEFAULT_TIMING } from '../files/http/retry.ts';
import { downloadListed } from '../files/hub/into.ts';
import { fetchListing, type Listing } from '../files/hub/listing.ts';
import { runningSum } from '../files/node/sha256.ts';

export interface HubOptions {
  /** `owner/name` */
  repo: string;
  /** Branch, tag or commit. @default main */
  revision?: string;
  /** Where the checkpoint goes; what is there already is kept when it is right. */
  sink: Sink;
  /** @default https://huggingface.co */
  endpoint?: string;
  token?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((step: string, done: number, total: number) => void) | undefined;
}

/** Whether a source looks like `owner/name` on the hub. */
export function isHubName(source: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/.test(source) && !source.includes('..');
}

/** Statuses by which the hub hides a model. */
const HIDDEN = [401, 403, 404];

function hidden(thrown: unknown, repo: string): unknown {
  const { status } = thrown instanceof AppError ? thrown.evidence : {};
  if (typeof status !== 'number' || !HIDDEN.includes(status)) return thrown;
  const message = `The hub does not show ${repo} (status ${status}). Check the name; for a private or gated model put a token into HF_TOKEN.`;
  return new AppError('download-failed', message, { repo, status }, thrown);
}

/** Downloads what the builder needs of a model. Returns the commit. Throws `download-failed`, `chunk-corrupt`. */
export async function downloadCheckpoint(options: HubOptions): Promise<string> {
  const { repo, revision = 'main', sink, token, signal, onProgress } = options;
  const endpoint = (options.endpoint ?? 'https://huggingface.co').replace(/\/$/, '');
  const place = { endpoint, repo, revision };
  const send: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    if (token) headers.set('authorization', `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  };
  const network = { send, timing: DEFAULT_TIMING, signal };
  try {
    const listing: Listing = await fetchListing(place, { ...network, patient: true });
    const wanted = { ...listing, files: checkpointFiles(listing.files, repo) };
    const onBytes = (here: number, total: number): void => onProgress?.('download', here, total);
    await downloadListed(place, wanted, sink, { ...network, runningSum, onBytes });
    return listing.commit;
  } catch (thrown) {
    throw hidden(thrown, repo);
  } finally {
    await sink.finish();
  }
}
