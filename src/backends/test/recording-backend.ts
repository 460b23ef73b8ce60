/** Nothing but calls → a Backend that writes down each call with its arguments, and a way to make every call. */
import type { Backend } from '../../../contract/backend.ts';
import type { ChatEvent } from '../../../contract/chat.ts';
import { DONE, INFO, QUESTION } from './fake-worker.ts';

export interface RecordingBackend extends Backend {
  readonly calls: [method: string, ...args: unknown[]][];
}

export function recordingBackend(): RecordingBackend {
  const calls: RecordingBackend['calls'] = [];
  const heard = <T>(value: T, ...call: RecordingBackend['calls'][number]): Promise<T> => {
    calls.push(call);
    return Promise.resolve(value);
  };
  return {
    calls,
    load: (...args) => heard(INFO, 'load', ...args),
    async *chat(...args) {
      yield await heard<ChatEvent>(DONE, 'chat', ...args);
    },
    prepare: (...args) => heard(undefined, 'prepare', ...args),
    measure: (...args) => heard(7, 'measure', ...args),
    deleteStored: () => heard(undefined, 'deleteStored'),
    dispose: () => heard(undefined, 'dispose'),
  };
}

async function eventsOf(events: AsyncIterable<ChatEvent>): Promise<ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const { signal } = new AbortController();
const { messages } = QUESTION;
const loading = { signal, onProgress: (): void => {} };

/** One call of each method with all its arguments; a method that Backend gains is a type error until it is here. */
export const EVERY_CALL = {
  load: { args: [loading], value: INFO, call: (backend) => backend.load(loading) },
  prepare: { args: [QUESTION], value: undefined, call: (backend) => backend.prepare(QUESTION) },
  measure: { args: [messages, { signal }], value: 7, call: (backend) => backend.measure(messages, { signal }) },
  chat: {
    args: [QUESTION, { signal }],
    value: [DONE],
    call: (backend) => eventsOf(backend.chat(QUESTION, { signal })),
  },
  deleteStored: { args: [], value: undefined, call: (backend) => backend.deleteStored() },
  dispose: { args: [], value: undefined, call: (backend) => backend.dispose() },
} satisfies Record<keyof Backend, { args: unknown[]; value: unknown; call: (backend: Backend) => Promise<unknown> }>;
