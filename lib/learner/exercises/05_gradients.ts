/**
 * What notebook 05 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

export const questions: Questions = {
  predictions: {
    "05-1": {
      asks: "The pull of log(1 − D), against the logit",
      kind: "sketch",
      x: [-8, 8],
      y: [-1.05, 0.05],
      tolerance: 0.1,
    },
    "05-2": {
      asks: "The size of the pull of −D at a logit of −6",
      kind: "number",
      unit: "nats per logit",
      factor: 1.5,
      mark: "y",
    },
    "05-3": {
      asks: "What G draws after its third block has been shuffled",
      kind: "choice",
      choices: ["the same digits", "torn digits", "noise"],
    },
    "05-4": {
      asks: "The saturating gradient at D* as the distance grows",
      kind: "choice",
      choices: ["grows", "falls", "grows, then falls"],
    },
    "05-5": {
      asks: "Which loss wants the wider bell",
      kind: "choice",
      choices: ["saturating", "non-saturating"],
    },
    "05-6": {
      asks: "Non-saturating gradient over saturating one, after 300 steps of D",
      kind: "number",
      unit: "times",
      factor: 10,
    },
    "05-7": {
      asks: "The mean of p_g after 200 saturating steps",
      kind: "number",
      unit: "units of x",
      tolerance: 0.5,
      mark: "y",
      panel: 1,
    },
    "05-8": {
      asks: "The mean of p_g after 200 saturating steps with Adam",
      kind: "number",
      unit: "units of x",
      tolerance: 1,
      mark: "y",
      panel: 1,
    },
    "05-9": {
      asks: "Which way of taking turns swings widest",
      kind: "choice",
      choices: ["simultaneous", "alternating, k = 1", "alternating, k = 5"],
    },
    "05-10": {
      asks: "Which gradient is minus the saturating one",
      kind: "choice",
      choices: ["D's loss in G", "G's loss in D", "none"],
    },
    "05-11": {
      asks: "The mean of p_g after 100 rounds, if D's loss moves G too",
      kind: "number",
      unit: "units of x",
      tolerance: 0.4,
      mark: "y",
    },
  },
  exercises: {
    "05-1": {
      expected: Math.exp(6),
      tolerance: 0.5,
      right: "(1 − D)/D = exp(−a) = e^6, about 403.",
      mistakes: [
        { value: Math.exp(-6), because: "that is the factor the other way round." },
        { value: 6, because: "6 is the difference of the logarithms; the pulls differ by e^6." },
        {
          value: 0.9975,
          because: "that is the non-saturating pull itself; divide it by the other one, 0.0025.",
        },
      ],
      near: 5,
      hint: "The pulls are −D and −(1 − D). What is (1 − D)/D in terms of a?",
      solution: "D = σ(a) = 1/(1 + e^−a), so that (1 − D)/D = e^−a. At a = −6 it is e^6 = 403.4.",
    },
    "05-2": {
      expected: 2 / 3,
      tolerance: 5e-3,
      right: "−(1 − D) + D/2 = 3D/2 − 1: from there on G no longer wants to pass for real.",
      mistakes: [
        { value: 1, because: "that is where −log D alone rests; D's loss adds +D/2." },
        { value: 0, because: "there the pull is −1, at full strength." },
        { value: 0.5, because: "that is for −V, the sum of the two cross-entropies." },
        { value: 2 / 7, because: "that is for five steps of D. Here its loss is added once." },
      ],
      hint: "Add the pull of −log D to the share that −log(1 − D) has in D's loss.",
      solution: "D's loss is ½(−log D(x) − log(1 − D(G(z)))), and its pull on a generated row is " +
        "+D/2. Together with −(1 − D): −1 + D + D/2 = 0 at D = 2/3.",
    },
    "05-3": {
      expected: () => -0.5,
      inputs: [[0.01], [0.3], [0.5], [0.9]],
      tolerance: 1e-6,
      right: "the loss is −a/2: the pull is −1/2 whatever D says. It never saturates.",
      mistakes: [
        { value: (d) => -d * (1 - d), because: "that would be a product; add the pulls." },
        { value: (d) => d - 0.5, because: "both pulls are negative: −D and −(1 − D)." },
        {
          value: (d) => -0.5 / (1 - d) - 0.5 / d,
          because: "that is the derivative in D; the pull is the one in the logit, times D(1 − D).",
        },
      ],
      hint: "Half of −D and half of −(1 − D).",
      solution:
        "½ log(1 − D) has the pull −D/2 and −½ log D has −(1 − D)/2. Their sum is −1/2: the loss is " +
        "½ log((1 − D)/D) = −a/2.",
    },
    "05-4": {
      expected: 0.5,
      tolerance: 1e-3,
      right: "D(1 − D) is largest at ½, where it is ¼: half the pull of the other two there.",
      mistakes: [
        { value: 0, because: "there the pull is −D(1 − D) = 0: that is where a beginner starts." },
        { value: 1, because: "there the pull is 0 as well: a sample that passes is left alone." },
        {
          value: 0.25,
          because: "¼ is the size of the strongest pull; the question is at which D it is reached.",
        },
      ],
      hint: "The pull is −D(1 − D), the slope of −σ(a).",
      solution: "d/dD of D(1 − D) is 1 − 2D, which is 0 at D = ½. The pull there is −¼.",
    },
  },
  experiment: {
    asks: "Bring mean and width within 0.4 of the data's, for good, in as few steps as you can.",
    best: { outcome: "steps", sense: "least", if: { arrived: "yes" } },
  },
};
