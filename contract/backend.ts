/** The one interface the page, the library and the bench see; what computes the answer is behind it. */
import type { ChatEvent, ChatRequest, Message, NextQuestion } from './chat.ts';
import type { Reason } from './reasons.ts';

export type Device = 'webgpu' | 'wasm';

/** Where answers are computed: by our runtime on this device, by the browser's own model, or by a server one chose. */
export type Place = Device | 'browser' | 'server';

/** Where a load stands. `bytes` count what this model needs; cached bytes count as loaded at once. */
export interface LoadProgress {
  step: 'manifest' | 'download' | 'prepare' | 'self-test';
  loaded_bytes: number;
  total_bytes: number;
  /** Bytes of `loaded_bytes` that came over the network in this load. */
  network_bytes: number;
  /** Over the last seconds; absent until there is something to measure, 0 during a silence. */
  bytes_per_second?: number;
  /** At that speed; absent when it cannot be told. */
  seconds_left?: number;
}

export interface LoadOptions {
  signal?: AbortSignal;
  onProgress?: (progress: LoadProgress) => void;
}

/** What a backend can do with the model it loaded, beyond answering. `Backend` says what becomes of calls that it can't. */
export interface Capabilities {
  /** Work ahead of a question is done, so an answer begins sooner. */
  prepare: boolean;
  /** Tokens can be counted. */
  measure: boolean;
  /** The weights are this site's, kept in this browser where it stores them, and can be deleted. */
  keeps_weights: boolean;
}

/** What was loaded and how it runs. A count that a backend cannot know is 0. */
export interface ModelInfo {
  id: string;
  name: string;
  variant: string;
  device: Place;
  /** Why this device and variant: what was tried or skipped, in order. `reasonText` says each in English. */
  reasons: Reason[];
  threads: number;
  /** Tokens that fit a conversation, images included. */
  max_length: number;
  /** Images that the model can look at in one conversation; absent = as many as fit. */
  max_images?: number;
  /** What every image is brought to before the model sees it; absent where nobody says. */
  input?: {
    /** Side of the square in pixels. */
    size: number;
    /** RGB 0-255 of the bars that make an image square; null: it is stretched or cropped. */
    pad_color: [number, number, number] | null;
    /** The middle square of the image is all that the model sees. */
    crop?: true;
  };
  bytes: number;
  /** What `ChatRequest.adapter` may name here; absent = nothing. */
  adapters?: { id: string; name: string; description: string }[];
  /** Largest absolute error of the known-answer test on this device; null where a model has no such test. */
  self_test_error: number | null;
  /** False when the browser would not store the weights and they live in memory only. */
  stored: boolean;
  capabilities: Capabilities;
}

/**
 * Every backend has every method, so that one that hands calls on can't lose one; what a model can do is known when it is
 * loaded, from `ModelInfo.capabilities`.
 */
export interface Backend {
  /** Fetches (or reads) weights, creates sessions, proves them by the self-test. Idempotent. */
  load(options?: LoadOptions): Promise<ModelInfo>;
  /** Streams one answer. Aborting `signal` ends the stream with a `done` event whose reason is `cancelled`. */
  chat(request: ChatRequest, options?: { signal?: AbortSignal }): AsyncIterable<ChatEvent>;
  /**
   * Does what the answer needs before its question is known, so that it begins sooner; no answer changes by it. A question
   * that comes meanwhile waits for it. May reject, which means nothing for the question. Does nothing without the
   * capability, or while nothing is loaded.
   */
  prepare(next: NextQuestion): Promise<void>;
  /** Tokens that these messages fill, images included; nothing is answered. Rejects with `request-invalid` without the capability. */
  measure(messages: Message[], options?: { signal?: AbortSignal }): Promise<number>;
  /** Deletes the weights kept in this browser; a loaded model goes on working until it is disposed. Nothing kept: nothing to do. */
  deleteStored(): Promise<void>;
  /** Frees sessions, device and worker. */
  dispose(): Promise<void>;
}
