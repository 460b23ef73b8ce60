/** What answers questions: the engine in Node, the engine in a browser, or a server; one interface for all. */

export interface Asked {
  /** The encoded picture; null for a question about text alone. */
  image: Uint8Array<ArrayBuffer> | null;
  prompt: string;
  maxTokens: number;
}

export interface Predicted {
  text: string;
  /** Tokens of the answer; null where the backend does not say. */
  tokens: number | null;
  finish_reason: string;
}

/** What two predictions files have to agree on to be parts of one run. */
export interface PredictorIdentity {
  backend: 'engine' | 'browser' | 'openai';
  model: string;
  /** Tells builds of one model apart; '' where the backend cannot. */
  build: string;
  variant: string;
  device: string;
}

export interface Predictor {
  identity: PredictorIdentity;
  /** How many questions may be asked at a time, each in a lane of its own. */
  parallel: number;
  /** `lane` is from 0 to `parallel - 1`; one lane asks one question at a time. */
  answer(question: Asked, signal: AbortSignal, lane: number): Promise<Predicted>;
  close(): Promise<void>;
}
