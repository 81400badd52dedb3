/**
 * What notebook 10 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

export const questions: Questions = {
  predictions: {
    "10-1": {
      asks: "On which share of unseen images is the second judge right?",
      kind: "number",
      between: [0, 1],
      tolerance: 0.03,
    },
    "10-2": {
      asks: "How many drawings do ten 1s take on average?",
      kind: "number",
      factor: 1.3,
      unit: "drawings",
    },
    "10-3": {
      asks: "Which share of the noise that is kept as 8s does the second judge call 8s?",
      kind: "number",
      between: [0, 1],
      tolerance: 0.15,
    },
    "10-4": {
      asks: "What happens to the variety within a digit if only sure images are kept?",
      kind: "choice",
      choices: ["more", "less", "the same"],
    },
    "10-5": {
      asks: "C(G) of a generator that swaps two labels, for a D that is not told them",
      kind: "number",
      tolerance: 0.1,
      unit: "nats",
    },
    "10-6": {
      asks: "How many parameters do the labels add to both networks together?",
      kind: "number",
      factor: 2,
      unit: "parameters",
    },
    "10-7": {
      asks: "The share of drawings that are as asked, over 1,000 steps",
      kind: "sketch",
      x: [0, 1000],
      y: [0, 1],
      tolerance: 0.12,
    },
    "10-8": {
      asks: "The share that is as asked after 400 steps, if only G is told",
      kind: "number",
      between: [0, 1],
      tolerance: 0.08,
      mark: "y",
    },
    "10-9": {
      asks: "The share that is as asked, of the pretrained conditional GAN",
      kind: "number",
      between: [0, 1],
      tolerance: 0.03,
    },
  },
  exercises: {
    "10-1": {
      expected: 6 * 40,
      tolerance: 1e-6,
      unit: "drawings",
      right: "each of the six waits is geometric with mean 1/s = 40, and means add up.",
      mistakes: [
        {
          value: 40,
          because: "that is for the first one; the other five have waits of their own.",
        },
        {
          value: 6 / (1 - 1 / 40),
          because: "that divides by the share of the drawings that you throw away.",
        },
        {
          value: 6 * 39,
          because: "those are the ones thrown away; the drawing that is kept counts as well.",
        },
      ],
      hint: "What is the mean of the geometric distribution, and how many such waits are there?",
      solution: "One wait takes 1/s = 40 drawings in the mean, so six take 240.",
    },
    "10-2": {
      expected: 0.9 ** 10,
      tolerance: 0.002,
      right: "all of the first ten must be something else, each with probability 0.9.",
      mistakes: [
        {
          value: 1 - 0.9 ** 10,
          because: "that is the probability of a wait of at most ten drawings.",
        },
        {
          value: 0.9 ** 9,
          because: "a wait of more than ten needs ten failures, not nine.",
        },
        { value: 0.9 ** 10 * 0.1, because: "that is the probability of a wait of exactly eleven." },
        { value: 0.1, because: "that is the probability that one drawing is what you want." },
      ],
      near: 0.02,
      hint: "What must the first ten drawings all be?",
      solution: "P(N > 10) = (1 − s)¹⁰ = 0.9¹⁰ = 0.349, about one wait in three.",
    },
    "10-3": {
      expected: (p, q, a, b) => a * p / (a * p + b * q),
      inputs: [[1, 1, 0.1, 0.1], [0.4, 0.2, 0.3, 0.1], [0.2, 2, 0.05, 0.4]],
      tolerance: 1e-9,
      right:
        "D then learns the odds a/b of the label as well: a label that the real images have more often " +
        "speaks for real before D has looked at the image.",
      mistakes: [
        { value: (p, q) => p / (p + q), because: "that is for a = b, labels drawn alike." },
        {
          value: (p, q, a, b) => b * q / (a * p + b * q),
          because: "that is the probability that the drawing is generated.",
        },
        {
          value: (p, q, a, b) => b * p / (b * p + a * q),
          because: "the shares have changed places: a belongs to the real images.",
        },
      ],
      hint:
        "Multiply each conditional density by the share of its label: that is what D sees of it.",
      solution:
        "Among real pairs (x, y) the density is a p, among generated ones b q. D* is the share " +
        "of the real ones: a p / (a p + b q).",
    },
    "10-4": {
      expected: "c",
      right:
        "the 100 % are true by construction, since the classifier has chosen. Only a judge that " +
        "chose neither can compare the two.",
      mistakes: [
        { value: "a", because: "a judge that marks its own choice always gives full marks." },
        {
          value: "b",
          because:
            "the 96 % come from a judge that did not choose, so they mean something; but they " +
            "are not the measure of the other ones.",
        },
      ],
      hint: "What would the classifier say of noise that it has called an 8?",
      solution:
        "The answer is c. Rejection keeps what the classifier calls a 2, so the classifier " +
        "cannot find a fault there. Let a second judge mark both.",
    },
  },
  experiment: {
    asks: "Get 100 images of a digit with the fewest drawings.",
    best: {
      outcome: "drawings",
      sense: "least",
      if: { "second judge agrees": 0.95, variety: 0.75 },
    },
  },
};
