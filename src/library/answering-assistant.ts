/** The part of an assistant that other shapes than OpenAI's are made of. */
import type { ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, ChatRequest, Message } from '../../contract/chat.ts';
import type { FetchImage } from './completions/image-url.ts';

/** `createAssistant` gives one. */
export interface AnsweringAssistant {
  /** Name or address of the model. */
  readonly model: string;
  /** What is loaded; null until then. */
  readonly info: ModelInfo | null;
  /** The image at an address, where the assistant may fetch from there. */
  readonly fetchImage: FetchImage;
  load(options?: { signal?: AbortSignal }): Promise<ModelInfo>;
  answer(request: ChatRequest, signal?: AbortSignal): AsyncIterable<ChatEvent>;
  measure(messages: Message[], signal?: AbortSignal): Promise<number>;
  dispose(): Promise<void>;
}
