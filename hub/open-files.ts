/** A hub address → its files, by the hub's list or by that of an earlier visit. */
import { asAppError } from '../contract/errors.ts';
import { Chunks, reasonOf } from '../store/chunks.ts';
import { browserEnvironment, connectionOf, type StoreEnvironment } from '../store/environment.ts';
import { notKept } from '../store/not-kept.ts';
import { Records } from '../store/records.ts';
import { DEFAULT_TIMING, type DownloadTiming } from '../files/http/retry.ts';
import type { HubAddress } from '../files/hub/address.ts';
import { fetchListing } from '../files/hub/listing.ts';
import { HubFiles } from './hub-files.ts';
import { type HubListing, inherit, listingToKeep, storedListing } from './listing.ts';

export interface HubFilesOptions {
  signal?: AbortSignal;
  environment?: Partial<StoreEnvironment>;
  fetch?: typeof fetch;
  timing?: Partial<DownloadTiming>;
  /** Asks no server: only what is complete here can be opened. */
  keptOnly?: boolean;
}

/**
 * Asks the hub which files there are, or takes the list of an earlier visit when the hub cannot be reached.
 * Throws `download-failed` when there is neither, `manifest-invalid`, `cancelled`.
 */
export async function openHubFiles(address: HubAddress, options: HubFilesOptions = {}): Promise<HubFiles> {
  const environment = { ...browserEnvironment(), ...options.environment };
  const connection = connectionOf(environment);
  const chunks = new Chunks(connection);
  const online: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const send = options.keptOnly ? () => Promise.reject(notKept(address.url)) : online;
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  let records: Records | null = new Records(connection);
  const record = await records.read(address.url).catch((thrown: unknown) => {
    records = null;
    chunks.useMemory(reasonOf(thrown));
    return null;
  });
  const complete = record?.complete ? storedListing(record.complete.text) : null;
  const pending = record?.pending ? storedListing(record.pending.text) : null;
  if (options.keptOnly && complete === null) throw notKept(address.url);
  const asking = { send, timing, signal: options.signal, patient: complete === null };
  const fresh = options.keptOnly
    ? null
    : await fetchListing(address, asking).then(listingToKeep, (thrown: unknown) => {
        const error = asAppError(thrown);
        if (complete === null || error.code === 'cancelled') throw error;
        return null;
      });
  const listing = fresh ?? (complete as HubListing);
  inherit(listing, complete);
  inherit(listing, pending);
  const update = complete !== null && complete.commit !== listing.commit;
  return new HubFiles({ address, listing, update, records, chunks, environment, send, timing });
}
