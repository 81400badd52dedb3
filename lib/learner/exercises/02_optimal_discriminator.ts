/**
 * What notebook 02 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

export const questions: Questions = {
  predictions: {
    "02-1": {
      asks: "where the top of f is for a = 0.3, b = 0.1",
      kind: "number",
      between: [0, 1],
      tolerance: 0.03,
      mark: "x",
    },
    "02-2": {
      asks: "D* for N(0, 1) against N(0.5, 0.5)",
      kind: "sketch",
      x: [-4, 4],
      y: [0, 1],
      tolerance: 0.12,
      panel: 2,
    },
    "02-3": {
      asks: "how often D* crosses ½ when the widths are equal and the means differ",
      kind: "choice",
      choices: ["never", "once", "twice"],
    },
    "02-4": {
      asks: "which error of D costs more",
      kind: "choice",
      choices: ["beyond 2", "between 0 and 1"],
    },
    "02-5": {
      asks: "where the network is farthest from D* after 25 steps",
      kind: "choice",
      choices: ["in the middle", "on the flanks"],
    },
    "02-6": {
      asks: "the loss at which D settles",
      kind: "number",
      unit: "nats",
      tolerance: 0.02,
      mark: "y",
    },
    "02-7": {
      asks: "D* for a perfect G and a fifth of real examples",
      kind: "number",
      between: [0, 1],
      tolerance: 0.01,
      mark: "y",
    },
    "02-8": {
      asks: "the average of D* over a balanced batch, for N(3, 1)",
      kind: "number",
      between: [0, 1],
      tolerance: 0.02,
    },
  },
  exercises: {
    "02-1": {
      expected: 0.18,
      tolerance: 1e-6,
      unit: "per unit of x",
      right: "p_data = p_g · D*/(1 − D*) = 0.02 · 9.",
      mistakes: [
        { value: 0.9 * 0.02, because: "D* is p_data over the sum of both, not over p_g." },
        {
          value: 0.02 * 0.1 / 0.9,
          because: "the ratio is upside down: D* > ½ means p_data > p_g.",
        },
        { value: 0.02 / 0.1, because: "that is p_data + p_g = p_g/(1 − D*): subtract p_g." },
      ],
      hint: "Solve D* = p_data/(p_data + p_g) for p_data.",
      solution:
        "D* (p_data + p_g) = p_data, so p_data (1 − D*) = D* p_g, and p_data = 0.02 · 0.9/0.1 = 0.18.",
    },
    "02-2": {
      expected: (p, q, prior) => prior * p / (prior * p + (1 - prior) * q),
      inputs: [[0.3, 0.1, 0.5], [0.3, 0.1, 0.2], [0.1, 0.4, 0.9], [0.2, 0.2, 0.7], [0, 0.3, 0.4]],
      tolerance: 1e-9,
      right: "Bayes' rule: each density counts by its share of the batch.",
      mistakes: [
        {
          value: (p, q) => p / (p + q),
          because: "right for a balanced batch only; use the prior.",
        },
        {
          value: (p, q, prior) => (1 - prior) * p / ((1 - prior) * p + prior * q),
          because: "the prior is the share of real examples, so it goes with p.",
        },
        {
          value: (p, q, prior) => prior * p / (p + q),
          because: "the prior belongs below as well.",
        },
        {
          value: (p, q, prior) => prior * p / (prior * p + q),
          because: "the generated examples have a share as well, 1 − prior.",
        },
      ],
      hint: "The pointwise argument with a = prior · p and b = (1 − prior) · q.",
      solution: "(p, q, prior) => prior * p / (prior * p + (1 - prior) * q)",
    },
    "02-3": {
      expected: 4.5 / 5.5,
      tolerance: 1e-3,
      near: 0.01,
      right: "the odds are 0.6/0.4 = 1.5; without the prior's odds of 1/3 they are 4.5.",
      mistakes: [
        { value: 0.6, because: "the prior has pulled that number down: take its share out." },
        {
          value: 0.5 / 1.5,
          because:
            "the shift goes the other way: with few real examples D* is too low, not too high.",
        },
        {
          value: 0.85,
          because:
            "the prior shifts the logit by a constant; it does not shift D, and the shift is not ½ − π.",
        },
        {
          value: 6 / 7,
          because: "the odds of the prior are π/(1 − π) = 1/3, not π = 1/4.",
        },
      ],
      hint: "Work with odds D/(1 − D), which the prior multiplies by π/(1 − π).",
      solution:
        "D/(1 − D) = 1.5 = p_data/p_g · (1/4)/(3/4), so p_data/p_g = 4.5, and the balanced D* is 4.5/5.5 = 0.818.",
    },
  },
  experiment: {
    asks: "Lose as little of V as you can, with at most four points.",
    best: { outcome: "lost, nats", sense: "least", if: { "at most four": "yes" } },
  },
};
