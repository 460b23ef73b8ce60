/** What runs inside the page of the browser predictor: starts the built worker and asks it, in Comlink's protocol. */
import type { ModelInfo } from '../../../contract/backend.ts';
import type { ChatEvent } from '../../../contract/chat.ts';
import type { Result } from '../../../contract/errors.ts';
import type { InferenceCalls, LoadRequest } from '../../../contract/protocol.ts';
import type { Down, Up } from '../../../contract/wire.ts';
import type { Predicted } from './predictor.ts';

interface Comlink {
  wrap(worker: Worker): (name: string, args: unknown[], port: MessagePort) => Promise<void>;
  transfer<T>(value: T, transfers: Transferable[]): T;
}

interface Bench {
  /** Makes one call of the worker; `id` names it for `ports`. */
  call<N extends keyof InferenceCalls>(
    name: N,
    args: InferenceCalls[N]['args'],
    onEvent?: (event: InferenceCalls[N]['event']) => void,
    id?: string,
  ): Promise<Result<InferenceCalls[N]['result']>>;
  ports: Map<string, MessagePort>;
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
  const start = comlink.wrap(worker);
  const ports = new Map<string, MessagePort>();
  const call: Bench['call'] = (name, args, onEvent, id = name) => {
    const { port1: port, port2: far } = new MessageChannel();
    ports.set(id, port);
    return new Promise((resolve, reject) => {
      port.onmessage = ({ data }: MessageEvent<Up<InferenceCalls[typeof name]>>) => {
        if (data === 'pong') return;
        if ('event' in data) return onEvent?.(data.event as never);
        port.close();
        ports.delete(id);
        resolve('error' in data ? { ok: false, error: data.error } : { ok: true, value: data.result });
      };
      start(name, args, comlink.transfer(far, [far])).catch(reject);
    });
  };
  (globalThis as BenchWindow).bench = { call, ports };
  return Promise.race([call('load', [urls.request]), broken]);
}

/** Asks one question in a conversation of its own. */
export async function answerInPage({ id, image, prompt, maxTokens }: PageQuestion): Promise<Result<Predicted>> {
  const { call } = (globalThis as BenchWindow).bench;
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
  const result = await call('chat', [request], onEvent, id);
  return result.ok ? { ok: true, value } : result;
}

export async function cancelInPage(id: string): Promise<void> {
  (globalThis as BenchWindow).bench.ports.get(id)?.postMessage('abort' satisfies Down);
}
