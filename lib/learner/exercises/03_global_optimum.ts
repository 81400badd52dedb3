/**
 * What notebook 03 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

/** C(G) of U(0, 1) against U(0, 2). */
const HALF_COVERED = Math.log(2 / 3) + Math.log(1 / 3) / 2;

/** C of two coins. */
const ofCoins = (a: number, b: number) =>
  a * Math.log(a / (a + b)) + b * Math.log(b / (a + b)) +
  (1 - a) * Math.log((1 - a) / (2 - a - b)) + (1 - b) * Math.log((1 - b) / (2 - a - b));

export const questions: Questions = {
  predictions: {
    "03-1": {
      asks: "how low C(G) gets for a generator of the right width",
      kind: "number",
      unit: "nats",
      tolerance: 0.03,
      mark: "y",
    },
    "03-2": {
      asks: "which divergence is hardest on a generator that is too narrow",
      kind: "choice",
      choices: ["KL(p_data‖p_g)", "KL(p_g‖p_data)", "JSD"],
    },
    "03-3": {
      asks: "which integrand dips below 0",
      kind: "choice",
      choices: ["p log(p/m)", "the completed one", "both"],
    },
    "03-4": {
      asks: "C(G) of a shifted uniform density",
      kind: "sketch",
      x: [-3, 3],
      y: [-1.5, 0.15],
      tolerance: 0.12,
    },
    "03-5": {
      asks: "the t of the shortest detour",
      kind: "number",
      between: [0, 1],
      tolerance: 0.03,
      mark: "x",
    },
    "03-6": {
      asks: "zeros in the slope at twelve widths",
      kind: "number",
      unit: "zeros",
      tolerance: 1,
    },
    "03-7": {
      asks: "exactly black pixels in the test image that has the fewest",
      kind: "number",
      unit: "pixels",
      between: [0, 784],
      factor: 1.3,
      mark: "x",
    },
    "03-8": {
      asks: "how high V gets for a D that remembers 20 points",
      kind: "number",
      unit: "nats",
      tolerance: 0.1,
      mark: "y",
    },
  },
  exercises: {
    "03-1": {
      expected: (z) => 2 - 0.5 * z,
      inputs: [[0], [1], [-2]],
      tolerance: 1e-9,
      right: "−z is distributed as z is, so both maps make N(2, 0.5).",
      mistakes: [
        { value: (z) => 2 + 0.5 * z, because: "that is the one that is given." },
        { value: (z) => -2 + 0.5 * z, because: "the mean of G(z) would be −2." },
        { value: (z) => -2 - 0.5 * z, because: "the mean of G(z) would be −2." },
        { value: (z) => 2 - 0.25 * z, because: "0.5 is the width: its square is the variance." },
        { value: (z) => 0.5 + 2 * z, because: "mean and width are exchanged." },
      ],
      hint: "G(z) = shift + slope · z has the mean `shift` and the width |slope|.",
      solution: "(z) => 2 - 0.5 * z: the shift must be 2, and of the slope only the size counts.",
    },
    "03-2": {
      expected: HALF_COVERED,
      tolerance: 1e-3,
      unit: "nats",
      right: "On [0, 1], D* = 2/3; on [1, 2], D* = 0. So C = log(2/3) + ½ log(1/3) + ½ log 1.",
      mistakes: [
        {
          value: Math.log(2 / 3) + Math.log(1 / 3),
          because: "the ½ is missing: only half of p_g lies on [0, 1], where 1 − D* = 1/3.",
        },
        { value: Math.LN2, because: "that is KL(p_data‖p_g), not C(G)." },
        { value: -Math.LN2, because: "that is −log 4 + KL(p_data‖p_g)." },
        {
          value: HALF_COVERED / 2 - Math.LN2,
          because: "that is −log 4 + JSD: the theorem has 2 JSD.",
        },
        { value: Math.log(2 / 3), because: "that is the first term alone: G has a term as well." },
      ],
      hint: "What is D* on [0, 1], and on [1, 2]? Then average the two logarithms.",
      solution:
        "E_data: D* = 1/(1 + ½) = 2/3 everywhere, log(2/3). E_g: half of the mass has 1 − D* = 1/3, half has 1 − D* = 1, so ½ log(1/3). The sum is −0.9548.",
    },
    "03-3": {
      expected: "c",
      right: "D = ½ gives log 2 whatever p_g is. Only for D near D* does the loss speak about p_g.",
      mistakes: [
        {
          value: "a",
          because: "that is one way to read log 2; an untrained D is another (second column).",
        },
        { value: "b", because: "against disjoint supports a good D would read near 0." },
      ],
      hint: "Compare the columns of the table.",
      solution: "c: the first two columns of the table are the same for two different p_g.",
    },
    "03-4": {
      expected: ofCoins,
      inputs: [[0.5, 0.5], [0.9, 0.2], [0.3, 0.6]],
      tolerance: 1e-9,
      right: "Two outcomes, two terms for each player: D* is a/(a + b) on heads.",
      mistakes: [
        {
          value: (a, b) => a * Math.log(a / b) + (1 - a) * Math.log((1 - a) / (1 - b)),
          because: "that is KL(p_data‖p_g).",
        },
        {
          value: (a, b) => a * Math.log(a / (a + b)) + b * Math.log(b / (a + b)),
          because: "add the tails.",
        },
        {
          value: (a, b) => (ofCoins(a, b) + Math.log(4)) / 2,
          because: "that is the JSD: C is −log 4 + 2 JSD.",
        },
      ],
      hint: "Sum line 2 of the theorem over heads and tails.",
      solution:
        "(a, b) => a * Math.log(a / (a + b)) + b * Math.log(b / (a + b)) + (1 - a) * Math.log((1 - a) / (2 - a - b)) + (1 - b) * Math.log((1 - b) / (2 - a - b))",
    },
  },
  experiment: {
    asks: "Bring p_g as near to p_data as you can, with at most two Gaussians.",
    best: { outcome: "JSD, nats", sense: "least", if: { "at most two": "yes" } },
  },
};
