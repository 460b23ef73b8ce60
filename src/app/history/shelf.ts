/** Conversations and their images ↔ one IndexedDB store of this browser; a conversation and its images change together. */
import { clear, createStore, delMany, get, getMany, keys, setMany, type UseStore } from 'idb-keyval';
import type { ConversationRecord } from './record.ts';

const CONVERSATION = 'conversation/';
const PICTURE = 'picture/';

export interface Shelf {
  /** All conversations, the one changed last first. */
  list: () => Promise<ConversationRecord[]>;
  /** Writes a conversation with the bytes of its images, and removes those of its images that it lost. */
  save: (record: ConversationRecord, images: ReadonlyMap<string, Blob>) => Promise<void>;
  /** The bytes of its images by id; what the browser has cleared away is missing. */
  images: (record: ConversationRecord) => Promise<Map<string, Blob>>;
  remove: (id: string) => Promise<void>;
  clear: () => Promise<void>;
}

const imageIds = (record: ConversationRecord) => record.turns.flatMap((turn) => turn.pictures.map(({ id }) => id));

export function openShelf(name = 'conversations'): Shelf {
  let opened: UseStore | null = null;
  // Opened late: in private windows the opening itself may throw.
  const store: UseStore = (mode, callback) => {
    opened ??= createStore(name, 'all');
    return opened(mode, callback);
  };
  const read = (id: string) => get<ConversationRecord>(CONVERSATION + id, store);

  async function list(): Promise<ConversationRecord[]> {
    const names = (await keys<string>(store)).filter((key) => key.startsWith(CONVERSATION));
    const records = await getMany<ConversationRecord | undefined>(names, store);
    return records.filter((record) => record !== undefined).sort((a, b) => b.updated - a.updated);
  }

  return {
    list,
    async save(record, images) {
      const ids = imageIds(record);
      const before = await read(record.id);
      const kept = new Set(before === undefined ? [] : imageIds(before));
      const added = ids.filter((id) => !kept.has(id) && images.has(id));
      await setMany(
        [...added.map((id): [string, unknown] => [PICTURE + id, images.get(id)]), [CONVERSATION + record.id, record]],
        store,
      );
      const lost = [...kept].filter((id) => !ids.includes(id));
      if (lost.length > 0)
        await delMany(
          lost.map((id) => PICTURE + id),
          store,
        );
    },
    async images(record) {
      const ids = imageIds(record);
      const blobs = await getMany<Blob | undefined>(
        ids.map((id) => PICTURE + id),
        store,
      );
      return new Map(ids.flatMap((id, index): [string, Blob][] => (blobs[index] ? [[id, blobs[index]]] : [])));
    },
    async remove(id) {
      const record = await read(id);
      const ids = record === undefined ? [] : imageIds(record);
      await delMany([CONVERSATION + id, ...ids.map((image) => PICTURE + image)], store);
    },
    clear: () => clear(store),
  };
}
