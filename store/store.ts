/** The URL of a model folder → its verified files, kept in this browser; also what is kept, and how to delete it. */
import { AppError, asAppError } from '../contract/errors.ts';
import type { ModelManifest } from '../contract/manifest.ts';
import { parseManifest } from '../contract/manifest-parse.ts';
import type { StoredModelEntry } from '../contract/stored-models.ts';
import { announce } from './channel.ts';
import { Chunks, reasonOf } from './chunks.ts';
import { browserEnvironment, connectionOf, type StoreEnvironment } from './environment.ts';
import type { StoredModel } from './model.ts';
import { manifestOf, type ModelRecord, Records, versionOf } from './records.ts';
import { fetchText } from '../files/http/text.ts';
import { notKept } from './not-kept.ts';
import { type PieceList, piecesOf } from './piece-list.ts';
import { DEFAULT_TIMING, type DownloadTiming, Retries } from '../files/http/retry.ts';
import { OpenedModel } from './stored-model.ts';

export { watchStore } from './channel.ts';
export type { StoredModel } from './model.ts';

/** No honest manifest is longer; protects memory from an endless answer. */
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
/** With a stored version at hand, a connection that is only nominally there is not waited for. */
const IMPATIENT_MS = 5000;

export interface StoreOptions {
  environment?: Partial<StoreEnvironment>;
}

export interface OpenOptions extends StoreOptions {
  signal?: AbortSignal;
  fetch?: typeof fetch;
  /** Asks no server: only a version that is complete here can be opened. */
  keptOnly?: boolean;
  timing?: Partial<DownloadTiming>;
}

/** The folder's URL in the one form used as its name: absolute, no query or fragment, trailing slash. */
function folderUrl(modelUrl: string): string {
  let url: URL;
  try {
    url = new URL(modelUrl, globalThis.location?.href);
  } catch (thrown) {
    throw new AppError('request-invalid', 'The address of the model is not a URL.', {}, thrown);
  }
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}

function parts(options: StoreOptions): { environment: StoreEnvironment; records: Records; chunks: Chunks } {
  const environment = { ...browserEnvironment(), ...options.environment };
  const connection = connectionOf(environment);
  return { environment, records: new Records(connection), chunks: new Chunks(connection) };
}

/**
 * Opens a model folder by its manifest: the server's, or the one of the last complete version when the server cannot be
 * reached or has nothing usable. Fetches no weights yet. Throws `download-failed` and `manifest-invalid` when there is no
 * stored version to fall back on, `request-invalid` for a bad URL, `cancelled`.
 */
export async function openModel(modelUrl: string, options: OpenOptions = {}): Promise<StoredModel> {
  const url = folderUrl(modelUrl);
  const { environment, records, chunks } = parts(options);
  // Called through a wrapper: `fetch` refuses to be called as a method of another object.
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const { signal } = options;
  let usable: Records | null = records;
  const record = await records.read(url).catch((thrown: unknown) => {
    usable = null;
    chunks.useMemory(reasonOf(thrown));
    return null;
  });
  const kept = storedManifest(record);
  if (options.keptOnly && !kept) throw notKept(url);
  const fetched = options.keptOnly
    ? null
    : await fetchManifest(url, send, kept ? impatient(timing) : timing, signal).catch((thrown: unknown) => {
        const error = asAppError(thrown);
        if (!kept || error.code === 'cancelled') throw error;
        return null;
      });
  const { text, manifest } = fetched ?? (kept as ManifestText);
  const version = await versionOf(text, manifest);
  const complete = record?.complete?.sum === version.sum ? record.complete.paths : [];
  return new OpenedModel(
    {
      modelUrl: url,
      manifest,
      version,
      fresh: fetched !== null,
      update: (record?.complete ?? null) !== null && record?.complete?.sum !== version.sum,
      records: usable,
      chunks,
      environment,
      fetch: options.keptOnly ? refuseToFetch : send,
      timing,
    },
    complete,
  );
}

/** What is kept in this browser, the most recently changed first. Empty when nothing can be kept. */
export async function listModels(options: StoreOptions = {}): Promise<StoredModelEntry[]> {
  const { records, chunks } = parts(options);
  const all = await records.list().catch(() => []); // a browser that keeps nothing has nothing to list
  const present = await chunks.present();
  return all.map((record) => entryOf(record, present)).sort((a, b) => b.changed_at - a.changed_at);
}

/**
 * Deletes a model's stored weights, except chunks that other models use, and tells other tabs. Not an error when nothing
 * is stored. Throws `storage-blocked`, `backend-failed`.
 */
export async function deleteModel(modelUrl: string, options: StoreOptions = {}): Promise<void> {
  const url = folderUrl(modelUrl);
  const { records } = parts(options);
  await records.remove(url).catch((thrown: unknown) => {
    throw asAppError(thrown);
  });
  announce({ type: 'deleted', modelUrl: url });
}

/** Deletes every model, and chunks that no model refers to. Throws `storage-blocked`, `backend-failed`. */
export async function deleteAllModels(options: StoreOptions = {}): Promise<void> {
  const { records } = parts(options);
  try {
    const urls = (await records.list()).map(({ modelUrl }) => modelUrl);
    await records.clear();
    for (const modelUrl of urls) announce({ type: 'deleted', modelUrl });
  } catch (thrown) {
    throw asAppError(thrown);
  }
}

const refuseToFetch: typeof fetch = async (input) => {
  throw notKept(new URL('.', input instanceof Request ? input.url : input).href);
};

function impatient(timing: DownloadTiming): DownloadTiming {
  return { ...timing, maxTries: 1, stallMs: Math.min(timing.stallMs, IMPATIENT_MS) };
}

interface ManifestText {
  text: string;
  manifest: ModelManifest;
}

function storedManifest(record: ModelRecord | null): ManifestText | null {
  const version = record?.complete;
  const manifest = version && manifestOf(version);
  return manifest ? { text: version.text, manifest } : null;
}

function entryOf(record: ModelRecord, present: ReadonlySet<string>): StoredModelEntry {
  const { modelUrl, changed_at } = record;
  const sizes = new Map<string, number>();
  let newest: PieceList | null = null;
  for (const version of [record.pending, record.complete]) {
    const list = version && piecesOf(version, modelUrl);
    if (!list) continue;
    newest = list; // the complete one has the last word
    for (const file of list.files)
      for (const [index, sum] of file.chunks.entries())
        if (present.has(sum)) sizes.set(sum, Math.min(list.chunk_bytes, file.bytes - index * list.chunk_bytes));
  }
  return {
    modelUrl,
    source: newest?.source ?? 'folder',
    id: newest?.id ?? '',
    name: newest?.name ?? modelUrl,
    stored_bytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
    complete: record.complete !== null,
    changed_at,
  };
}

async function fetchManifest(
  modelUrl: string,
  send: typeof fetch,
  timing: DownloadTiming,
  signal: AbortSignal | undefined,
): Promise<ManifestText> {
  const retries = new Retries(timing, signal);
  for (;;) {
    try {
      const text = await fetchText(new URL('manifest.json', modelUrl).href, {
        send,
        stallMs: timing.stallMs,
        signal,
        answerer: 'the server',
        limit: MAX_MANIFEST_BYTES,
        tooLong: "The model's manifest.json is too long.",
      });
      return { text, manifest: parseManifest(parseJson(text)) };
    } catch (thrown) {
      await retries.afterFailure(thrown, { path: 'manifest.json' });
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const message = "The model's manifest.json is not JSON. Check the address of the model.";
    throw new AppError('manifest-invalid', message, { characters: text.length }, thrown);
  }
}
