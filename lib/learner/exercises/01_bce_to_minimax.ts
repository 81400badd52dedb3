/**
 * What notebook 01 asks.
 *
 * @module
 */
import { sigmoid, softplus } from "@/math/stable.ts";
import { type Questions } from "../questions.ts";

const ROUNDED = "right on paper, but the sigmoid rounds to 0 or 1, and log 0 is infinite.";

export const questions: Questions = {
  predictions: {
    "01-1": {
      asks: "Which D makes seven real notes of ten most likely?",
      kind: "number",
      between: [0, 1],
      tolerance: 0.02,
      mark: "x",
    },
    "01-2": {
      asks: "What does −log(1 − σ(40)) give on a computer?",
      kind: "choice",
      choices: ["40", "0", "Infinity"],
    },
    "01-3": {
      asks: "How many of 100 real notes do the police take for false?",
      kind: "number",
      unit: "of 100",
      between: [0, 100],
      tolerance: 4,
    },
    "01-4": {
      asks: "How many times as large a batch gives one more digit of V?",
      kind: "number",
      unit: "times",
      factor: 1.5,
    },
    "01-5": {
      asks: "V of the overlapping Gaussians against s",
      kind: "sketch",
      x: [0, 10],
      y: [-2, 0],
      tolerance: 0.2,
    },
    "01-6": {
      asks: "How far does it pay to go if D stands still?",
      kind: "choice",
      choices: ["to the data", "to their mirror image", "without end"],
    },
  },
  exercises: {
    "01-1": {
      expected: Math.log(0.8) + Math.log(0.7),
      tolerance: 1e-3,
      unit: "nats",
      right: "log 0.8 + log 0.7: the fake half takes the probability given to “fake”, 1 − 0.3.",
      mistakes: [
        {
          value: Math.log(0.8) + Math.log(0.3),
          because: "the fake half is log(1 − D), not log D.",
        },
        { value: Math.log(0.56) / 2, because: "that is −BCE. V is the sum of the two means." },
        { value: -Math.log(0.56) / 2, because: "that is the BCE, −V/2." },
      ],
      hint: "V = E[log D] over real notes + E[log(1 − D)] over fakes.",
      solution:
        "Every real note gives log 0.8 = −0.223, every fake log(1 − 0.3) = −0.357. Their sum " +
        "is −0.580.",
    },
    "01-2": {
      expected: (a, y) => y === 1 ? softplus(-a) : softplus(a),
      inputs: [[0, 1], [2, 0], [2, 1], [-3, 1], [800, 1], [-800, 1], [800, 0]],
      tolerance: 1e-9,
      right: "softplus(−a) if real, softplus(a) if fake; softplus(a) − y·a is the same.",
      mistakes: [
        // Two ways to write it, which differ where 0 · −Infinity is NaN.
        {
          value: (a, y) => -(y * Math.log(sigmoid(a)) + (1 - y) * Math.log(1 - sigmoid(a))),
          because: ROUNDED,
        },
        { value: (a, y) => -Math.log(y === 1 ? sigmoid(a) : 1 - sigmoid(a)), because: ROUNDED },
        { value: (a, y) => softplus(y === 1 ? a : -a), because: "the two labels are swapped." },
        { value: (a, y) => -softplus(y === 1 ? -a : a), because: "that is the log-likelihood." },
      ],
      hint: "Two identities stand under “The loss from the logit”.",
      solution: "`(a, y) => y === 1 ? softplus(-a) : softplus(a)`.",
    },
    "01-3": {
      expected: (32 * 0.2 + 96 * 0.6) / 128,
      tolerance: 1e-6,
      unit: "nats",
      right: "¼ · 0.2 + ¾ · 0.6 = 0.5: each kind counts by its share of the batch.",
      mistakes: [
        {
          value: 0.4,
          because: "that is −V/2, which is the cross-entropy of a balanced batch only.",
        },
        { value: 0.8, because: "that is −V, the sum of the two means: the shares are missing." },
        {
          value: 0.3,
          because: "the shares are the wrong way round: a quarter of the batch is real.",
        },
      ],
      hint: "Sum all 128 terms, then divide by 128.",
      solution:
        "The real labels sum to 32 · 0.2 = 6.4 nats, the fake ones to 96 · 0.6 = 57.6: together " +
        "64 nats, over 128 labels.",
    },
  },
  experiment: {
    asks: "Forge the unknown notes: make V small once D has learnt.",
    best: { outcome: "V, D has learnt", sense: "least" },
  },
};
