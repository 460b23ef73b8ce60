/** A quick case's world in Node: the store with a stand-in for IndexedDB. */
import { asAppError } from '../../contract/errors.ts';
import { reasonText } from '../../contract/reasons.ts';
import { database, readsAs, setting } from '../../store/test/setting.ts';
import type { Outcome, StoredValues, Visit, World } from '../case.ts';
import { type Folder, modelFolder } from '../model-folder.ts';
import { ScriptedServer } from '../scripted-server.ts';

export async function nodeWorld(folder: Folder = modelFolder()): Promise<World> {
  const { server, environment, open } = await setting(folder);
  const stored: StoredValues = {
    keys: async (store) => (await database(environment)).keys(store),
    get: async (key) => new Uint8Array(await (await (await database(environment)).get(key)).arrayBuffer()),
    async put(key, value, store) {
      const raw = await database(environment);
      if (value === undefined) await raw.del(key, store);
      else await raw.put(key, value instanceof Uint8Array ? new Blob([value.slice()]) : value, store);
    },
  };
  async function load({ timing, stopAt }: Visit = {}): Promise<Outcome> {
    const controller = new AbortController();
    try {
      const model = await open({ timing: timing ?? {}, signal: controller.signal });
      await model.fetchFiles(server.folder.paths, {
        signal: controller.signal,
        onProgress: ({ loaded_bytes }) => {
          if (stopAt !== undefined && loaded_bytes >= stopAt) controller.abort();
        },
      });
      const intact = await readsAs(model, server.folder);
      return {
        state: model.stored ? 'ready' : 'in-memory',
        message: model.notStoredReason ? reasonText(model.notStoredReason) : '',
        evidence: {},
        intact,
      };
    } catch (thrown) {
      const { code, message, evidence } = asAppError(thrown);
      return { state: code, message, evidence, intact: false };
    }
  }
  return {
    server,
    load,
    stored,
    otherServer: (other) => ScriptedServer.start(other),
  };
}
