import { expect, test } from 'vitest';
import type { Backend, ModelInfo } from '../../contract/backend.ts';
import { asAppError } from '../../contract/errors.ts';
import { SwitchableBackend } from './switchable.ts';

/** A backend whose load is settled from outside, and rejects when it is disposed. */
function manual(id: string) {
  let settle: { resolve: (info: ModelInfo) => void; reject: (error: Error) => void } = { resolve() {}, reject() {} };
  let disposed = 0;
  const backend: Backend = {
    load: () => new Promise((resolve, reject) => (settle = { resolve, reject })),
    async *chat() {
      yield { type: 'text', text: id };
    },
    prepare: async () => {},
    measure: async () => 1,
    deleteStored: async () => {},
    async dispose() {
      disposed += 1;
      settle.reject(new Error('unloaded'));
    },
  };
  const ready = () => settle.resolve({ id } as ModelInfo);
  return { backend, ready, fail: () => settle.reject(new Error(id)), disposed: () => disposed };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test('a load that is under way goes on with the backend that takes over', async () => {
  const [first, second] = [manual('first'), manual('second')];
  const backend = new SwitchableBackend(first.backend);
  const loading = backend.load();
  await backend.use(second.backend);
  expect(first.disposed()).toBe(1);
  await turn();
  second.ready();
  expect((await loading).id).toBe('second');
  for await (const event of backend.chat({ messages: [] })) expect(event).toEqual({ type: 'text', text: 'second' });
});

test('a failure of the backend in use is a failure', async () => {
  const only = manual('broken');
  const backend = new SwitchableBackend(only.backend);
  const loading = backend.load().catch((thrown: unknown) => asAppError(thrown).message);
  only.fail();
  expect(await loading).toBe('broken');
  await backend.use(only.backend);
  expect(only.disposed()).toBe(0);
});
