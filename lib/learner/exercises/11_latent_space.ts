/**
 * What notebook 11 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

export const questions: Questions = {
  predictions: {
    "11-1": {
      asks: "The way whose middle the classifier is least sure of",
      kind: "choice",
      choices: ["pixels", "lerp", "slerp"],
    },
    "11-2": {
      asks: "Standard deviation of the length of z, d = 64",
      kind: "number",
      tolerance: 0.2,
    },
    "11-3": {
      asks: "Length of z along the straight line, over that of its ends",
      kind: "sketch",
      x: [0, 1],
      y: [0, 1.2],
      tolerance: 0.06,
    },
    "11-4": {
      asks: "Share of noises as short as the middle of a line, d = 10",
      kind: "number",
      between: [0, 1],
      factor: 2,
    },
    "11-5": {
      asks: "Fréchet distance of a set of middles, over that of usual noises",
      kind: "number",
      factor: 1.5,
    },
    "11-6": {
      asks: "The way that stays in the cube",
      kind: "choice",
      choices: ["line", "arc", "both", "neither"],
    },
    "11-7": {
      asks: "Walk through G, over the straight way in pixels",
      kind: "number",
      factor: 1.4,
    },
    "11-8": {
      asks: "Share that becomes the digit wanted",
      kind: "number",
      between: [0, 1],
      tolerance: 0.1,
    },
  },
  exercises: {
    "11-1": {
      expected: (t) => Math.sqrt((1 - t) ** 2 + t ** 2),
      inputs: [[0], [0.25], [0.5], [0.9]],
      tolerance: 1e-9,
      right: "Pythagoras. At t = 1/2 it is √½.",
      mistakes: [
        { value: () => 1, because: "that is the arc." },
        { value: (t) => (1 - t) ** 2 + t ** 2, because: "that is the square of the length." },
        {
          value: (t) => Math.abs(1 - 2 * t),
          because: "that is the line between opposite ends.",
        },
      ],
      hint: "The two parts, (1 − t) a and t b, are at right angles.",
      solution: "‖(1 − t) a + t b‖² = (1 − t)² ‖a‖² + t² ‖b‖², since a · b = 0. Over the length " +
        "of an end that is √((1 − t)² + t²).",
    },
    "11-2": {
      expected: 25,
      tolerance: 1e-6,
      right: "the mean of four independent normal numbers has variance 1/4, in each of 100 " +
        "coordinates.",
      mistakes: [
        { value: 5, because: "that is the length; its square is asked for." },
        { value: 100, because: "that is the mean square of one noise, not of the mean of four." },
        { value: 50, because: "that is for two noises." },
        { value: 6.25, because: "the variance of a mean of four is 1/4, not 1/16." },
      ],
      hint: "What is the variance of the mean of four independent numbers of variance 1?",
      solution: "Each coordinate of the mean is normal with variance 1/4. The squares of 100 of " +
        "them add up to 100 · 1/4 = 25 on average: half of the usual length.",
    },
    "11-3": {
      expected: "set",
      right: "single pictures stay good, but middles of lines are a set with less variety.",
      mistakes: [
        {
          value: "picture",
          because: "for this G the classifier is as sure of the middle of a line as of its ends.",
        },
        { value: "neither", because: "Fréchet distance and recall of the middles say otherwise." },
        { value: "both", because: "look at the confidence along the three ways again." },
      ],
      hint: "Compare the column of confidence with those of the Fréchet distance and of recall.",
      solution: "At 0.707 of the usual length the confidence is what it is at the full length, " +
        "while the Fréchet distance is several times as large. It shows in a set only.",
    },
  },
  experiment: {
    asks: "Walk from the 6 to the 9 so that the classifier is as sure as possible all the way.",
    best: { outcome: "least sure", sense: "most", if: { walk: "whole" } },
  },
};
