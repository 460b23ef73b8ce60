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
    /** Accepted and without effect: a model sees every image at its own size. */
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

/** What the model declined to do, in an answer of OpenAI's; read as its text. */
export interface RefusalPart {
  type: 'refusal';
  refusal: string;
}

export interface AssistantMessage {
  role: 'assistant';
  /** Null or absent in histories of other servers: an answer without words. */
  content?: string | (TextPart | RefusalPart)[] | null;
  refusal?: string | null;
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
  /** Keep this many most likely tokens; 0 or -1 keeps all. @default the model's own */
  top_k?: number | null;
  /** Divides the logits of tokens that are in the context already; 1 leaves them. @default the model's own */
  repetition_penalty?: number | null;
  /** Id of an adapter of the model, which then computes the answer. @default none */
  adapter?: string | null;
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
  /** Would change the answer: taken only where this is true, for values that ask for nothing. */
  | ((value: unknown) => boolean);

const only =
  (...values: readonly unknown[]): Treatment =>
  (value) =>
    values.includes(value);
const empty: Treatment = (value) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
const never: Treatment = () => false;
/** A bias of 0 changes no token. */
const noBias: Treatment = (value) =>
  typeof value === 'object' && value !== null && Object.values(value).every((bias) => bias === 0);
const textAlone: Treatment = (value) => Array.isArray(value) && value.every((item) => item === 'text');

/** All parameters of OpenAI's chat completions, and those of other servers that clients always send. */
export const PARAMETERS: Readonly<Record<string, Treatment>> = {
  messages: 'read',
  max_tokens: 'read',
  max_completion_tokens: 'read',
  temperature: 'read',
  top_p: 'read',
  top_k: 'read',
  repetition_penalty: 'read',
  adapter: 'read',
  seed: 'read',
  stop: 'read',
  response_format: 'read',
  stream: 'read',
  stream_options: 'read',
  model: 'ignored',
  signal: 'ignored',
  user: 'ignored',
  metadata: 'ignored',
  store: 'ignored',
  service_tier: 'ignored',
  parallel_tool_calls: 'ignored',
  safety_identifier: 'ignored',
  prompt_cache_key: 'ignored',
  prompt_cache_options: 'ignored',
  prompt_cache_retention: 'ignored',
  // Hints to models that have several ways of answering.
  reasoning_effort: 'ignored',
  verbosity: 'ignored',
  n: only(1),
  frequency_penalty: only(0),
  presence_penalty: only(0),
  logprobs: only(false),
  top_logprobs: only(0),
  logit_bias: noBias,
  tools: empty,
  tool_choice: only('none', 'auto'),
  functions: empty,
  function_call: only('none', 'auto'),
  modalities: textAlone,
  audio: never,
  moderation: never,
  prediction: never,
  // An empty object asks for a search.
  web_search_options: never,
  // Of vLLM and llama.cpp.
  min_p: only(0),
  typical_p: only(1),
  repeat_penalty: only(1),
  min_tokens: only(0),
  ignore_eos: only(false),
  best_of: only(1),
  cache_prompt: 'ignored',
};
