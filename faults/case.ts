/** What a fault case is: something that goes wrong, the state it has to end in, and what a retry may cost. */
import type { ErrorCode, Evidence } from '../contract/errors.ts';
import type { DownloadTiming } from '../files/http/retry.ts';
import type { Folder } from './model-folder.ts';
import type { ScriptedServer } from './scripted-server.ts';

/** How a visit may end: the model is kept here, it runs from memory, or a named error. */
export type State = 'ready' | 'in-memory' | ErrorCode;

export interface Outcome {
  state: State;
  /** What the person is told: the error, or why the model is not kept. Empty when all is well. */
  message: string;
  evidence: Evidence;
  /** True when every file that was read has the bytes of the server's folder; false also when nothing was read. */
  intact: boolean;
}

/** One visit: a fresh page that shares nothing but the browser's storage with earlier ones. */
export interface Visit {
  /** Another model than the server's. */
  url?: string;
  timing?: Partial<DownloadTiming>;
  /** The person stops when so many bytes are here. */
  stopAt?: number;
}

/** Raw access to what is stored, to look at it and to damage it. `undefined` deletes. */
export interface StoredValues {
  keys(store?: 'chunks' | 'models'): Promise<string[]>;
  get(key: string): Promise<Uint8Array>;
  put(key: string, value: Uint8Array | string | object | undefined, store?: 'chunks' | 'models'): Promise<void>;
}

/** What only a real browser can do; see browser-world.ts. */
export interface BrowserTools {
  /** Bytes this origin may store; null: what the browser finds right. */
  setQuota(bytes: number | null): Promise<void>;
  /** Makes the network of later pages and of the present one slow or absent. */
  setNetwork(how: 'offline' | 'slow' | 'normal'): Promise<void>;
  /** Runs a script in every later page before anything else; the next visit after `heal` goes without. */
  inject(script: string): Promise<void>;
  /** Begins a visit in a page of its own and does not wait for it. */
  begin(visit?: Visit): Promise<RunningVisit>;
  /** Evaluates an expression in a fresh page of the origin, which stays open. */
  evaluate<T>(expression: string): Promise<T>;
  /** Wipes the databases of the origin under the pages that use them, as a browser short of room does. */
  evict(): Promise<void>;
  /** Kills the whole browser and starts it again on the same profile. Only for a world with a profile. */
  restart(): Promise<void>;
}

export interface RunningVisit {
  outcome: Promise<Outcome>;
  /** Ends the tab: closed by the person, or crashed. */
  end(how: 'close' | 'crash'): Promise<void>;
}

export interface World {
  readonly server: ScriptedServer;
  /** Opens the model, fetches all its files and reads them. Never rejects. */
  load(visit?: Visit): Promise<Outcome>;
  /** A second server, which is stopped with the first. */
  otherServer(folder: Folder): Promise<ScriptedServer>;
  readonly stored: StoredValues;
}

interface CaseOf<W> {
  /** Letter of the group (see run.ts), number, key word. */
  id: string;
  title: string;
  state: State;
  /** Served instead of the usual model of eleven chunks. */
  folder?: () => Folder;
  /** Chunks that may be sent beyond the model's own size, retry included. @default 1 */
  waste?: number;
  /** Has to occur in what the person is told. */
  says?: RegExp;
  /** Lets the fault happen; returns how the visit ended that met it. */
  run(world: W): Promise<Outcome>;
}

/** Runs anywhere: in Node with a stand-in for IndexedDB, and in a browser. */
export type QuickCase = CaseOf<World>;
/** Needs a real browser. */
export type BrowserCase = CaseOf<World & { browser: BrowserTools }> & {
  /** The browser keeps its data in a folder, so that it can be restarted. */
  profile?: boolean;
  /** Name of the server; another than this device's makes the page come over plain http. */
  host?: string;
};

/** A case that is over, with what it found wrong; nothing found means passed. */
export interface CaseResult {
  id: string;
  title: string;
  state: State | 'right';
  ok: boolean;
  problems: string[];
  sent: number;
  size: number;
}

/** Bytes of a folder's files without its manifest, equal chunks counted once: what a visit without faults fetches. */
export function sizeOf({ manifest }: Folder): number {
  const chunks = new Map<string, number>();
  for (const file of manifest.files)
    for (const [index, sum] of file.chunks.entries())
      chunks.set(sum, Math.min(manifest.chunk_bytes, file.bytes - index * manifest.chunk_bytes));
  return [...chunks.values()].reduce((total, bytes) => total + bytes, 0);
}

/**
 * The fault, then a retry without it: the fault has to end in the named state, the retry has to succeed, and together
 * they may fetch the model once and `waste` chunks more.
 */
export async function judge<W extends World>(
  { id, title, state, waste, says, run }: CaseOf<W>,
  world: W,
  heal: () => Promise<void>,
): Promise<CaseResult> {
  const problems: string[] = [];
  const met = await run(world);
  if (met.state !== state) problems.push(`ended in ${met.state} instead of ${state}: ${met.message}`);
  if ((met.state === 'ready' || met.state === 'in-memory') && !met.intact) problems.push('read wrong bytes');
  if (met.state !== 'ready' && met.message === '') problems.push('says nothing');
  if (says && !says.test(met.message)) problems.push(`says "${met.message}" instead of ${says}`);
  await heal();
  const again = await world.load();
  if (again.state !== 'ready') problems.push(`a retry ended in ${again.state}: ${again.message}`);
  else if (!again.intact) problems.push('a retry read wrong bytes');
  const { server } = world;
  const [sent, size] = [server.sent(), sizeOf(server.folder)];
  const limit = size + (waste ?? 1) * server.folder.manifest.chunk_bytes;
  if (sent > limit) problems.push(`${sent} bytes were sent, ${limit} at most should have been`);
  return { id, title, state: met.state, ok: problems.length === 0, problems, sent, size };
}
