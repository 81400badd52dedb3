/**
 * The lessons of the playground. What each says is what its settings do: a test runs every one.
 *
 * @module
 */
import { type Lesson } from "./lesson.ts";
import { smallSettings } from "./shapes.ts";

/** The lessons, in their order. */
export const LESSONS: readonly Lesson[] = [
  {
    id: "equilibrium",
    title: "Equilibrium",
    settings: smallSettings("twoGaussians"),
    question: "G will learn to make the two clouds. When it has, what will D’s loss read, in nats?",
    choices: ["near 0: D has won", "near $\\log 2 = 0.69$", "it grows without end"],
    right: 1,
    steps: [
      {
        action: { label: "Train 1,500 steps", steps: 1500 },
        text:
          "Orange diamonds lie among the blue dots, and the field has grown pale where they lie: $D$ cannot tell them apart there.",
      },
    ],
    answer: "Where $p_g = p_\\text{data}$ the best answer is $D^* = 1/2$ everywhere.",
    link: {
      notebook: "03_global_optimum.ipynb",
      anchor: "cell-40",
      text: "03 · What your losses should read",
    },
  },
];
