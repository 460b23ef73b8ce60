/** Another Backend, looked up for each call → a Backend that hands every call on to it. */
import type { Backend, LoadOptions, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, ChatRequest, Message, NextQuestion } from '../../contract/chat.ts';

/**
 * The base of everything that stands before a Backend: a method that Backend gains is a type error here until it is handed
 * on, and wrappers override only what they change.
 */
export abstract class ForwardingBackend implements Backend {
  /** Whom calls go to now. May reject: so does the call then. */
  protected abstract inner(): Promise<Backend>;

  async load(options?: LoadOptions): Promise<ModelInfo> {
    return (await this.inner()).load(options);
  }

  chat(request: ChatRequest, options?: { signal?: AbortSignal }): AsyncIterable<ChatEvent> {
    const open = async () => (await this.inner()).chat(request, options);
    return { [Symbol.asyncIterator]: () => following(open) };
  }

  async prepare(next: NextQuestion): Promise<void> {
    await (await this.inner()).prepare(next);
  }

  async measure(messages: Message[], options?: { signal?: AbortSignal }): Promise<number> {
    return (await this.inner()).measure(messages, options);
  }

  async deleteStored(): Promise<void> {
    await (await this.inner()).deleteStored();
  }

  async dispose(): Promise<void> {
    await (await this.inner()).dispose();
  }
}

/** Begins with the first `next`; from then on hands out what the other iterator promises, so that no event is handled twice. */
function following<T>(open: () => Promise<AsyncIterable<T>>): AsyncIterator<T> {
  let opening: Promise<AsyncIterator<T>> | null = null;
  let opened: AsyncIterator<T> | null = null;
  const begin = async (): Promise<AsyncIterator<T>> => {
    opened = (await open())[Symbol.asyncIterator]();
    return opened;
  };
  return {
    next: () => opened?.next() ?? (opening ??= begin()).then((iterator) => iterator.next()),
    async return() {
      await (await opening)?.return?.();
      return { value: undefined, done: true };
    },
  };
}
