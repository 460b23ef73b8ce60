/** What every contender can be asked to do, each in a worker of its own: the same pictures, questions and ids for all. */

export interface Setup {
  /** Absolute URL of the folder with all models. */
  models: string;
  model: string;
  /** Threads that each library is to choose; it decides by itself when left out. */
  threads?: number | undefined;
}

/** Milliseconds until the first token, the length of the prompt, and the token where the contender tells it. */
export interface Answer {
  ms: number;
  prompt_tokens: number;
}

/** Milliseconds from the prompt to the first generated token, from that to the last, and all of them. */
export interface Decoded {
  prompt_ms: number;
  ms: number;
  ids: number[];
}

export interface Contender {
  /** From nothing to ready for a question, in milliseconds; and the threads that compute. */
  load(setup: Setup): Promise<{ ms: number; threads: number }>;
  /** The vision graph alone, for pixels that are all alike. */
  encode(): Promise<number>;
  /** Continues a prompt of text ids greedily by `count` tokens, whatever they are. */
  decode(prompt: readonly number[], count: number): Promise<Decoded>;
}

export interface Chatting extends Contender {
  /** A new conversation about a picture that was not seen before, up to the first token of the answer. */
  firstQuestion(picture: Blob): Promise<Answer>;
  /** The next question of that conversation, after a given answer to the first. */
  followUp(picture: Blob): Promise<Answer>;
}

/** A person's conversation; the answer between the questions is given, so that everybody continues the same text. */
export const CONVERSATION = {
  first: 'Describe the picture.',
  answer: 'There is a red circle in the top left and a blue square in the top right.',
  second: 'How many shapes are there?',
} as const;

/** Lets a library see as many cores as make it choose this many threads: half of them, four at most. */
export function offerThreads(threads: number | undefined): void {
  if (threads !== undefined) Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 * threads });
}

/** Pixels of one picture as the tower takes them, [3, side, side]. */
export function plainPixels(side: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: 3 * side * side }, (_, i) => Math.sin(i * 0.37) * 0.5);
}
