/** What is known of each model that is kept here: the complete version, the one being fetched, and garbage collection. */
import { get, promisifyRequest, update, values } from 'idb-keyval';
import type { ModelManifest } from '../contract/manifest.ts';
import { parseManifest } from '../contract/manifest-parse.ts';
import type { Connection } from './connection.ts';
import { sha256 } from '../files/sha256.ts';

/** One version of a model: its manifest, word for word. */
export interface Version {
  /** SHA-256 of `text`. */
  sum: string;
  text: string;
  /** Sums of all chunks of all files, so that garbage is found without parsing. */
  chunks: string[];
  /** Files that were fetched completely. */
  paths: string[];
}

/** The value under a model's URL. Chunks are written first, this last, so nothing half-written ever counts as a model. */
export interface ModelRecord {
  schema: 1;
  modelUrl: string;
  complete: Version | null;
  pending: Version | null;
  changed_at: number;
}

/** A manifest text that was parsed already, as a version of which nothing is fetched yet. */
export async function versionOf(text: string, manifest: ModelManifest): Promise<Version> {
  const sum = await sha256(new TextEncoder().encode(text));
  return { sum, text, chunks: [...new Set(manifest.files.flatMap((file) => file.chunks))], paths: [] };
}

/** The manifest of a stored version; null when this version of the page cannot read it. */
export function manifestOf(version: Version): ModelManifest | null {
  try {
    return parseManifest(JSON.parse(version.text));
  } catch {
    return null; // written by another version of the page, or damaged: as if it were not there
  }
}

function isRecord(value: unknown): value is ModelRecord {
  return typeof value === 'object' && value !== null && (value as ModelRecord).schema === 1;
}

/** Deletes, inside one transaction over both stores, every chunk that no record refers to. */
function deleteGarbage(transaction: IDBTransaction): Promise<void> {
  const chunks = transaction.objectStore('chunks');
  const records = transaction.objectStore('models').getAll();
  const done = promisifyRequest(transaction);
  records.onsuccess = () => {
    const kept = new Set<string>();
    for (const record of (records.result as unknown[]).filter(isRecord))
      for (const version of [record.complete, record.pending]) for (const sum of version?.chunks ?? []) kept.add(sum);
    const present = chunks.getAllKeys();
    present.onsuccess = () => {
      for (const key of present.result) if (!kept.has(key as string)) chunks.delete(key);
    };
  };
  return done;
}

/** All methods throw what IndexedDB throws, or `storage-blocked`. */
export class Records {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async read(modelUrl: string): Promise<ModelRecord | null> {
    const record: unknown = await get(modelUrl, this.#connection.store('models'));
    return isRecord(record) ? record : null;
  }

  async list(): Promise<ModelRecord[]> {
    return (await values(this.#connection.store('models'))).filter(isRecord);
  }

  /** Announces a version before its first chunk is written, so that nobody's garbage collection takes its chunks. */
  begin(modelUrl: string, version: Version): Promise<void> {
    return this.#update(modelUrl, (record) => ({
      ...record,
      pending: record.complete?.sum === version.sum ? null : version,
    }));
  }

  /** The commit: from here on this version is what a visit without network opens. Frees what only older ones used. */
  async complete(modelUrl: string, version: Version, paths: readonly string[]): Promise<void> {
    await this.#update(modelUrl, (record) => {
      const before = record.complete?.sum === version.sum ? record.complete.paths : [];
      const pending = record.pending?.sum === version.sum ? null : record.pending;
      return { ...record, pending, complete: { ...version, paths: [...new Set([...before, ...paths])] } };
    });
    await this.#connection.transaction('readwrite', 'default', ['chunks', 'models'], deleteGarbage);
  }

  /** Forgets a model and frees the chunks that no other model uses, all or nothing. */
  remove(modelUrl: string): Promise<void> {
    return this.#connection.transaction('readwrite', 'strict', ['chunks', 'models'], (transaction) => {
      transaction.objectStore('models').delete(modelUrl);
      return deleteGarbage(transaction);
    });
  }

  /** Forgets everything. */
  clear(): Promise<void> {
    return this.#connection.transaction('readwrite', 'strict', ['chunks', 'models'], (transaction) => {
      transaction.objectStore('models').clear();
      transaction.objectStore('chunks').clear();
      return promisifyRequest(transaction);
    });
  }

  #update(modelUrl: string, change: (record: ModelRecord) => ModelRecord): Promise<void> {
    return update<unknown>(
      modelUrl,
      (value) => {
        const empty: ModelRecord = { schema: 1, modelUrl, complete: null, pending: null, changed_at: 0 };
        return { ...change(isRecord(value) ? value : empty), changed_at: Date.now() };
      },
      this.#connection.store('models', 'strict'),
    );
  }
}
