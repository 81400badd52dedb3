/**
 * What a notebook asks its reader: predictions, exercises and an open experiment. A question is
 * named by its notebook and a number, such as "02-3"; predictions and exercises are counted apart.
 *
 * The questions of a notebook are a file in `exercises/`, out of sight of the notebook.
 *
 * @module
 */
import { type AnyKey } from "./verdict.ts";

/** All that one notebook asks. */
export interface Questions {
  /** What to predict before a figure is drawn, by name. */
  predictions: Record<string, Prediction>;
  /** Exercises, by name. */
  exercises: Record<string, AnyKey>;
  /** What to try in the open experiment. */
  experiment?: Experiment;
}

/** Points from left to right; lines between them are straight. */
export type Sketch = readonly (readonly [x: number, y: number])[];

/** What a reader can predict. */
export type Guess = number | string | Sketch;

/** A prediction that is asked for. */
export type Prediction = NumberPrediction | ChoicePrediction | SketchPrediction;

/** A number to be predicted. A good guess is at most `tolerance` off, or within `factor`. */
export interface NumberPrediction {
  /** The question in a few words, for the table at the end of a notebook. */
  asks: string;
  /** What kind of prediction it is. */
  kind: "number";
  /** The unit that stands beside the number. */
  unit?: string;
  /** The least and the largest number that the question allows. */
  between?: readonly [number, number];
  /** How far a good guess is off at most. */
  tolerance?: number;
  /** By which factor a good guess is off at most. */
  factor?: number;
  /** The axis of the figure on which the guess is marked, if it can be. */
  mark?: "x" | "y";
  /** The panel with that axis, counted from 1. */
  panel?: number;
}

/** One of a few words to be predicted. */
export interface ChoicePrediction {
  /** The question in a few words, for the table at the end of a notebook. */
  asks: string;
  /** What kind of prediction it is. */
  kind: "choice";
  /** What can be chosen. */
  choices: readonly string[];
}

/** A curve to be sketched. */
export interface SketchPrediction {
  /** The curve, for the table at the end of a notebook. */
  asks: string;
  /** What kind of prediction it is. */
  kind: "sketch";
  /** The ends of the axis across. */
  x: readonly [number, number];
  /** The ends of the axis up. */
  y: readonly [number, number];
  /** The mean distance from the curve of a good sketch, at most, in the unit of y. */
  tolerance: number;
  /** The panel of the figure that it belongs into, counted from 1. */
  panel?: number;
}

/** What is to be reached by trying. */
export interface Experiment {
  /** The task, as the title of the table of tries. */
  asks: string;
  /** The outcome by which tries are compared, and which of its values is best. */
  best: {
    outcome: string;
    sense: "least" | "most";
    /** What other outcomes must be for a try to count: at least this number, or just this word. */
    if?: Record<string, number | string>;
  };
}

/** The notebook that a question belongs to: "02" of "02-3". */
export function notebookOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf("-")));
}
