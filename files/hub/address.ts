/** The address of a model on the hub → endpoint, repository and revision, and the addresses of its parts. */
import { AppError } from '../../contract/errors.ts';

/** A revision of a repository. */
export interface HubPlace {
  /** Origin of the hub, without a slash at its end. */
  endpoint: string;
  /** `owner/name` */
  repo: string;
  /** Branch, tag or commit. */
  revision: string;
}

export interface HubAddress extends HubPlace {
  /** The one form that names this model in the store. */
  url: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

function invalid(): AppError {
  return new AppError(
    'request-invalid',
    'That is not the address of a model on the hub. It looks like https://huggingface.co/owner/name.',
  );
}

/** Reads `https://hub/owner/name`, also with `/tree/REVISION` behind it. Throws `request-invalid`. */
export function parseHubAddress(address: string): HubAddress {
  if (!URL.canParse(address)) throw invalid();
  const { origin, protocol, pathname } = new URL(address);
  const [owner = '', name = '', tree, ...rest] = pathname.split('/').filter((part) => part !== '');
  if ((protocol !== 'https:' && protocol !== 'http:') || !NAME.test(owner) || !NAME.test(name)) throw invalid();
  if (tree !== undefined && (tree !== 'tree' || rest.length === 0)) throw invalid();
  const revision = tree === undefined ? 'main' : decodeURIComponent(rest.join('/'));
  const repo = `${owner}/${name}`;
  const suffix = revision === 'main' ? '' : `tree/${encodeURIComponent(revision)}/`;
  return { endpoint: origin, repo, revision, url: `${origin}/${repo}/${suffix}` };
}

/** Where the hub lists the files of a revision, with their sizes and sums. */
export function listingUrl({ endpoint, repo, revision }: HubPlace): string {
  return `${endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
}

/** Where a file of one commit lies. */
export function fileUrl({ endpoint, repo }: HubPlace, commit: string, path: string): string {
  return `${endpoint}/${repo}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
}
