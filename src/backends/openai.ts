/** An OpenAI-compatible server (vLLM, llama.cpp, Ollama, …) → a Backend. Images and questions leave the device. */
import type { Backend, LoadOptions, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, ChatRequest } from '../../contract/chat.ts';
import { AppError, asAppError } from '../../contract/errors.ts';
import { AnswerClock } from './answer-clock.ts';
import { OpenAiConnection } from './openai-connection.ts';
import { readReply } from './openai-reply.ts';
import { readModels, wireRequest } from './openai-wire.ts';
import { Patience } from './patience.ts';

export interface OpenAiOptions {
  /** `http://localhost:8000/v1`; `/v1` is added when there is no path. */
  baseUrl: string;
  /** @default the first model that the server lists */
  model?: string;
  /** Sent as a bearer token. Kept in this object's memory and nowhere else. */
  apiKey?: string;
  /** How long the server may be silent before the answer is given up. @default 300000 */
  silenceMs?: number;
}

const DEFAULT_SILENCE_MS = 300_000;
/** How many model ids an error lists. */
const LISTED = 5;

/** Throws `request-invalid` for an address or a key that can't be sent. */
export function createOpenAiBackend(options: OpenAiOptions): Backend {
  return new OpenAiBackend(options);
}

class OpenAiBackend implements Backend {
  readonly #connection: OpenAiConnection;
  readonly #silenceMs: number;
  readonly #wanted: string;
  #info: ModelInfo | null = null;
  #disposed = new AbortController();

  constructor({ baseUrl, model = '', apiKey = '', silenceMs = DEFAULT_SILENCE_MS }: OpenAiOptions) {
    this.#connection = new OpenAiConnection(baseUrl, apiKey);
    this.#silenceMs = silenceMs;
    this.#wanted = model.trim();
  }

  async load({ signal, onProgress }: LoadOptions = {}): Promise<ModelInfo> {
    onProgress?.({ step: 'manifest', loaded_bytes: 0, total_bytes: 0, network_bytes: 0 });
    const patience = this.#patience(signal);
    try {
      const { id, max_length } = await this.#choose(patience);
      this.#info = {
        id,
        name: id,
        variant: 'server',
        device: 'server',
        reasons: [
          { reason: 'serverModel', values: { server: this.#connection.host } },
          { reason: 'serverOnly', values: {} },
        ],
        threads: 0,
        max_length,
        bytes: 0,
        self_test_error: null,
        stored: false,
        capabilities: { prepare: false, measure: false, keeps_weights: false },
      };
      return this.#info;
    } catch (thrown) {
      throw this.#meaning(thrown, patience);
    } finally {
      patience.end();
    }
  }

  async *chat(request: ChatRequest, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<ChatEvent> {
    const clock = new AnswerClock();
    const patience = this.#patience(signal);
    try {
      const model = this.#info?.id ?? (this.#wanted || (await this.load(signal ? { signal } : {})).id);
      yield { type: 'phase', phase: 'image' };
      const body = await wireRequest(request, model);
      clock.images();
      yield { type: 'phase', phase: 'prefill' };
      const response = await this.#connection.complete(body, patience);
      for await (const delta of readReply(response, this.#connection.host, () => patience.renew())) {
        if (delta.text !== '' && clock.token()) yield { type: 'phase', phase: 'decode' };
        if (delta.text !== '') yield { type: 'text', text: delta.text };
        clock.note(delta);
      }
      yield clock.done(clock.finish_reason ?? 'stop');
    } catch (thrown) {
      const error = this.#meaning(thrown, patience);
      if (error.code !== 'cancelled') throw error;
      yield clock.done('cancelled');
    } finally {
      patience.end();
    }
  }

  /** A server is sent a question once it is complete. */
  async prepare(): Promise<void> {}

  async measure(): Promise<number> {
    throw new AppError('request-invalid', 'A server does not say how many tokens something takes before it answers.');
  }

  async deleteStored(): Promise<void> {}

  async dispose(): Promise<void> {
    this.#disposed.abort();
    this.#disposed = new AbortController();
    this.#info = null;
  }

  #patience(signal: AbortSignal | undefined): Patience {
    return new Patience(this.#silenceMs, [this.#disposed.signal, ...(signal ? [signal] : [])]);
  }

  /** What was thrown, unless the request was ended from here: then why it was. */
  #meaning(thrown: unknown, { signal }: Patience): AppError {
    return asAppError(signal.aborted ? signal.reason : thrown);
  }

  async #choose(patience: Patience): Promise<{ id: string; max_length: number }> {
    const { host } = this.#connection;
    const wanted = this.#wanted;
    const models = readModels(await this.#connection.models(patience));
    // Ollama takes a name without a tag for the tag `latest`.
    const found = wanted === '' ? models[0] : models.find(({ id }) => id === wanted || id === `${wanted}:latest`);
    if (found) return found;
    // Some servers list no models; a name that was given is then taken at its word.
    if (wanted !== '' && models.length === 0) return { id: wanted, max_length: 0 };
    const ids = models.slice(0, LISTED).map(({ id }) => id);
    const list = `${ids.join(', ')}${models.length > LISTED ? ', …' : ''}`;
    const evidence = { server: host, models: models.length, model: wanted, list };
    if (wanted === '') {
      const message = `${host} lists no model. Load one there, or enter its name.`;
      throw new AppError('server-refused', message, { ...evidence, reason: 'noModelListed' });
    }
    const message = `${host} has no model “${wanted}”. It has: ${list}.`;
    throw new AppError('server-refused', message, { ...evidence, reason: 'wrongModel' });
  }
}
