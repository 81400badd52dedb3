/**
 * What notebook 09 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

export const questions: Questions = {
  predictions: {
    "09-1": {
      asks: "Parzen score of 10,000 training images",
      kind: "number",
      unit: "nats",
      tolerance: 25,
      mark: "y",
    },
    "09-2": {
      asks: "Log-likelihood against the distance to the nearest sample",
      kind: "sketch",
      x: [0, 10],
      y: [-1200, 750],
      tolerance: 150,
    },
    "09-3": {
      asks: "Sets that score more than real images, of six",
      kind: "number",
      between: [0, 6],
      tolerance: 0.5,
    },
    "09-4": {
      asks: "The largest spread of a Parzen score",
      kind: "choice",
      choices: ["standard error", "draws", "trainings"],
    },
    "09-5": {
      asks: "Noise that is as bad as a missing digit, for Fréchet",
      kind: "number",
      factor: 1.5,
      mark: "x",
    },
    "09-6": {
      asks: "SSIM of an image and itself, against the shift",
      kind: "sketch",
      x: [0, 4],
      y: [0, 1],
      tolerance: 0.1,
    },
    "09-7": {
      asks: "Precision of pure noise",
      kind: "number",
      between: [0, 1],
      tolerance: 0.1,
      mark: "y",
    },
    "09-8": {
      asks: "Measures that tell a memoriser",
      kind: "number",
      between: [0, 9],
      tolerance: 0.5,
    },
    "09-9": {
      asks: "Measures that tell it when it is moved",
      kind: "number",
      between: [0, 9],
      tolerance: 0.5,
    },
  },
  exercises: {
    "09-1": {
      expected: "a",
      right: "equal distances can be a missing digit in one and noise in the other.",
      mistakes: [
        {
          value: "b",
          because:
            "more samples make both figures surer, and do not say why they are what they are.",
        },
        { value: "c", because: "the Parzen score prefers whichever is blurred." },
      ],
      hint: "Which two failings had one Fréchet distance?",
      solution: "A set without sevens and a set with noise had the same Fréchet distance. The " +
        "shares of the digits told them apart at once, and so does recall.",
    },
    "09-2": {
      expected: (4 / 3) ** 0.75,
      tolerance: 1e-3,
      right: "the mean is (3/4, 1/4), the divergences are log(4/3) and half of it, so that " +
        "S = (4/3)^(3/4).",
      mistakes: [
        {
          value: 0.75 * Math.log(4 / 3),
          because: "that is the mean divergence in nats; the score is its exponential.",
        },
        {
          value: (4 / 3) ** 1.5,
          because: "that is the exponential of the sum of the divergences; take their mean.",
        },
        { value: 1.5, because: "half of the samples are no class, but S is no mean of 1 and 2." },
        {
          value: Math.exp(0.75 * Math.log2(4 / 3)),
          because: "the divergences are in bits there: use the natural logarithm.",
        },
        { value: 2, because: "S would be 2 if both samples were sure, each of another class." },
      ],
      hint: "First the mean of the two rows. Then one divergence for each row, with 0 log 0 = 0.",
      solution: "The mean is (3/4, 1/4). KL of (1, 0) is log(4/3) = 0.2877. KL of (1/2, 1/2) is " +
        "½ log(2/3) + ½ log 2 = ½ log(4/3) = 0.1438. Their mean is 0.2158, and exp(0.2158) = 1.241.",
    },
    "09-3": {
      expected: 0.64,
      tolerance: 5e-3,
      right: "both factors are 0.25/0.3125 = 0.8.",
      mistakes: [
        { value: 0.8, because: "that is one of the two factors, and the other is the same." },
        {
          value: 1,
          because: "that is the correlation, which does not see the contrast; SSIM does.",
        },
        { value: 0.5, because: "that is the ratio of the contrasts." },
        { value: 1.6, because: "the two factors are multiplied, not added." },
      ],
      hint: "The means are 1/2 and 1/4. The variances are 1/4 and 1/16, the covariance is 1/8.",
      solution:
        "The first factor is 2 · ½ · ¼ / (¼ + 1/16) = 0.8. The second is 2 · ⅛ / (¼ + 1/16) = 0.8. " +
        "Their product is 0.64.",
    },
  },
  experiment: {
    asks: "Write one line that makes 1,000 images, and be told from real ones by the fewest " +
      "measures.",
    best: { outcome: "told by", sense: "least" },
  },
};
