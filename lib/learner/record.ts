/**
 * What a reader has predicted, answered and tried. It lasts as long as the session: a restarted
 * kernel, or a page that is loaded anew, begins with nothing.
 *
 * All of it is plain data, so that a page can keep it.
 *
 * @module
 */
import { type Guess } from "./questions.ts";

/** A prediction, and what came of it once its figure has been drawn. */
export interface Predicted {
  /** What the reader expects; undefined if the figure came without a prediction. */
  guess?: Guess;
  /** What it is, as words. */
  truth?: string;
  /** Whether the guess was good. */
  good?: boolean;
}

/** The answers to an exercise so far. */
export interface Answered {
  /** The wrong answers, as they were written, each once. */
  wrong: string[];
  /** Whether the last answer was right. */
  right: boolean;
}

/** One try of an open experiment. */
export interface Try {
  /** What the reader chose. */
  settings: Values;
  /** What was measured. */
  outcome: Values;
}

/** Numbers and words by what they mean. */
export type Values = Record<string, number | string>;

/** All that a reader has done in a session. */
export class LearnerRecord {
  /** Predictions by the name of their question. */
  readonly predictions: Map<string, Predicted> = new Map();
  /** Answers by the name of their exercise. */
  readonly answers: Map<string, Answered> = new Map();
  /** Tries by notebook. */
  readonly tries: Map<string, Try[]> = new Map();
}

/** The record of this session. */
export const session: LearnerRecord = new LearnerRecord();
