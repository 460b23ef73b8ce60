/** What runs inside the page of the browser predictor: starts the built worker and asks it, in Comlink's protocol. */
import type { ModelInfo } from '../../../contract/backend.ts';
import type { ChatEvent } from '../../../contract/chat.ts';
import type { Result } from '../../../contract/errors.ts';
import type { InferenceWorkerApi, LoadRequest } from '../../../contract/protocol.ts';
import type { Predicted } from './predictor.ts';

interface Comlink {
  wrap(worker: Worker): InferenceWorkerApi;
  proxy<T>(callback: T): T;
}

interface Bench {
  api: InferenceWorkerApi;
  comlink: Comlink;
}

type BenchWindow = typeof globalThis & { bench: Bench };

export interface PageQuestion {
  id: string;
  /** The encoded picture in base64; null for none. */
  image: string | null;
  prompt: string;
  maxTokens: number;
}

/** Loads the model. Each function here is sent to the page as text, so it uses nothing outside itself. */
export async function loadInPage(urls: {
  worker: string;
  comlink: string;
  request: LoadRequest;
}): Promise<Result<ModelInfo>> {
  const { trustedTypes } = globalThis as {
    trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown };
  };
  trustedTypes?.createPolicy('default', { createScriptURL: (url) => url });
  const comlink = (await import(urls.comlink)) as Comlink;
  const worker = new Worker(urls.worker, { type: 'module' });
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => reject(new Error(`The worker failed: ${event.message}`)));
  });
  const api = comlink.wrap(worker);
  (globalThis as BenchWindow).bench = { api, comlink };
  return Promise.race([
    api.load(
      'load',
      urls.request,
      comlink.proxy(() => {}),
    ),
    broken,
  ]);
}

/** Asks one question in a conversation of its own. */
export async function answerInPage({ id, image, prompt, maxTokens }: PageQuestion): Promise<Result<Predicted>> {
  const { api, comlink } = (globalThis as BenchWindow).bench;
  const text = { type: 'text' as const, text: prompt };
  const content: ({ type: 'text'; text: string } | { type: 'image'; image: Blob })[] = [text];
  if (image !== null) {
    const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
    content.unshift({ type: 'image', image: new Blob([bytes]) });
  }
  const value: Predicted = { text: '', tokens: null, finish_reason: 'cancelled' };
  const onEvent = (event: ChatEvent) => {
    if (event.type === 'text') value.text += event.text;
    if (event.type !== 'done') return;
    value.tokens = event.usage.completion_tokens;
    value.finish_reason = event.finish_reason;
  };
  const request = { messages: [{ role: 'user' as const, content }], temperature: 0, max_tokens: maxTokens };
  const result = await api.chat(id, request, comlink.proxy(onEvent));
  return result.ok ? { ok: true, value } : result;
}

export async function cancelInPage(id: string): Promise<void> {
  await (globalThis as BenchWindow).bench.api.cancel(id);
}
