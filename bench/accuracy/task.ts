/** What a benchmark is: questions read from its published files, one prompt each, and a pure score of the answers. */
import type { DataFolder } from './read/files.ts';

/** A picture as a file of the data folder, or its bytes where the data file holds them. */
export type Picture = { path: string } | { base64: string };

export interface Question {
  /** Unique in its task; the official id where that is unique. */
  id: string;
  /** Null for a question about text alone. */
  picture: Picture | null;
  /** Everything that is sent behind the picture. */
  prompt: string;
}

/** A table of figures; null where the official script divides by zero. */
export interface Figures {
  [name: string]: number | null | Figures;
}

export interface Outcome {
  /** What the official script calls the number that papers print. */
  name: string;
  /** That number in its usual scale; null where only a server or a judge can give it. */
  value: number | null;
  /** As the official script prints it. */
  text: string | null;
  figures: Figures;
}

export interface Submission {
  /** Behind the name of the predictions file. */
  suffix: string;
  text: string;
  /** Where it goes. */
  destination: string;
}

/** The texts of the answers by question id; a question without one counts as wrong. */
export type Answers = ReadonlyMap<string, string>;

export interface TaskData<Q extends Question = Question> {
  questions: readonly Q[];
  /** Ids of questions that the data has and the split leaves out; answers to them are passed over. */
  others?: ReadonlySet<string>;
  /** Scores those of the questions that are given; all of them is the official score. */
  score(questions: readonly Q[], answers: Answers): Outcome;
  submission?(answers: Answers): Submission;
}

export interface Task {
  name: string;
  title: string;
  /** The first is the one whose numbers are published. */
  splits: readonly string[];
  /** Number of questions of the published set, where it is known. */
  published: Readonly<Record<string, number>>;
  /** Longest answer in tokens. */
  maxTokens: number;
  load(data: DataFolder, split: string): Promise<TaskData>;
}

export const SHORT_ANSWER = 'Answer the question using a single word or phrase.';
export const OPTION_LETTER = "Answer with the option's letter from the given choices directly.";
