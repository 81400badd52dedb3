/**
 * What notebook 00 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

export const questions: Questions = {
  predictions: {
    "00-1": {
      asks: "What does D say of a fake on average, at the end?",
      kind: "number",
      between: [0, 1],
      tolerance: 0.1,
      mark: "y",
    },
    "00-2": {
      asks: "What becomes of the fakes if G alone learns?",
      kind: "choice",
      choices: ["stay", "gather", "scatter"],
    },
    "00-3": {
      asks: "Where do the classifiers of the two sets disagree?",
      kind: "choice",
      choices: ["everywhere", "only away from 0", "nowhere"],
    },
    "00-4": {
      asks: "Who wins tic-tac-toe if nobody errs?",
      kind: "choice",
      choices: ["X", "O", "nobody"],
    },
    "00-5": {
      asks: "Which μ does G choose against the rule that is best against 1?",
      kind: "number",
      tolerance: 0.4,
    },
  },
  exercises: {
    "00-1": {
      expected: -0.8,
      tolerance: 1e-9,
      right:
        "the largest V of the rows are −0.4, −0.3 and −0.8, and the smallest of these is −0.8.",
      mistakes: [
        { value: -0.9, because: "that is max over D of min over G: there D moves first." },
        {
          value: -1.2,
          because: "that is the smallest entry. D would answer with the other column.",
        },
        { value: -0.3, because: "that is the largest entry. G wants V small, and has other rows." },
        {
          value: -0.6,
          because:
            "that is the largest of the smallest V of the rows. D wants V large, and G small.",
        },
        {
          value: -0.4,
          because:
            "that is the smallest of the largest V of the columns: there D moves first, and " +
            "wants V small.",
        },
      ],
      hint: "First find what D would choose in each row.",
      solution:
        "D picks the larger entry of a row: −0.4 in the first, −0.3 in the second, −0.8 in the " +
        "third. G knows that, and picks the row where this is smallest: the third, −0.8.",
    },
    "00-2": {
      expected: 384_000,
      tolerance: 0.5,
      unit: "noise vectors",
      right:
        "each round makes 128 fakes for D's update and 128 fresh ones for G's: 256 · 1,500 = 384,000.",
      mistakes: [
        {
          value: 192_000,
          because: "that counts one update of a round only. D needs fakes for its own update, too.",
        },
        { value: 576_000, because: "the 128 real points of a round do not go through G." },
        { value: 256, because: "that is one round, and there are 1,500." },
        { value: 3000, because: "that counts minibatches. Each has 128 noise vectors." },
      ],
      hint: "Look for `generate(g, noise())` in the loop.",
      solution:
        "`generate(g, noise())` stands twice in the loop, once in each update, and `noise()` " +
        "makes 128 noise vectors: 2 · 128 · 1,500 = 384,000.",
    },
    "00-3": {
      expected: (z) => 2 + 3 * z,
      inputs: [[0], [0.25], [0.5], [1]],
      tolerance: 1e-9,
      right:
        "2 + 3z stretches an interval of length 1 to one of length 3 and moves it to 2. All of " +
        "its parts are stretched alike, so that a uniform z gives a uniform G(z).",
      mistakes: [
        { value: (z) => 2 + 5 * z, because: "that reaches from 2 to 7: the length is 5 − 2." },
        { value: (z) => 3 * z, because: "that has the right length and reaches from 0 to 3." },
        { value: (z) => 5 * z, because: "that reaches from 0 to 5." },
        {
          value: (z) => 5 - 3 * z,
          because:
            "G(z) has the right distribution, but it falls where z rises. Two generators with " +
            "the same p_g can be different functions.",
        },
        {
          value: (z) => 2 + 3 * z * z,
          because:
            "that reaches from 2 to 5, but a small z is stretched less: G(z) is often near 2.",
        },
      ],
      hint: "Which straight line goes through (0, 2) and (1, 5)?",
      solution: "`(z) => 2 + 3 * z`.",
    },
    "00-4": {
      expected: "GAN",
      right:
        "its G only draws samples. Whatever density is named for it has been estimated from them.",
      mistakes: [
        { value: "autoregressive", because: "it multiplies a probability for each number: exact." },
        { value: "VAE", because: "it has a lower bound, the very thing that it is trained on." },
        { value: "flow", because: "it has the exact density, through the inverse of its network." },
        {
          value: "diffusion",
          because: "what it is trained on comes from a lower bound, and the bound can be computed.",
        },
      ],
      hint: "Look at the third column of the table of the family.",
      solution: '`"GAN"`: the others come from a likelihood or from a bound of it.',
    },
  },
  experiment: {
    asks:
      "Bring as many fakes as you can onto a curve of your own, with 90 % of the curve reached.",
    best: { outcome: "percent on the curve", sense: "most", if: { "percent reached": 90 } },
  },
};
