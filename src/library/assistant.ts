/** A model on this page → answers in OpenAI's shape: `assistant.chat.completions.create({ messages })`. */
import type { Device, LoadProgress, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, ChatRequest, Message } from '../../contract/chat.ts';
import { asApiError } from './completions/api-error.ts';
import type { FetchImage } from './completions/image-url.ts';
import type {
  CompletionParams,
  CompletionParamsNonStreaming,
  CompletionParamsStreaming,
} from './completions/params.ts';
import { type Completion, type CompletionChunk, replyHead, toChunks, toCompletion } from './completions/reply.ts';
import { readRequest } from './completions/request.ts';
import { abortReason } from './abort-reason.ts';
import { fetchImageFrom } from './fetch-image.ts';
import { withImageIds } from './image-ids.ts';
import { DEFAULT_MODEL, inPage, type Place, resolvePlace } from './places.ts';
import { SharedBackend, type StartBackend } from './shared-backend.ts';

export interface AssistantOptions extends Place {
  /** Force a device instead of letting the library choose. @default the best that proves itself */
  device?: Device;
  /** Hears where loading stands, also when the first question starts it. */
  onProgress?: (progress: LoadProgress) => void;
  /** Origins that images may be fetched from, such as `https://images.example`. @default none */
  imageOrigins?: string[];
}

interface Signal {
  /** Stops the answer, or the wait for the model. */
  signal?: AbortSignal;
}

/** The chunks of one answer; ends early and without a `finish_reason` when it was stopped. */
export interface CompletionStream extends AsyncIterable<CompletionChunk> {
  /** `abort()` stops the answer. */
  readonly controller: AbortController;
}

export interface Completions {
  /** Loads the model if need be. Rejects with ApiError; with an AbortError when `signal` was aborted. */
  create(params: CompletionParamsNonStreaming & Signal, options?: Signal): Promise<Completion>;
  create(params: CompletionParamsStreaming & Signal, options?: Signal): Promise<CompletionStream>;
  create(params: CompletionParams & Signal, options?: Signal): Promise<Completion | CompletionStream>;
}

export class Assistant {
  readonly chat: { readonly completions: Completions };
  /** Name or address of the model, as it was asked for. */
  readonly model: string;
  /** The image at a `blob:` address or of an allowed origin; throws ApiError for all others. */
  readonly fetchImage: FetchImage;
  readonly #open: () => SharedBackend;
  #held: SharedBackend | null = null;
  readonly #onProgress: ((progress: LoadProgress) => void) | undefined;
  #info: ModelInfo | null = null;

  /** @internal */
  constructor({ device, onProgress, imageOrigins, ...place }: AssistantOptions, start?: StartBackend) {
    this.#open = () => new SharedBackend({ ...resolvePlace(place), device }, start);
    // A server that renders a site makes assistants too, and asks them nothing; a page hears at once what is wrong.
    if (inPage()) this.#held = this.#open();
    this.#onProgress = onProgress;
    this.model = place.model ?? DEFAULT_MODEL;
    this.fetchImage = fetchImageFrom(imageOrigins);
    this.chat = { completions: { create: this.#create.bind(this) as Completions['create'] } };
  }

  get #hold(): SharedBackend {
    this.#held ??= this.#open();
    return this.#held;
  }

  /** What runs and on which device; null until it is loaded. */
  get info(): ModelInfo | null {
    return this.#info;
  }

  /** Fetches the model and proves it on this device. Optional: the first question does it too. */
  async load({ signal }: Signal = {}): Promise<ModelInfo> {
    try {
      const onProgress = this.#onProgress;
      this.#info = await this.#hold.load({ ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) });
      return this.#info;
    } catch (thrown) {
      throw abortReason(signal) ?? asApiError(thrown);
    }
  }

  /** The events of one answer, for other shapes than OpenAI's. Throws as `load` does. */
  async *answer(request: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatEvent, void, void> {
    await this.load(signal ? { signal } : {});
    try {
      yield* this.#hold.chat(withImageIds(request), signal ? { signal } : {});
    } catch (thrown) {
      throw abortReason(signal) ?? asApiError(thrown);
    }
  }

  /** Tokens that these messages fill, images included. Throws as `load` does. */
  async measure(messages: Message[], signal?: AbortSignal): Promise<number> {
    await this.load(signal ? { signal } : {});
    try {
      return await this.#hold.measure(messages, signal ? { signal } : {});
    } catch (thrown) {
      throw abortReason(signal) ?? asApiError(thrown);
    }
  }

  /** Deletes the stored weights of this model from this browser. */
  async deleteStored(): Promise<void> {
    await this.#hold.deleteStored();
  }

  /** Lets go of the model; its memory is freed when nobody else on the page uses it. */
  async dispose(): Promise<void> {
    await this.#held?.dispose();
  }

  async #create(params: CompletionParams & Signal, options: Signal = {}): Promise<Completion | CompletionStream> {
    const controller = new AbortController();
    const outer = [params?.signal, options.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any([controller.signal, ...outer]);
    try {
      signal.throwIfAborted();
      const { request, stream, includeUsage } = await readRequest(params, this.fetchImage, signal);
      const { id } = await this.load({ signal });
      const events = this.answer(request, signal);
      if (!stream) return await toCompletion(events, replyHead(id));
      return streamOf(toChunks(events, replyHead(id), includeUsage), controller, signal);
    } catch (thrown) {
      throw abortReason(signal) ?? asApiError(thrown);
    }
  }
}

function streamOf(
  chunks: AsyncGenerator<CompletionChunk, void, void>,
  controller: AbortController,
  signal: AbortSignal,
): CompletionStream {
  async function* read(): AsyncGenerator<CompletionChunk, void, void> {
    try {
      yield* chunks;
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    } finally {
      controller.abort(); // the reader left early, or it is over anyway
    }
  }
  const iterator = read();
  return { controller, [Symbol.asyncIterator]: () => iterator };
}

/** Costs nothing until the first question or `load()`. Assistants with the same model and device share one engine. */
export function createAssistant(options: AssistantOptions = {}): Assistant {
  return new Assistant(options);
}
