/**
 * What a learner does in a notebook: predict, answer, try, and see how it went.
 *
 * @module
 */
export { answer, type GivenAnswer } from "./answer.ts";
export { type Truth } from "./comparison.ts";
export { predict, reveal } from "./predict.ts";
export {
  type ChoicePrediction,
  type Experiment,
  type Guess,
  type NumberPrediction,
  type Prediction,
  type Questions,
  type Sketch,
  type SketchPrediction,
} from "./questions.ts";
export { type Values } from "./record.ts";
export { showScore } from "./score.ts";
export { recordTry } from "./tries.ts";
export { type AnyKey, type Formula, type FormulaKey, type Key, type NumberKey } from "./verdict.ts";
