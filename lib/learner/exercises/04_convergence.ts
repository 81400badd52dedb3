/**
 * What notebook 04 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

export const questions: Questions = {
  predictions: {},
  exercises: {},
};
