/** What a person and a model say to each other, and what a backend reports while it answers. */

export type Role = 'system' | 'user' | 'assistant';

/** An image travels as its original encoded bytes (PNG, JPEG, WebP, …). */
export interface ImagePart {
  type: 'image';
  image: Blob;
  /**
   * Names the picture from the moment it is added, for as long as anybody asks about it: its bytes are then read and
   * hashed once, not for every answer. One id never stands for two contents; two ids may stand for one.
   * @default what the bytes say, read anew whenever they come as another Blob
   */
  id?: string;
}

/** One piece of a message. */
export type Part = { type: 'text'; text: string } | ImagePart;

export interface Message {
  role: Role;
  content: Part[];
}

/** How the next token is chosen. Names and meanings are those of Hugging Face `GenerationConfig`. */
export interface SamplingOptions {
  /** 0 means greedy. @default 0 */
  temperature?: number;
  /** Keep the smallest set of tokens whose probability reaches this sum, in (0, 1]. @default 1 */
  top_p?: number;
  /** Keep this many most likely tokens; 0 keeps all. @default 0 */
  top_k?: number;
  /** Divide (multiply, when negative) the logits of tokens already in the context. @default 1 */
  repetition_penalty?: number;
  /** Makes sampling reproducible. @default random */
  seed?: number;
}

/** The form an answer has to have; names and meanings are those of OpenAI's chat completions. */
export type ResponseFormat =
  | { type: 'text' }
  /** Any JSON object. */
  | { type: 'json_object' }
  /** JSON that fits a JSON Schema; properties the schema does not list are never written. */
  | { type: 'json_schema'; json_schema: { name: string; schema: Record<string, unknown> } };

export interface ChatRequest extends SamplingOptions {
  /** The whole conversation, oldest first; the last message is the user's question. */
  messages: Message[];
  /** Upper bound on generated tokens. @default the model's own */
  max_tokens?: number;
  /** Generation ends before any of these strings would be shown. */
  stop?: string[];
  /**
   * Keeps the answer inside a form, also when `max_tokens` or a stop string cuts it short: what is open is then closed,
   * and `finish_reason` says that it was cut. @default text
   */
  response_format?: ResponseFormat;
  /** Id of an adapter of the model that answers; the model's own voice when absent. @default none */
  adapter?: string;
}

/** What is known of a request before its question: the conversation, at its end the images that come with the question. */
export type NextQuestion = Pick<ChatRequest, 'messages' | 'adapter'>;

/** Why an answer ended: the model stopped, a token limit was reached, or the person pressed Stop. */
export type FinishReason = 'stop' | 'length' | 'cancelled';

/** Token counts. `cached_tokens` of the prompt came from an earlier turn and cost nothing. */
export interface Usage {
  prompt_tokens: number;
  cached_tokens: number;
  completion_tokens: number;
  /** Oldest questions (with their answers) that were left out because the model cannot look back that far; absent = none. */
  dropped_turns?: number;
  /** How often the model had to be started anew while it answered; absent = never. */
  restarts?: number;
}

/** Wall-clock milliseconds of each step; `first_token` counts from the start of the request. */
export interface Timings {
  image: number;
  vision: number;
  prefill: number;
  first_token: number;
  decode: number;
}

/** The steps of an answer, in order. */
export type Phase = 'image' | 'vision' | 'prefill' | 'decode';

/** What a backend emits while it answers, in order: phases, text deltas, one `done`. Failures are thrown. */
export type ChatEvent =
  | { type: 'phase'; phase: Phase }
  /** `token_ids` are the tokens since the last text, where the backend knows them. */
  | { type: 'text'; text: string; token_ids?: number[] }
  | { type: 'done'; finish_reason: FinishReason; usage: Usage; timings: Timings };
