/** What the Prompt API is asked with and answers: the dictionaries of https://webmachinelearning.github.io/prompt-api. */

export type Availability = 'unavailable' | 'downloadable' | 'downloading' | 'available';

export type LanguageModelMessageRole = 'system' | 'user' | 'assistant';
export type LanguageModelMessageType = 'text' | 'image' | 'audio' | 'tool-call' | 'tool-response';
export type LanguageModelSamplingMode = 'most-predictable' | 'predictable' | 'balanced' | 'creative' | 'most-creative';

export interface LanguageModelMessageContent {
  type: LanguageModelMessageType;
  /** A text; an image as anything that `createImageBitmap` takes, or its encoded bytes. */
  value: string | ImageBitmapSource | SVGImageElement | BufferSource;
}

export interface LanguageModelMessage {
  role: LanguageModelMessageRole;
  content: string | LanguageModelMessageContent[];
  /** Begins the answer. Not supported here. @default false */
  prefix?: boolean;
}

export type LanguageModelPrompt = string | LanguageModelMessage[];

export interface LanguageModelExpected {
  type: LanguageModelMessageType;
  languages?: string[];
}

export interface LanguageModelCreateCoreOptions {
  /** Draw from this many likeliest tokens. */
  topK?: number;
  /** 0 takes the likeliest token each time. */
  temperature?: number;
  samplingMode?: LanguageModelSamplingMode | 'default';
  /** Images have to be announced: `[{ type: 'image' }]`. */
  expectedInputs?: LanguageModelExpected[];
  expectedOutputs?: LanguageModelExpected[];
  /** Not supported here. */
  tools?: unknown[];
}

/** Hears `downloadprogress` events whose `loaded` goes from 0 to 1. */
export interface CreateMonitor extends EventTarget {
  ondownloadprogress: ((event: ProgressEvent) => void) | null;
}

export interface LanguageModelCreateOptions extends LanguageModelCreateCoreOptions {
  signal?: AbortSignal;
  monitor?: (monitor: CreateMonitor) => void;
  initialPrompts?: LanguageModelMessage[];
}

export interface LanguageModelPromptOptions {
  /** A JSON schema that the answer has to fit. */
  responseConstraint?: object;
  /** Without effect: the schema is never part of what the model reads. @default false */
  omitResponseConstraintInput?: boolean;
  signal?: AbortSignal;
}

export interface LanguageModelParams {
  readonly defaultTopK: number;
  readonly maxTopK: number;
  readonly defaultTemperature: number;
  readonly maxTemperature: number;
}
