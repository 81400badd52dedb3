/**
 * What notebook 08 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

export const questions: Questions = {
  predictions: {},
  exercises: {},
};
