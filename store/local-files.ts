/** Files that a person picked or dropped → a model folder that the store reads as if a server had it. */
import { AppError } from '../contract/errors.ts';
import type { ModelManifest } from '../contract/manifest.ts';
import { parseManifest } from '../contract/manifest-parse.ts';
import { LOCAL_SCHEME, type LocalFile } from '../contract/stored-models.ts';
import { sha256 } from '../files/sha256.ts';

/** No honest folder has more; looking through more would only keep the person waiting. */
const MAX_FILES = 20_000;
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
const MANIFEST = 'manifest.json';

export interface LocalFolder {
  /** `local-model:/ID/`: the same model picked again is the same model. */
  modelUrl: string;
  manifest: ModelManifest;
  /** Answers requests below `modelUrl` from the files. */
  fetch: typeof fetch;
}

const tidy = (path: string): string => path.replaceAll('\\', '/').replace(/^\.?\/+/, '');

/** The folder of the only manifest that is closest to what was picked, with a trailing slash or empty. */
function rootOf(paths: readonly string[]): string {
  const found = paths.filter((path) => path === MANIFEST || path.endsWith(`/${MANIFEST}`));
  const depth = Math.min(...found.map((path) => path.split('/').length));
  const roots = found.filter((path) => path.split('/').length === depth);
  const [root] = roots;
  if (root === undefined) {
    const message = 'There is no manifest.json among these files. Pick the whole folder of a model in model-format 1.';
    throw new AppError('manifest-invalid', message, { reason: 'noManifest', files: paths.length });
  }
  if (roots.length > 1) {
    const message = 'There are several models among these files. Pick the folder of one of them.';
    throw new AppError('manifest-invalid', message, { reason: 'severalModels', models: roots.length });
  }
  return root.slice(0, -MANIFEST.length);
}

async function readManifest(blob: Blob): Promise<ModelManifest> {
  if (blob.size > MAX_MANIFEST_BYTES)
    throw new AppError('manifest-invalid', "The model's manifest.json is too long.", { bytes: blob.size });
  let json: unknown;
  try {
    json = JSON.parse(await blob.text());
  } catch (thrown) {
    const message = 'The manifest.json among these files is not JSON, or can no longer be read. Pick the folder again.';
    throw new AppError('manifest-invalid', message, { bytes: blob.size }, thrown);
  }
  return parseManifest(json);
}

/**
 * Files that were picked one by one come without their folders, and some may bear the same name: a listed file that is not
 * in its place is looked for by its size and its first piece.
 */
async function findByContent(
  { files, chunk_bytes }: ModelManifest,
  picked: readonly LocalFile[],
  inside: Map<string, Blob>,
) {
  for (const { path, bytes, chunks } of files) {
    if (inside.has(path)) continue;
    for (const { blob } of picked) {
      if (blob.size !== bytes || !(await begins(blob, chunk_bytes, chunks[0]))) continue;
      inside.set(path, blob);
      break;
    }
  }
}

async function begins(blob: Blob, chunkBytes: number, sum: string | undefined): Promise<boolean> {
  try {
    return sum === undefined || (await sha256(await blob.slice(0, chunkBytes).arrayBuffer())) === sum;
  } catch {
    return false; // cannot be read any more: not the file that is looked for
  }
}

/** Every file that is listed and present has the size that is promised; the sums are checked as the files are read. */
function checkSizes(manifest: ModelManifest, files: ReadonlyMap<string, Blob>): void {
  for (const { path, bytes } of manifest.files) {
    const size = files.get(path)?.size ?? bytes;
    if (size === bytes) continue;
    const message = `The file ${path} has ${size} bytes instead of ${bytes}. It was not copied completely, or belongs to another model.`;
    throw new AppError('chunk-corrupt', message, { path, bytes: size, expected: bytes });
  }
}

/** One answer, as a server that knows ranges would give it. */
function answer(blob: Blob, range: string | null): Response {
  const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
  if (!match) return new Response(blob);
  const end = blob.size - 1;
  const [first, last] = [Number(match[1]), match[2] ? Math.min(Number(match[2]), end) : end];
  const headers = { 'content-range': `bytes ${first}-${last}/${blob.size}` };
  return new Response(blob.slice(first, last + 1), { status: 206, headers });
}

/** A fetch over a folder in memory of the page; a file that is not there is an error that says which. */
function fetchFrom(modelUrl: string, files: ReadonlyMap<string, Blob>): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    init?.signal?.throwIfAborted();
    const path = url.slice(modelUrl.length);
    const blob = files.get(path);
    if (blob) return answer(blob, new Headers(init?.headers).get('range'));
    const message = `The file ${path} is missing among those that were picked. Pick the whole folder of the model.`;
    throw new AppError('download-failed', message, { reason: 'fileMissing', path });
  };
}

/**
 * The model among `files`; files around it and beside it are ignored. Throws `manifest-invalid` and `chunk-corrupt` (a
 * file of the wrong size).
 */
export async function localFolder(files: readonly LocalFile[]): Promise<LocalFolder> {
  if (files.length > MAX_FILES) {
    const message = 'These are far more files than a model has. Pick the folder of one model.';
    throw new AppError('manifest-invalid', message, { files: files.length, limit: MAX_FILES });
  }
  const all = new Map(files.map(({ path, blob }) => [tidy(path), blob]));
  const root = rootOf([...all.keys()]);
  const inside = new Map<string, Blob>();
  for (const [path, blob] of all) if (path.startsWith(root)) inside.set(path.slice(root.length), blob);
  const manifest = await readManifest(inside.get(MANIFEST) as Blob);
  await findByContent(manifest, files, inside);
  checkSizes(manifest, inside);
  const modelUrl = `${LOCAL_SCHEME}/${encodeURIComponent(manifest.id)}/`;
  return { modelUrl, manifest, fetch: fetchFrom(modelUrl, inside) };
}
