/**
 * What notebook 07 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

/** That one of the seven modes owns none of 2,500 samples. */
const missed = (1 - 0.001 / 7) ** 2500;

export const questions: Questions = {
  predictions: {
    "07-1": {
      asks: "Share of the spiral's points within r < 1/2",
      kind: "number",
      between: [0, 1],
      tolerance: 0.07,
    },
    "07-2": {
      asks: "Distance from the target after regression",
      kind: "number",
      unit: "units of x",
      factor: 2,
    },
    "07-3": {
      asks: "The lowest loss of D against noise",
      kind: "number",
      unit: "nats",
      tolerance: 0.08,
    },
    "07-4": {
      asks: "Where are the points of the collapsing recipe?",
      kind: "choice",
      choices: ["spread out", "one place that stays", "one place that moves"],
    },
    "07-5": {
      asks: "Range of the centre in x₁, healthier recipe",
      kind: "number",
      unit: "units of x",
      tolerance: 0.15,
    },
    "07-6": {
      asks: "Share of the corners that D takes for real",
      kind: "number",
      between: [0, 1],
      tolerance: 0.2,
    },
    "07-7": { asks: "Coverage of uniform noise", kind: "number", between: [0, 1], tolerance: 0.1 },
    "07-8": {
      asks: "Bins of 40 that the collapsed G covers",
      kind: "number",
      between: [0, 40],
      unit: "bins",
      tolerance: 4,
    },
    "07-9": {
      asks: "Farthest neighbours of the latent grid, along the spiral",
      kind: "number",
      unit: "units of x",
      tolerance: 1,
    },
    "07-10": {
      asks: "The best D with γ = 1, against x",
      kind: "sketch",
      x: [-3, 4],
      y: [0, 1],
      tolerance: 0.1,
    },
    "07-11": {
      asks: "How many times as steep D is without R1",
      kind: "number",
      factor: 2,
    },
    "07-12": {
      asks: "The switch that raises coverage more",
      kind: "choice",
      choices: ["less momentum", "R1"],
    },
  },
  exercises: {
    "07-1": {
      expected: 7 * (1 - missed),
      tolerance: 0.02,
      unit: "modes",
      right:
        "each is missed with probability (1 − 0.001/7)^2500 = 0.70. Only by luck is it covered.",
      mistakes: [
        { value: 7, because: "that is if none is missed: each owns 0.36 samples on average." },
        { value: 2.5, because: "those are the samples; two of them can fall on one mode." },
      ],
      hint: "With which probability does a mode own none of 2,500 samples?",
      solution:
        "A sample falls on a given one of the seven with probability 0.001/7. All 2,500 miss it with probability 0.70, so 7 · 0.30 = 2.10 modes are covered on average.",
    },
    "07-2": {
      expected: "c",
      right: "one point fills one bin of 40. Precision is 1, and the loss is low until D reacts.",
      mistakes: [
        {
          value: "a",
          because: "the loss asks only whether D is fooled, not by how many points.",
        },
        { value: "b", because: "the point lies on the spiral: precision is 1." },
      ],
      hint: "See the table of impostors.",
      solution:
        "Coverage counts the bins that samples fill: 1 of 40. Precision is 1, and the loss knows nothing of other points.",
    },
    "07-3": {
      expected: 0.1,
      tolerance: 1e-3,
      right:
        "the gap is 1.8 wide, so the crossing takes at least 1.8/9 = 0.2 of z, whose density is ½.",
      mistakes: [
        {
          value: 0.2,
          because: "that is the length in z; z is uniform on a line of length 2.",
        },
        {
          value: 0,
          because: "a continuous G that reaches both passes every point between them.",
        },
        {
          value: 0.9,
          because: "that is the share of the line from −1 to 1 that the gap takes in x, not in z.",
        },
      ],
      hint: "How long a piece of z does G need to get from −0.9 to 0.9?",
      solution:
        "G passes 1.8 units of x at a speed of at most 9, so it needs a piece of z at least 0.2 long. z has density ½ there: a share of 0.1.",
    },
  },
  experiment: {
    asks: "Keep all eight modes with the fewest steps.",
    best: { outcome: "steps", sense: "least", if: { "modes kept": 8 } },
  },
};
