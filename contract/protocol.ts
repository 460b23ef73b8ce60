/** What an inference worker is asked for, and what it says. */
import type { Device, LoadProgress, ModelInfo } from './backend.ts';
import type { ChatEvent, ChatRequest, Message, NextQuestion } from './chat.ts';
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

/** What an inference worker offers; `contract/wire.ts` says how it travels. */
export interface InferenceCalls {
  /** Loads a model. A second load of the same request is cheap. */
  load: { args: [request: LoadRequest]; event: LoadProgress; result: ModelInfo };
  /**
   * Answers. With `resume` it goes on behind what was shown; the request has to be the same, seed included. An error
   * `worker-lost` means that this worker is of no use any more (its device is gone, or computes no numbers) and has to be
   * replaced.
   */
  chat: { args: [request: ChatRequest, resume?: Resume | undefined]; event: ChatEvent; result: null };
  /** Does what the answer needs before its question is known: images are encoded, what stands before it is read. */
  prepare: { args: [next: NextQuestion]; event: never; result: null };
  /** Tokens that these messages fill, images included. Fails with `request-invalid` for a model that cannot say. */
  measure: { args: [messages: Message[]]; event: never; result: number };
  /** Deletes the stored weights of a model folder. */
  deleteStored: { args: [modelUrl: string]; event: never; result: null };
  /** Frees sessions and device. */
  dispose: { args: []; event: never; result: null };
}
