/**
 * What notebook 06 asks.
 *
 * @module
 */
import { gaussian } from "@/math/density.ts";
import { type Questions } from "../questions.ts";

const noise = gaussian({ mean: 0, sigma: 1 });

export const questions: Questions = {
  predictions: {
    "06-1": {
      asks: "Where is p_g of the map by hand highest?",
      kind: "choice",
      choices: ["at G(0) = 1", "where G is flat", "where G is steep"],
    },
    "06-2": {
      asks: "Which map is counted with the larger error?",
      kind: "choice",
      choices: ["the map by hand", "the fold"],
    },
    "06-3": {
      asks: "D* before training, against x",
      kind: "sketch",
      x: [-1, 1],
      y: [0, 1],
      tolerance: 0.15,
      panel: 2,
    },
    "06-4": {
      asks: "Bins of 100 off by more than two standard deviations, if p_g is right",
      kind: "number",
      between: [0, 100],
      unit: "bins",
      tolerance: 2,
    },
    "06-5": {
      asks: "Where do the arrows move in (c)?",
      kind: "choice",
      choices: ["towards the top", "uphill"],
    },
    "06-6": {
      asks: "Seeds of four whose JSD falls in (c)",
      kind: "number",
      between: [0, 4],
      tolerance: 0.5,
    },
    "06-7": {
      asks: "Pictures of the animation in which arrows cross",
      kind: "number",
      tolerance: 2,
    },
    "06-8": {
      asks: "What can change while only D moves?",
      kind: "choice",
      choices: ["V", "C(G)", "both", "neither"],
    },
    "06-9": { asks: "Can V fall below -log 4?", kind: "choice", choices: ["yes", "no"] },
    "06-10": {
      asks: "D's loss before training",
      kind: "number",
      unit: "nats",
      tolerance: 0.05,
    },
    "06-11": {
      asks: "D's mean loss with a slow D, beside that with a fast one",
      kind: "choice",
      choices: ["clearly higher", "about the same", "clearly lower"],
    },
    "06-12": {
      asks: "The JSD of a G that makes one of two humps",
      kind: "number",
      unit: "nats",
      tolerance: 0.03,
    },
  },
  exercises: {
    "06-1": {
      expected: (-1.3 + Math.log(4)) / 2,
      tolerance: 1e-3,
      unit: "nats",
      right:
        "V ≤ C(G) = −log 4 + 2 JSD, so JSD ≥ (V + log 4)/2. A better D may show that it is more.",
      mistakes: [
        { value: -1.3 + Math.log(4), because: "C(G) has twice the JSD." },
        { value: 0, because: "V above −log 4 shows a difference: C(G) is at least V." },
      ],
      hint: "V is at most C(G); write C(G) with the JSD.",
      solution: "−1.30 ≤ C(G) = −log 4 + 2 JSD, so JSD ≥ (−1.30 + 1.3863)/2 = 0.0431 nats.",
    },
    "06-2": {
      expected: (noise.pdf(0) + noise.pdf(2)) / 2,
      tolerance: 1e-3,
      unit: "per unit of x",
      right: "z = 0 and z = 2 both arrive at 1, each with |G′| = 2: (p_z(0) + p_z(2))/2.",
      mistakes: [
        {
          value: noise.pdf(0) / 2,
          because: "z = 2 arrives at 1 as well: G folds the line at z = 1.",
        },
        {
          value: noise.pdf(0) + noise.pdf(2),
          because: "the slope |G′| = 2 spreads the mass: divide.",
        },
      ],
      hint: "Sum p_z(z)/|G′(z)| over every z with G(z) = 1.",
      solution:
        "(z − 1)² = 1 at z = 0 and z = 2, where |G′| = 2|z − 1| = 2. So p_g(1) = (0.3989 + 0.0540)/2 = 0.2265.",
    },
    "06-3": {
      expected: "lazy D",
      right:
        "C(G) ≥ −0.9 was hidden by a D at ½: the JSD is at least (−0.9 + log 4)/2 = 0.24 nats.",
      mistakes: [
        {
          value: "converged",
          because: "at p_g = p_data no D gets V above −log 4, the first run's case.",
        },
        {
          value: "saturated G",
          because: "D was at ½, where neither loss of G is flat (notebook 05).",
        },
      ],
      hint: "Which of V and C(G) does training D alone change?",
      solution:
        "Training D alone moves V up to C(G). It stays in the first run, so C(G) = −log 4 there; it climbs in the second, whose D had not kept up.",
    },
    "06-4": {
      expected: Math.LN2,
      tolerance: 1e-3,
      unit: "nats",
      right:
        "a single point has no mass under a density, so the two share nothing: log 2, the worst there is.",
      mistakes: [
        {
          value: 0,
          because:
            "each sample is as probable as any can be, but the data are spread out, and p_g is not.",
        },
        {
          value: -Math.log(4),
          because: "that is C(G) at the optimum. The JSD is never negative.",
        },
      ],
      hint: "How much mass does p_data put on the one point that G makes?",
      solution:
        "D = 0 at x = 1 and D = 1 elsewhere tells them apart without an error. So the JSD has its largest value, log 2 = 0.693 nats.",
    },
  },
  experiment: {
    asks: "Make both humps, with the lowest JSD.",
    best: { outcome: "JSD, nats", sense: "least" },
  },
};
