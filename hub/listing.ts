/** The hub's list of a model's files → paths, sizes and sums, checked; in the form in which the store keeps it. */
import { AppError } from '../contract/errors.ts';
import { fieldsOf } from '../contract/fields.ts';
import { HUB_FORMAT } from '../store/piece-list.ts';

export interface HubFile {
  path: string;
  bytes: number;
  /** SHA-256 of the whole file where the hub tells it, which it does for large files. */
  sha256: string | null;
  /** SHA-256 of each 8 MiB piece as far as it was fetched; empty strings for the others. */
  chunks: string[];
  /** True when the whole file was compared with `sha256`, or the hub tells none. */
  verified: boolean;
}

export interface HubListing {
  format: typeof HUB_FORMAT;
  repo: string;
  commit: string;
  /** As the repository's tags name it; empty where they do not. */
  license: string;
  files: HubFile[];
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
export function parseListing(json: unknown, repo: string): HubListing {
  const { sha, siblings, tags } = fieldsOf(json);
  if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha) || !Array.isArray(siblings) || siblings.length > MAX_FILES)
    throw new AppError('manifest-invalid', `The hub's answer for ${repo} is not a list of files.`, { repo });
  const files = siblings.flatMap((sibling): HubFile[] => {
    const { rfilename, size, lfs } = fieldsOf(sibling);
    if (!isPath(rfilename) || !isSize(size)) return [];
    const { sha256 } = fieldsOf(lfs);
    return [{ path: rfilename, bytes: size, sha256: isSum(sha256) ? sha256 : null, chunks: [], verified: false }];
  });
  return { format: HUB_FORMAT, repo, commit: sha, license: licenseOf(tags), files };
}

/** `license:apache-2.0` among the tags → `apache-2.0`. */
function licenseOf(tags: unknown): string {
  const all = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  return all.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? '';
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
