/** What an inference worker offers over Comlink. Methods resolve to a Result; they never reject. */
import type { Device, LoadProgress, ModelInfo } from './backend.ts';
import type { ChatEvent, ChatRequest, Message, NextQuestion } from './chat.ts';
import type { Result } from './errors.ts';
import type { LocalFile } from './stored-models.ts';

export interface LoadRequest {
  /** Absolute URL of the model folder, with a trailing slash. */
  modelUrl: string;
  /** Force a device instead of trying all in order. */
  device?: Device;
  /** Force a variant id from the manifest; for tests and benches. */
  variant?: string;
  /**
   * Without anybody's agreement no more than this may be fetched: an older version that is complete here is used instead,
   * else the load fails with `download-unconfirmed`, whose evidence says what the model is and costs.
   * @default no limit
   */
  max_network_bytes?: number;
  /** Ask no server: the model was fetched or imported by the worker that keeps models. @default false */
  kept_only?: boolean;
  /** The model itself, where the browser keeps none: it is read from these files and no server is asked. */
  files?: readonly LocalFile[];
}

/** How far an answer had come when its worker died, so that another worker can continue it. */
export interface Resume {
  token_ids: number[];
  /** Characters of the answer that were already shown. */
  text_length: number;
}

export interface InferenceWorkerApi {
  /** Loads a model; `id` names this call for `cancel`. A second load of the same request is cheap. */
  load(id: string, request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<Result<ModelInfo>>;
  /**
   * Answers; events arrive through `onEvent` in order, the promise settles after the last one. With `resume` it goes on
   * behind what was shown; the request has to be the same, seed included. `worker-lost` means that this worker is of no
   * use any more (its device is gone, or computes no numbers) and has to be replaced.
   */
  chat(id: string, request: ChatRequest, onEvent: (event: ChatEvent) => void, resume?: Resume): Promise<Result<null>>;
  /** Does what the answer needs before its question is known: images are encoded, what stands before it is read. */
  prepare(id: string, next: NextQuestion): Promise<Result<null>>;
  /** Tokens that these messages fill, images included. Fails with `request-invalid` for a model that cannot say. */
  measure(messages: Message[]): Promise<Result<number>>;
  /** Ends the load or chat that was started with `id`; its promise settles soon after. Unknown ids are ignored. */
  cancel(id: string): Promise<void>;
  /**
   * Takes the Web Lock `name` for as long as this worker lives, so that the page learns at once when it is gone. Resolves
   * when the lock is held.
   */
  hold(name: string): Promise<void>;
  /** Deletes the stored weights of a model folder. */
  deleteStored(modelUrl: string): Promise<Result<null>>;
  /** Frees sessions and device. */
  dispose(): Promise<Result<null>>;
}
