/** The running conversation → a copy on the shelf whenever a step of it is done; and back onto the page when it is chosen. */
import { asAppError, toWire, type WireError } from '../../../contract/errors.ts';
import { observable, type Observable } from '../observable.ts';
import type { ImageReader, Session } from '../session.ts';
import type { Conversation, AttachedImage, State, Turn } from '../state.ts';
import { contentOf, type ConversationRecord, recordOf, turnsOf, versionOf } from './record.ts';
import type { Shelf } from './shelf.ts';

export interface HistoryState {
  /** Null until they have been read. */
  records: readonly ConversationRecord[] | null;
  /** Why conversations can't be kept or read, or what was wrong with a file that was to be imported. */
  problem: WireError | null;
}

export interface History extends Observable<HistoryState> {
  refresh: () => Promise<void>;
  open: (record: ConversationRecord) => Promise<void>;
  rename: (record: ConversationRecord, title: string) => Promise<void>;
  remove: (record: ConversationRecord) => Promise<void>;
  removeAll: () => Promise<void>;
  /** The bytes of all images of a conversation, by id. */
  imagesOf: (record: ConversationRecord) => Promise<Map<string, Blob>>;
  /** Adds conversations that came from elsewhere, but for those that are kept already; resolves to how many it added. */
  add: (conversations: readonly Arrived[]) => Promise<number>;
  /** Shows what went wrong with `task`, instead of throwing. True when it went well. */
  attempt: (task: () => Promise<void>) => Promise<boolean>;
  /** Settles when everything that was to be written is written. */
  settled: () => Promise<void>;
}

/** A conversation with the bytes of its images, by their id. */
interface Arrived {
  record: ConversationRecord;
  images: ReadonlyMap<string, Blob>;
}

interface Snapshot {
  conversation: Conversation;
  turns: readonly Turn[];
  version: string;
}

const snapshotOf = ({ conversation, turns }: State): Snapshot => ({
  conversation,
  turns,
  version: versionOf(conversation, turns),
});

/** Calls `written` with each version of the session's conversation that is worth keeping. */
function watch(session: Session, write: (snapshot: Snapshot) => void): void {
  let seen = snapshotOf(session.getState());
  // Something may have been asked while this code was on its way.
  if (seen.turns.length > 0) write(seen);
  session.subscribe(() => {
    const state = session.getState();
    if (state.turns === seen.turns && state.conversation === seen.conversation) return;
    const next = snapshotOf(state);
    const same = next.conversation.id === seen.conversation.id;
    // Words of a streaming answer arrive many times a second; they are written when the answer ends or is left behind.
    if (same ? next.version !== seen.version : seen.turns.length > 0) write(same ? next : seen);
    seen = next;
  });
}

async function haveSameBytes(a: Blob | undefined, b: Blob | undefined): Promise<boolean> {
  if (a === undefined || b === undefined || a.size !== b.size) return a === b;
  const [one, other] = [new Uint8Array(await a.arrayBuffer()), new Uint8Array(await b.arrayBuffer())];
  return one.every((byte, at) => byte === other[at]);
}

/** Whether the shelf has the same conversation with the same images, under whatever name. */
async function isKept(shelf: Shelf, { record, images }: Arrived): Promise<boolean> {
  const content = contentOf(record);
  const idsOf = ({ turns }: ConversationRecord) => turns.flatMap(({ pictures }) => pictures.map(({ id }) => id));
  for (const kept of (await shelf.list()).filter((candidate) => contentOf(candidate) === content)) {
    const before = await shelf.images(kept);
    const arrived = idsOf(record);
    const same = await Promise.all(
      idsOf(kept).map((id, place) => haveSameBytes(before.get(id), images.get(arrived[place] ?? ''))),
    );
    if (same.every(Boolean)) return true;
  }
  return false;
}

/** What is known about the kept conversations, and the one queue for everything that changes them. */
function createLedger(shelf: Shelf, other: BroadcastChannel | null) {
  const { getState, setState, subscribe } = observable<HistoryState>({ records: null, problem: null });
  let writing: Promise<unknown> = Promise.resolve();

  const update = (change: Partial<HistoryState>): void => setState({ ...getState(), ...change });
  async function attempt(task: () => Promise<void>): Promise<boolean> {
    try {
      await task();
      return true;
    } catch (thrown) {
      update({ records: getState().records ?? [], problem: toWire(asAppError(thrown)) });
      return false;
    }
  }
  const refresh = () => attempt(async () => update({ records: await shelf.list() }));
  /** One after the other, so that an older version never overwrites a newer one. */
  function change(task: () => Promise<void>): Promise<boolean> {
    const done = writing.then(async () => {
      const well = await attempt(task);
      if (well && getState().records !== null) await refresh();
      if (well) other?.postMessage('changed');
      return well;
    });
    writing = done;
    return done;
  }
  other?.addEventListener('message', () => getState().records !== null && void refresh());
  return {
    subscribe,
    getState,
    async refresh() {
      await refresh();
    },
    attempt(task: () => Promise<void>) {
      update({ problem: null });
      return attempt(task);
    },
    change,
    settled: async () => void (await writing),
  };
}

export function createHistory(
  session: Session,
  shelf: Shelf,
  reader: ImageReader,
  other: BroadcastChannel | null,
): History {
  const { change, ...ledger } = createLedger(shelf, other);
  const removed = new Set<string>();
  let stamped = 0;

  /** Milliseconds since 1970, never the same twice: the list shows first what was changed last. */
  function stamp(): number {
    stamped = Math.max(Date.now(), stamped + 1);
    return stamped;
  }
  function write({ conversation, turns }: Snapshot): void {
    const { id, temporary } = conversation;
    if (removed.has(id)) return;
    const record = recordOf(conversation, turns, stamp());
    const blobs = new Map(
      turns.flatMap(({ images }) => images.map(({ id: key, blob }): [string, Blob] => [key, blob])),
    );
    void change(() => (temporary || turns.length === 0 ? shelf.remove(id) : shelf.save(record, blobs)));
  }
  async function open(record: ConversationRecord): Promise<void> {
    await ledger.attempt(async () => {
      const blobs = await shelf.images(record);
      const images = new Map<string, AttachedImage>();
      for (const { id, width, height } of record.turns.flatMap((turn) => turn.pictures)) {
        const blob = blobs.get(id);
        if (blob !== undefined) images.set(id, reader.restore({ id, blob, width, height }));
      }
      const { id, title, created } = record;
      session.openConversation({ id, title, created, temporary: false }, turnsOf(record, images));
    });
  }
  async function remove(ids: readonly string[], task: () => Promise<void>): Promise<void> {
    for (const id of ids) removed.add(id);
    if (ids.includes(session.getState().conversation.id)) session.newConversation();
    await change(task);
  }

  watch(session, write);
  return {
    ...ledger,
    open,
    async rename(record, title) {
      if (record.id === session.getState().conversation.id) session.rename(title.trim());
      else await change(() => shelf.save({ ...record, title: title.trim() }, new Map()));
      await ledger.settled();
    },
    remove: (record) => remove([record.id], () => shelf.remove(record.id)),
    async removeAll() {
      const { conversation } = session.getState();
      await remove([conversation.id, ...(ledger.getState().records ?? []).map(({ id }) => id)], () => shelf.clear());
    },
    imagesOf: (record) => shelf.images(record),
    async add(conversations) {
      let added = 0;
      await change(async () => {
        for (const arrived of conversations) {
          if (await isKept(shelf, arrived)) continue;
          await shelf.save(arrived.record, arrived.images);
          added += 1;
        }
      });
      return added;
    },
  };
}
