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

  async *chat(request: ChatRequest, options?: { signal?: AbortSignal }): AsyncIterable<ChatEvent> {
    yield* (await this.inner()).chat(request, options);
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
