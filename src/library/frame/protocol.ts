/** What an embedding page and embed.html say to each other; both sides are built from this file. */
import type { LoadProgress, ModelInfo } from '../../../contract/backend.ts';
import type { FinishReason, Usage } from '../../../contract/chat.ts';
import type { ApiErrorObject } from '../completions/api-error.ts';
import type { CompletionParams } from '../completions/params.ts';
import type { Completion, CompletionChunk } from '../completions/reply.ts';

/** Goes up when an old page and a new frame would misunderstand each other. */
export const PROTOCOL_VERSION = 1;

/** Between the windows, both ways: "I listen". The frame says it when it has loaded, and again when it is asked. */
export interface Hello {
  type: 'mipha-hello';
  version: number;
}

export type Theme = 'light' | 'dark';

/** From the page, once, with a MessagePort; all else goes through that port. */
export interface Connect {
  type: 'mipha-connect';
  version: number;
  /** Language of the frame's controls, BCP 47. @default the browser's */
  lang?: string;
  /** @default the system's */
  theme?: Theme;
}

/** What a request asks for. */
export type FrameCall =
  /** Fetches the model and proves it; else the first question does. */
  | { type: 'load' }
  /** Shows a picture and begins a new conversation. */
  | { type: 'attach'; picture: Blob }
  /** As if typed into the frame; resolves to the answer. */
  | { type: 'ask'; question: string }
  /** Stops the answer that the frame shows. */
  | { type: 'stop' }
  /** Takes picture and conversation away. */
  | { type: 'reset' }
  /** A chat completion beside the conversation, shown nowhere. Pictures have to be `data:` addresses. */
  | { type: 'complete'; params: CompletionParams }
  /** Stops the completion with that id. */
  | { type: 'cancel'; request: number };

/** `id` is a whole number from 1 on, and higher than every one before. */
export type FrameRequest = FrameCall & { id: number };

/** What the frame tells about its conversation, whoever asked. The person's picture stays in the frame. */
export interface FrameEvents {
  ready: ModelInfo;
  progress: LoadProgress;
  token: { text: string };
  answer: { text: string; finish_reason: FinishReason; usage: Usage };
  error: ApiErrorObject;
  /** CSS pixels that the content needs, whenever that changes, so that the page can make the iframe as high. */
  size: { height: number };
}

/** Those that the element in the frame raises. */
export const FRAME_EVENTS = ['ready', 'progress', 'token', 'answer', 'error'] as const satisfies (keyof FrameEvents)[];

/** What comes back through the port. */
export type FrameMessage =
  /** The first one: the frame took the port. */
  | { type: 'connected'; version: number }
  /** The end of a request. */
  | { type: 'result'; id: number; value: string | Completion | null }
  /** The end of a request that failed; `id` is null for a message that was no request, or one for the second time. */
  | { type: 'failure'; id: number | null; error: ApiErrorObject }
  /** A part of a completion that was asked for with `stream`. */
  | { type: 'chunk'; id: number; chunk: CompletionChunk }
  | { [E in keyof FrameEvents]: { type: 'event'; name: E; detail: FrameEvents[E] } }[keyof FrameEvents];

/** What one message may hold. */
export const LIMITS = {
  /** Characters of a question. */
  question: 20_000,
  /** Characters of everything in the parameters of a completion; pictures are base64 in there. */
  text: 96 * 1024 * 1024,
  /** Values in the parameters of a completion, and how deep they nest. */
  values: 100_000,
  depth: 64,
  /** Requests that have not ended. */
  pending: 16,
} as const;
