/** The hub's list of a model's files → the same with what was fetched of each, in the form in which the store keeps it. */
import { fieldsOf } from '../contract/fields.ts';
import type { ListedFile, Listing } from '../files/hub/listing.ts';
import { HUB_FORMAT } from '../store/piece-list.ts';

export interface HubFile extends ListedFile {
  /** SHA-256 of each 8 MiB piece as far as it was fetched; empty strings for the others. */
  chunks: string[];
  /** True when the whole file was compared with `sha256`, or the hub tells none. */
  verified: boolean;
}

export interface HubListing extends Listing {
  format: typeof HUB_FORMAT;
  files: HubFile[];
}

/** A listing of which nothing was fetched yet. */
export function listingToKeep(listing: Listing): HubListing {
  const files = listing.files.map((file) => ({ ...file, chunks: [], verified: false }));
  return { ...listing, format: HUB_FORMAT, files };
}

/** A listing that was stored as text, or null when this version of the page cannot read it. */
export function storedListing(text: string): HubListing | null {
  try {
    const value = fieldsOf(JSON.parse(text));
    if (value['format'] !== HUB_FORMAT || !Array.isArray(value['files'])) return null;
    return { license: '', ...value } as unknown as HubListing; // earlier versions of the page kept no licence
  } catch {
    return null; // a manifest of our own format, or damaged: as if it were not there
  }
}

/** Takes over what is known of the pieces of files that are the same in an earlier listing. */
export function inherit(listing: HubListing, earlier: HubListing | null): void {
  const known = new Map(earlier?.files.map((file) => [file.path, file]));
  for (const file of listing.files) {
    const before = known.get(file.path);
    if (before === undefined || before.bytes !== file.bytes || before.sha256 !== file.sha256) continue;
    // Without a sum the size alone says nothing about another commit.
    if (file.sha256 === null && earlier?.commit !== listing.commit) continue;
    file.chunks = [...before.chunks];
    file.verified = before.verified;
  }
}

/** Everything that is read before any graph: small files at the top of the repository. */
export function settingsPaths(paths: readonly string[]): string[] {
  return paths.filter((path) => /^[\w.-]+\.(json|jinja)$/.test(path) && !path.endsWith('.index.json'));
}
