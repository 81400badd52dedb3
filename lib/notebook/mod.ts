/**
 * What a notebook's cells use: showing figures and tables, claims of the text, exercises.
 *
 * @module
 */
export { type Claim, claims, isNear, isSame } from "./claims.ts";
export {
  checkAnswer,
  type Formula,
  type FormulaKey,
  type Key,
  type NumberKey,
} from "./exercise.ts";
export { LiveFigure, liveFigure, show, type Showable } from "./show.ts";
