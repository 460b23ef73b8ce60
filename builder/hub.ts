/** A model's name on the Hugging Face hub → a checkpoint directory: resumable, verified, private with a token. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';

export interface HubOptions {
  /** `owner/name` */
  repo: string;
  /** Branch, tag or commit. @default main */
  revision?: string;
  /** Where the checkpoint goes; what is there already is kept when it is right. */
  directory: string;
  /** @default https://huggingface.co */
  endpoint?: string;
  token?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((step: string, done: number, total: number) => void) | undefined;
}

interface HubFile {
  name: string;
  /** Undefined when the hub does not say. */
  bytes: number | undefined;
  sha256: string | undefined;
}

const WANTED =
  /^(config\.json|(?:pre)?processor_config\.json|tokenizer\.json|tokenizer_config\.json|model\.safetensors\.index\.json|model[A-Za-z0-9._-]*\.safetensors)$/;
const MAX_FILES = 10_000;
const ATTEMPTS = 5;

/** Whether a source looks like `owner/name` on the hub. */
export function isHubName(source: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/.test(source) && !source.includes('..');
}

function failed(message: string, evidence: Record<string, string | number>, cause?: unknown): AppError {
  return new AppError('download-failed', message, evidence, cause);
}

/** Downloads what the builder needs of a model. Returns the commit. Throws `download-failed`, `chunk-corrupt`. */
export async function downloadCheckpoint(options: HubOptions): Promise<string> {
  const { commit, files } = await listFiles(options);
  await mkdir(options.directory, { recursive: true });
  const total = files.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  let before = 0;
  for (const file of files) {
    await downloadFile(file, commit, options, (bytes) => options.onProgress?.('download', before + bytes, total));
    before += file.bytes ?? 0;
  }
  options.onProgress?.('download', total, total);
  return commit;
}

function request(options: HubOptions, path: string, headers: Record<string, string> = {}): Promise<Response> {
  const endpoint = (options.endpoint ?? 'https://huggingface.co').replace(/\/$/, '');
  const auth = options.token ? { authorization: `Bearer ${options.token}` } : {};
  return fetch(`${endpoint}${path}`, { headers: { ...auth, ...headers }, signal: options.signal ?? null });
}

async function listFiles(options: HubOptions): Promise<{ commit: string; files: HubFile[] }> {
  const { repo, revision = 'main' } = options;
  const response = await attempt(options, () =>
    request(options, `/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`),
  );
  if (response.status === 401 || response.status === 403 || response.status === 404)
    throw failed(
      `The hub does not show ${repo} (status ${response.status}). Check the name; for a private or gated model put a token into HF_TOKEN.`,
      { repo, status: response.status },
    );
  if (!response.ok) throw failed(`The hub answered ${response.status} for ${repo}.`, { repo, status: response.status });
  const json = (await response.json()) as { sha?: unknown; siblings?: unknown };
  if (typeof json.sha !== 'string' || !/^[0-9a-f]{40}$/.test(json.sha) || !Array.isArray(json.siblings))
    throw failed(`The hub's answer for ${repo} is not a file list.`, { repo });
  const siblings = json.siblings.slice(0, MAX_FILES) as Record<string, unknown>[];
  const files = siblings.flatMap((sibling) => {
    const name = sibling['rfilename'];
    if (typeof name !== 'string' || !WANTED.test(name)) return [];
    const lfs = sibling['lfs'] as { sha256?: unknown } | undefined;
    const sha256 = typeof lfs?.sha256 === 'string' && /^[0-9a-f]{64}$/.test(lfs.sha256) ? lfs.sha256 : undefined;
    return [{ name, bytes: Number.isSafeInteger(sibling['size']) ? (sibling['size'] as number) : undefined, sha256 }];
  });
  if (!files.some(({ name }) => name.endsWith('.safetensors')))
    throw failed(`${repo} has no safetensors weights, which are the only ones that are read.`, { repo });
  return { commit: json.sha, files };
}

/** Network failures and server errors are tried again, with growing pauses. */
async function attempt(options: HubOptions, run: () => Promise<Response>): Promise<Response> {
  for (let tried = 1; ; tried++) {
    options.signal?.throwIfAborted();
    try {
      const response = await run();
      if (response.status < 500 || tried === ATTEMPTS) return response;
    } catch (cause) {
      options.signal?.throwIfAborted();
      if (tried === ATTEMPTS) throw failed('The hub cannot be reached. Check the network and try again.', {}, cause);
    }
    await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** tried));
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest('hex');
}

async function downloadFile(
  file: HubFile,
  commit: string,
  options: HubOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const target = join(options.directory, file.name);
  const done = await sizeOf(target);
  if (done !== undefined && done === file.bytes && (!file.sha256 || (await sumOf(target)) === file.sha256)) return;
  // The commit is part of the name: what was begun at another version is not continued.
  const partial = `${target}.${commit.slice(0, 12)}.partial`;
  for (let tried = 1; ; tried++) {
    const complete = await appendTo(partial, file, commit, options, onBytes);
    if (complete) break;
    if (tried === ATTEMPTS)
      throw failed(`The download of ${file.name} breaks off again and again. Run the command again to go on.`, {
        file: file.name,
      });
  }
  const bytes = await sizeOf(partial);
  if ((file.bytes !== undefined && bytes !== file.bytes) || (file.sha256 && (await sumOf(partial)) !== file.sha256)) {
    await rm(partial);
    throw new AppError('chunk-corrupt', `${file.name} does not have the promised checksum. Run the command again.`, {
      file: file.name,
    });
  }
  await rename(partial, target);
}

/** Goes on where the partial file ends; false when the connection broke before the end. */
async function appendTo(
  partial: string,
  file: HubFile,
  commit: string,
  options: HubOptions,
  onBytes: (bytes: number) => void,
): Promise<boolean> {
  let have = (await sizeOf(partial)) ?? 0;
  if (file.bytes !== undefined && have === file.bytes && have > 0) return true;
  const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  const path = `/${options.repo}/resolve/${commit}/${file.name}`;
  const response = await attempt(options, () => request(options, path, headers));
  if (!response.ok || !response.body)
    throw failed(`The hub answered ${response.status} for ${file.name}.`, { file: file.name, status: response.status });
  // A server that ignores the range sends everything again.
  const goesOn = response.status === 206 && (response.headers.get('content-range') ?? '').startsWith(`bytes ${have}-`);
  if (!goesOn) have = 0;
  const handle = await open(partial, goesOn ? 'a' : 'w');
  try {
    for await (const piece of response.body) {
      await handle.write(piece as Uint8Array);
      have += (piece as Uint8Array).length;
      onBytes(have);
      if (file.bytes !== undefined && have > file.bytes) break;
    }
    return file.bytes === undefined || have >= file.bytes;
  } catch {
    options.signal?.throwIfAborted();
    // The connection broke; what arrived is kept and the caller asks for the rest.
    return false;
  } finally {
    await handle.close();
  }
}
