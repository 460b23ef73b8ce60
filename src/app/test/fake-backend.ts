/** A backend that follows a script instead of a model, for tests of the page's own logic. */
import type { Backend, LoadOptions, ModelInfo } from '../../../contract/backend.ts';
import type { ChatEvent, ChatRequest, FinishReason, NextQuestion } from '../../../contract/chat.ts';

export const FAKE_INFO: ModelInfo = {
  id: 'fake',
  name: 'Fake model',
  variant: 'f32',
  device: 'wasm',
  reasons: [
    { reason: 'noWebgpu', values: {} },
    { reason: 'threads', values: { variant: 'f32', threads: 2 } },
  ],
  threads: 2,
  max_length: 512,
  bytes: 6_000_000,
  self_test_error: 0.001,
  stored: true,
  capabilities: { prepare: true, measure: true, keeps_weights: true },
};

export function doneEvent(finish_reason: FinishReason = 'stop'): Extract<ChatEvent, { type: 'done' }> {
  return {
    type: 'done',
    finish_reason,
    usage: { prompt_tokens: 80, cached_tokens: 0, completion_tokens: 5 },
    timings: { image: 5, vision: 40, prefill: 60, first_token: 110, decode: 50 },
  };
}

/** What the next answer does: yields these events, waiting for each promise and throwing each error on its way. */
export type Script = (ChatEvent | Error | Promise<void>)[];

export class FakeBackend implements Backend {
  readonly requests: ChatRequest[] = [];
  readonly scripts: Script[] = [];
  loads = 0;
  /** Replace to delay or fail the load. */
  onLoad: (options: LoadOptions) => Promise<ModelInfo> = () => Promise.resolve(FAKE_INFO);

  load(options: LoadOptions = {}): Promise<ModelInfo> {
    this.loads += 1;
    return this.onLoad(options);
  }

  async *chat(request: ChatRequest, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<ChatEvent> {
    this.requests.push(request);
    for (const step of this.scripts.shift() ?? [{ type: 'text', text: 'Yes.' }, doneEvent()]) {
      if (step instanceof Promise) await step;
      if (signal?.aborted) {
        yield doneEvent('cancelled');
        return;
      }
      if (step instanceof Error) throw step;
      if (!(step instanceof Promise)) yield step;
    }
  }

  async prepare(_next: NextQuestion): Promise<void> {}

  measure(): Promise<number> {
    return Promise.resolve(1);
  }

  async deleteStored(): Promise<void> {}

  async dispose(): Promise<void> {}
}
