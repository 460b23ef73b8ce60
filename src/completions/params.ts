/** What a chat completion is asked with: the part of OpenAI's request shape that is answered here. */

export interface TextPart {
  type: 'text';
  text: string;
}

export interface ImageUrlPart {
  type: 'image_url';
  image_url: {
    /** `data:image/…;base64,…`, or in a browser `blob:…`. Other addresses are refused unless the caller allowed them. */
    url: string;
    /** Accepted and without effect: a model sees every picture at its own size. */
    detail?: 'auto' | 'low' | 'high';
  };
}

export interface SystemMessage {
  role: 'system' | 'developer';
  content: string | TextPart[];
}

export interface UserMessage {
  role: 'user';
  content: string | (TextPart | ImageUrlPart)[];
}

export interface AssistantMessage {
  role: 'assistant';
  content: string | TextPart[];
}

export type CompletionMessage = SystemMessage | UserMessage | AssistantMessage;

export type ResponseFormat =
  | { type: 'text' }
  /** Any JSON object. */
  | { type: 'json_object' }
  /** JSON that fits the schema; a keyword that cannot be kept is refused by name and place. `strict` has no effect. */
  | {
      type: 'json_schema';
      json_schema: { name: string; schema: Record<string, unknown>; description?: string; strict?: boolean | null };
    };

interface CommonParams {
  /** The whole conversation, oldest first; the last message is the question. */
  messages: CompletionMessage[];
  /** Upper bound on generated tokens. @default the model's own */
  max_tokens?: number | null;
  /** The newer name of `max_tokens`. */
  max_completion_tokens?: number | null;
  /** 0 takes the likeliest token each time. @default the model's own */
  temperature?: number | null;
  /** Keep the smallest set of tokens whose probability reaches this sum, in (0, 1]. @default the model's own */
  top_p?: number | null;
  /** Makes sampling reproducible. @default random */
  seed?: number | null;
  /** The answer ends before any of these strings would be shown. */
  stop?: string | string[] | null;
  /** What the answer has to be: any text, any JSON, or JSON that fits a schema. @default { type: 'text' } */
  response_format?: ResponseFormat;
  stream_options?: { include_usage?: boolean } | null;
  /** Only 1. */
  n?: 1 | null;
}

export interface CompletionParamsNonStreaming extends CommonParams {
  stream?: false | null;
}

export interface CompletionParamsStreaming extends CommonParams {
  stream: true;
}

export type CompletionParams = CompletionParamsNonStreaming | CompletionParamsStreaming;

/** How a parameter is treated that asks for something else than is answered here. */
type Treatment =
  /** Understood. */
  | 'read'
  /** Has no bearing on one answer computed here; passed over, so that clients that always send it can be used. */
  | 'ignored'
  /** Would change the answer: only these values, which ask for nothing, are taken. */
  | readonly unknown[];

export const PARAMETERS: Readonly<Record<string, Treatment>> = {
  messages: 'read',
  model: 'ignored',
  max_tokens: 'read',
  max_completion_tokens: 'read',
  temperature: 'read',
  top_p: 'read',
  seed: 'read',
  stop: 'read',
  response_format: 'read',
  stream: 'read',
  stream_options: 'read',
  signal: 'ignored',
  user: 'ignored',
  metadata: 'ignored',
  store: 'ignored',
  service_tier: 'ignored',
  parallel_tool_calls: 'ignored',
  safety_identifier: 'ignored',
  prompt_cache_key: 'ignored',
  reasoning_effort: 'ignored',
  n: [1],
  frequency_penalty: [0],
  presence_penalty: [0],
  logprobs: [false],
  top_logprobs: [0],
  logit_bias: [],
  tools: [],
  tool_choice: ['none', 'auto'],
  functions: [],
  function_call: ['none', 'auto'],
  modalities: [],
  audio: [],
  prediction: [],
  web_search_options: [],
};
