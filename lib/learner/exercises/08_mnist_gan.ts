/**
 * What notebook 08 asks.
 *
 * @module
 */
import { type Questions } from "../questions.ts";

/** Parameters of the lecture's G with 64 numbers in z, and of the 2014 D, counted layer by layer. */
const [LECTURE_G, D_2014] = [1_505_680, 784 * 1200 + 1200 + 240 * 1200 + 1200 + 240 + 1];

export const questions: Questions = {
  predictions: {
    "08-1": {
      asks: "The share of G's parameters that is in its last linear map",
      kind: "number",
      between: [0, 1],
      tolerance: 0.1,
    },
    "08-2": {
      asks: "A maxout unit of three pieces against its input",
      kind: "sketch",
      x: [-2, 2],
      y: [-1, 2],
      tolerance: 0.2,
    },
    "08-3": {
      asks: "From which logit on does the logarithm after the sigmoid say Infinity?",
      kind: "number",
      tolerance: 2,
      mark: "x",
    },
    "08-4": {
      asks: "How far does the weight of D that moves most move in D's first step?",
      kind: "number",
      factor: 1.5,
    },
    "08-5": {
      asks: "How many of its 784 pixels are exactly black in the test image that has fewest?",
      kind: "number",
      between: [0, 784],
      tolerance: 100,
      unit: "pixels",
    },
    "08-6": {
      asks: "How many kinds of digits are left to the popular recipe after 300 steps?",
      kind: "number",
      between: [0, 10],
      tolerance: 1,
      unit: "digits",
    },
    "08-7": {
      asks: "How many times as steep is the popular recipe's D as the default's?",
      kind: "number",
      factor: 3,
    },
    "08-8": {
      asks: "D's loss after it has learnt alone for 80 steps without the penalty",
      kind: "number",
      tolerance: 0.1,
      unit: "nats",
      mark: "y",
    },
  },
  exercises: {
    "08-1": {
      expected: LECTURE_G - 54 * 128,
      tolerance: 0.5,
      unit: "parameters",
      right: "only the first map changes: 54 inputs fewer, with 128 weights each.",
      mistakes: [
        { value: LECTURE_G - 54, because: "each input has a weight to each of 128 units." },
        {
          value: LECTURE_G - 54 * 128 - 2 * 1920,
          because: "batch norm has a scale and a shift for each of the 1,920 units.",
        },
        {
          value: LECTURE_G - 54 * 128 + 2 * 1920,
          because: "no gradient moves the running means and variances: they are not parameters.",
        },
        {
          value: LECTURE_G - 54 * 128 - 128,
          because: "the 128 biases stay: they belong to the units and not to the inputs.",
        },
      ],
      near: 4000,
      hint: "Which layers see z, and how many weights does one number of z have?",
      solution: "Only the first linear map sees z: 64 · 128 weights become 10 · 128, which is " +
        "6,912 fewer. 1,505,680 − 6,912 = 1,498,768.",
    },
    "08-2": {
      expected: D_2014,
      tolerance: 0.5,
      unit: "parameters",
      right:
        "each unit has five pieces, so each hidden layer has an affine map to 1,200 numbers; " +
        "the next layer sees the 240 largest of them.",
      mistakes: [
        {
          value: 784 * 240 + 240 + 240 * 240 + 240 + 241,
          because: "that is for one piece a unit; each unit has five affine maps of its own.",
        },
        {
          value: 784 * 1200 + 1200 + 1200 * 1200 + 1200 + 1201,
          because: "the next layer sees the largest piece of each unit, 240 numbers and not 1,200.",
        },
        {
          value: 784 * 1200 + 240 * 1200 + 240,
          because: "the biases are missing: every piece has one, and so has the output.",
        },
      ],
      near: 5000,
      hint: "How many numbers does the affine map of a layer of 240 units with five pieces give?",
      solution: "784 · 1,200 + 1,200 = 942,000; 240 · 1,200 + 1,200 = 289,200; 240 + 1 = 241. " +
        "Together 1,231,441.",
    },
    "08-3": {
      expected: Math.LN2,
      tolerance: 0.005,
      unit: "nats",
      right:
        "the two have no image in common, so the divergence is as large as it can be. It was " +
        "that before the first step, and training does not change it.",
      mistakes: [
        { value: 0, because: "0 is for equal distributions; these two share no image at all." },
        {
          value: Math.log(4),
          because:
            "that is the lowest value of the game with its sign changed; a JSD is at most log 2.",
        },
        {
          value: Infinity,
          because:
            "a KL divergence would be infinite. The JSD compares with the mean of the two, " +
            "which covers both.",
        },
      ],
      hint: "What does the best D say of each image, and what is V then?",
      solution: "The best D says 1 on every real image and 0 on every generated one, so V = 0 = " +
        "−log 4 + 2 JSD, and JSD = log 2 = 0.693.",
    },
    "08-4": {
      expected: "b",
      right: "the loss tells how sharp this D is. Only the images tell how good G is.",
      mistakes: [
        {
          value: "a",
          because:
            "that D is good gives no promise that G will follow: where D is flat, G is told nothing.",
        },
        {
          value: "c",
          because:
            "a D of the same sharpness exists for every G that ends in a sigmoid, for the best one too.",
        },
      ],
      hint: "Which loss would a perfect D have against the best generator of this notebook?",
      solution: "The answer is b. For images a D without error exists for every such G, so a low " +
        "loss of D says how far D has come. Measure the images: look at them, and count the digits.",
    },
  },
  experiment: {
    asks: "Keep all ten digits, with the highest classifier score.",
    best: { outcome: "score", sense: "most", if: { "digits kept": 10 } },
  },
};
