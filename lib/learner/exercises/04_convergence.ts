/**
 * What notebook 04 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

export const questions: Questions = {
  predictions: {
    "04-1": {
      asks: "U(p_g, D) as a function of s, for a D that stands still",
      kind: "choice",
      choices: ["a straight line", "a valley", "a hill"],
    },
    "04-2": {
      asks: "Multiplicative steps of size 1 until 1 % of the distance is left",
      kind: "number",
      unit: "steps",
      tolerance: 1,
    },
    "04-3": {
      asks: "D*(−5) after eight steps",
      kind: "number",
      between: [0, 1],
      tolerance: 0.1,
      mark: "y",
      panel: 2,
    },
    "04-4": {
      asks: "The largest update after which p_g still comes to rest",
      kind: "number",
      tolerance: 0.5,
    },
    "04-5": {
      asks: "Renewals of D* with updates of size 0.1",
      kind: "number",
      unit: "renewals",
      factor: 1.5,
    },
    "04-6": {
      asks: "max–min compared with min–max",
      kind: "choice",
      choices: ["less", "the same", "more"],
    },
    "04-7": {
      asks: "Where the descent from θ = −1 ends",
      kind: "number",
      tolerance: 0.2,
      mark: "x",
    },
    "04-8": {
      asks: "The slope of the exact G at z = 0, bumps at ±2",
      kind: "number",
      unit: "units of x per unit of z",
      factor: 2,
    },
    "04-9": {
      asks: "Rises of C with k = 1 and a fast G",
      kind: "number",
      between: [0, 400],
      unit: "steps of 400",
      tolerance: 50,
    },
    "04-10": {
      asks: "Rises of C with k = 1 and a slow G",
      kind: "number",
      between: [0, 400],
      unit: "steps of 400",
      tolerance: 10,
    },
    "04-11": {
      asks: "Whether the game on the tangent plane settles",
      kind: "choice",
      choices: ["sooner than V", "later than V", "not at all"],
    },
    "04-12": {
      asks: "Which steps get to the saddle point of xy",
      kind: "choice",
      choices: ["simultaneous", "alternating", "both", "neither"],
    },
  },
  exercises: {
    "04-1": {
      expected: 463,
      tolerance: 0.5,
      unit: "steps",
      right: "log 10 / (½ log 1.01) = 462.8, so the 463rd step.",
      mistakes: [
        { value: 232, because: "1 + η² is the growth of the squared radius; take the root." },
        {
          value: 25,
          because:
            "the factor is √(1 + η²), not 1 + η: each step is at a right angle to the radius.",
        },
        { value: 462, because: "after 462 steps the radius is still a little below 10." },
      ],
      hint: "Solve (1 + η²)^(n/2) ≥ 10 for n.",
      solution:
        "The radius after n steps is (1 + 0.01)^(n/2). It is 10 for n = 2 log 10 / log 1.01 = 462.8, and " +
        "n is a whole number: 463.",
    },
    "04-2": {
      expected: 0,
      tolerance: 1e-9,
      right:
        "the game is played on the training set, and its optimum is the training set itself, also where that differs from the truth.",
      mistakes: [
        {
          value: 0.1,
          because:
            "that is the true probability, and nobody in this game has seen it: D* is best against the training set.",
        },
        {
          value: 0.2,
          because:
            "that is where p_g starts; D* calls the fifth outcome fake from the first step on.",
        },
        { value: 0.05, because: "that is half-way between 0.1 and 0; the target is 0." },
      ],
      hint: "What is D* of an outcome that is not in the training set?",
      solution:
        "Each step goes half-way from p_g to the shares of the training set, 0.4, 0.3, 0.2, 0.1, 0. The fifth probability is 0.2 · 2⁻ⁿ after n steps, and 0 in the end.",
    },
    "04-3": {
      expected: (x, y, eta) => x * x + y * y - eta * x * y,
      inputs: [[1, 0, 0.2], [1, 1, 0.2], [0.5, -2, 0.7]],
      tolerance: 1e-9,
      right: "the order of the players changes the sign of the cross term.",
      mistakes: [
        {
          value: (x, y, eta) => x * x + y * y + eta * x * y,
          because: "that is for y moving first.",
        },
        {
          value: (x, y) => x * x + y * y,
          because: "that is conserved by the continuous flow, but by no step of a size above 0.",
        },
      ],
      hint: "Try x² + y² + c x y, put x' and y' in, and choose c so that nothing changes.",
      solution:
        "With x' = x − ηy and y' − ηx' = y: Q' = x'² + y'(y' − ηx') = x'² + y'y = x'² + y² + ηx'y = " +
        "x'(x' + ηy) + y² = x'x + y² = x² − ηxy + y².",
    },
  },
  experiment: {
    asks: "Settle with as few updates of both players as you can.",
    best: { outcome: "updates in all", sense: "least", if: { settled: "yes" } },
  },
};
