/**
 * The lessons of the playground. What each says is what its settings do: a test runs every one.
 *
 * @module
 */
import { type PlaygroundSettings } from "@/playground/settings.ts";
import { type Lesson } from "./lesson.ts";
import { adam, plainDescent, plainNetwork, smallSettings } from "./shapes.ts";

type Options = PlaygroundSettings["options"];

/** Small networks on a shape, with other options. */
function small(shape: string, options: Partial<Options> = {}): PlaygroundSettings {
  const settings = smallSettings(shape);
  return { ...settings, options: { ...settings.options, ...options } };
}

const equilibrium: Lesson = {
  id: "equilibrium",
  title: "Equilibrium",
  settings: small("eightGaussians"),
  question:
    "Eight clouds of real points lie on a circle, and G will learn to make them. When it has, what will D’s loss read?",
  choices: [
    "near 0: D has learned, too, and is never wrong",
    "near $\\log 2 = 0.69$: D cannot do better than a coin",
    "it goes on growing",
  ],
  right: 1,
  steps: [
    {
      action: { label: "Train D alone, 100 updates", updatesOfD: 100 },
      text:
        "G has not learned anything yet: its points, the diamonds, lie in one heap. D tells them from the real ones with ease. The field is blue at the real points and orange at the heap, and [the loss of D](#chart-dLoss) has fallen far below 0.69.",
    },
    {
      action: { label: "Train both, 3,000 steps", steps: 3000 },
      text:
        "The diamonds lie in all eight clouds. There the field is pale: D says about ½ to both kinds. Elsewhere, as in the middle of the circle, it may have any colour: where no points are, nothing trains D. [The loss of D](#chart-dLoss) and [that of G](#chart-gLoss) have come near their green lines, at $\\log 2$. [The divergence](#chart-jsd), which does not ask D, has fallen but not to 0: some of the diamonds lie between the clouds.",
    },
  ],
  answer:
    "Where $p_g = p_\\text{data}$, the best answer to every point, $D^*$, is $\\frac12$, and each of the two losses reads $\\log 2$. A loss near 0.69 is therefore what you hope for. The last lesson shows why it is no proof.",
  link: {
    notebook: "03_global_optimum.ipynb",
    anchor: "cell-40",
    text: "03 · What your losses should read",
  },
};

const vanishing: Lesson = {
  id: "vanishing-gradient",
  title: "A vanishing gradient",
  settings: small("onLine", {
    generatorLoss: "saturating",
    generatorOptimiser: plainDescent(0.02),
  }),
  question:
    "The data are around 3, and G begins near 0. We train D until it is sure of itself, and only then let G learn, once with the saturating loss $\\log(1 - D(G(z)))$ and once with $-\\log D(G(z))$. With which of them does G get away from 0 in 50 steps of plain gradient descent?",
  choices: [
    "with both: a good D is a good teacher",
    "with the saturating loss alone",
    "with $-\\log D$ alone",
  ],
  right: 2,
  steps: [
    {
      action: {
        label: "Train D alone, 200 updates",
        layers: ["pData", "pG", "discriminator"],
        updatesOfD: 200,
      },
      text:
        "The dashed curve of D falls from 1 over the data, the blue dotted curve, to 0 over G, the thin orange peak. D is almost never wrong: [its loss](#chart-dLoss) is near 0. This G has the saturating loss.",
    },
    {
      action: {
        label: "Fork: B has −log D. Show where the losses pull",
        layers: ["pData", "pG", "discriminator", "pulls"],
        fork: { generatorLoss: "nonSaturating" },
      },
      text:
        "Both have the same D and the same G; only the loss of G differs. B’s arrows are long and point to the data. A’s are drawn on the same scale, and are too short to be seen. [The gradient of G](#chart-gGradient) says it in numbers: B’s is hundreds of times A’s.",
    },
    {
      action: {
        label: "Both take 50 steps",
        layers: ["pData", "pG", "discriminator"],
        steps: 50,
      },
      text: "A’s peak is where it was, at 0. B’s has left it and lies over the data.",
    },
  ],
  answer:
    "D is computed from a number $a$, its logit: $D = 1 / (1 + e^{-a})$. The slopes of the two losses in $a$ are $-D$ and $-(1 - D)$. Where D rejects G’s points with confidence, $D$ is near 0, so the first slope has vanished and the second is near its largest. With Adam the difference is smaller, since Adam divides each gradient by its usual size.",
  link: { notebook: "05_gradients.ipynb", anchor: "cell-01", text: "05 · What pulls on G" },
};

const collapse: Lesson = {
  id: "collapse",
  title: "Collapse and chase",
  settings: small("eightGaussians", {
    generatorOptimiser: adam(1e-2),
    discriminatorOptimiser: adam(1e-3),
  }),
  question:
    "The same eight clouds, but G learns ten times as fast as D. Which of the clouds will G make after 600 steps?",
  choices: [
    "all eight: it learns faster",
    "two or fewer, and not always the same",
    "none, and it stands still",
  ],
  right: 1,
  steps: [
    {
      action: {
        label: "Train 400 steps",
        steps: 400,
      },
      text:
        "Most of the diamonds lie in a heap at the upper left. [Coverage](#chart-coverage) is an eighth: of eight clouds G meets one.",
    },
    {
      action: { label: "Train 100 more", steps: 100 },
      text:
        "The heap has moved to the right. Where it was, there is hardly a diamond left. [Coverage](#chart-coverage) is an eighth again, of another cloud.",
    },
    {
      action: { label: "And 100 more", steps: 100 },
      text:
        "Now the heap is at the bottom. Yet [the loss of D](#chart-dLoss) and [that of G](#chart-gLoss) are near 0.69, and the field is pale, as if all were well.",
    },
  ],
  answer:
    "G only has to please the D of this moment, and for that one place is enough. When D has caught up, G leaves it. This is mode collapse, with D in chase; the losses do not show it, coverage does.",
  link: {
    notebook: "07_mode_collapse.ipynb",
    anchor: "cell-25",
    text: "07 · Why: what D has never seen",
  },
};

const rates: Lesson = {
  id: "rate-ratio",
  title: "The ratio of the rates",
  settings: small("onLine", {
    generatorOptimiser: adam(5e-4),
    discriminatorOptimiser: adam(5e-3),
  }),
  question:
    "On the line: in A, G learns a tenth as fast as D. In B it learns four times as fast as D. What will B’s $p_g$ do?",
  choices: [
    "arrive at the data sooner, and stay",
    "become narrow and jump about",
    "the same as A’s, since only D’s rate counts",
  ],
  right: 1,
  steps: [
    {
      action: {
        label: "Fork, and train both 700 steps",
        layers: ["pData", "pG", "discriminator"],
        fork: { generatorOptimiser: adam(2e-2) },
        steps: 700,
      },
      text:
        "A’s orange curve lies over the middle of the dotted blue one; it has a spike at its left, and not yet the right shape. B’s is a narrow peak, at the right edge of the data.",
    },
    {
      action: { label: "200 steps more", steps: 200 },
      text:
        "B’s peak has moved to the left of the middle, and is still narrow. A’s curve is where it was.",
    },
    {
      action: { label: "100 steps more", steps: 100 },
      text:
        "B’s peak is at the left edge now. [The divergence](#chart-jsd) of B is many times A’s.",
    },
  ],
  answer:
    "G’s gradient is right only near the points where D has been trained. A G that moves far in a step leaves that place before D has learned its new one. So D gets the higher rate, or more updates.",
  link: { notebook: "05_gradients.ipynb", anchor: "cell-31", text: "05 · Who moves when" },
};

const steps: Lesson = {
  id: "k",
  title: "k, the updates of D",
  settings: small("onLine", { discriminatorOptimiser: adam(1e-3) }),
  question:
    "Algorithm 1 lets D take $k$ updates for each of G. In A $k = 1$ and in B $k = 20$. What is different after 300 steps of G?",
  choices: [
    "B’s D is much nearer to $D^*$",
    "B’s G has had 20 times as many updates",
    "B’s G gets no gradient, since D is too good",
  ],
  right: 0,
  steps: [
    {
      action: {
        label: "Fork with k = 20, and train both 300 steps",
        layers: ["pData", "pG", "discriminator", "best", "difference"],
        fork: { discriminatorSteps: 20 },
        steps: 300,
      },
      text:
        "The coloured bands lie between the dashed curve of D and the green one of $D^*$, the best answer to this G. In B they are thin, but for the right end, where there are hardly any points: its D is close to the best. In A they are wide: its D is nearly flat, at about ½, and does not see that G’s peak is narrower than the data; $D^*$ does. B’s G, which has had the better teacher, reaches about as far as the data. Both G have had 300 updates; A’s D as many, and B’s 6,000.",
    },
  ],
  answer:
    "The proof that the game arrives (Proposition 2 of the paper) takes a D that is the best at every moment. With more updates of D the game is nearer to that, at the price of time: here a step of B costs about 20 times what D’s part costs in A.",
  link: {
    notebook: "04_convergence.ipynb",
    anchor: "steep-conclusion",
    text: "04 · Few steps of D",
  },
};

const penalty: Lesson = {
  id: "r1",
  title: "R1",
  settings: small("onLine", {
    generator: plainNetwork(1, 32, 0, 1),
    discriminator: plainNetwork(1, 32, 0, 1),
    generatorOptimiser: plainDescent(0.2),
    discriminatorOptimiser: plainDescent(0.2),
    updates: "simultaneous",
  }),
  question:
    "Both players are as simple as can be, without hidden layers, and move at the same time by plain gradient descent. G begins near 0 and the data are at 3. In B, D’s loss has a penalty, R1, so that it costs D to be steep where the real points are. What happens?",
  choices: [
    "both go to 3 and stop there",
    "A runs past 3 and swings back; B stops at 3",
    "A stops at 3; B is too timid ever to arrive",
  ],
  right: 1,
  steps: [
    {
      action: {
        label: "Fork with γ = 2, and train both 100 steps",
        layers: ["pData", "pG", "discriminator", "pulls"],
        fork: { gradientPenalty: 2 },
        steps: 100,
      },
      text:
        "A’s orange curve has run past the data, to about 4: when it came to 3, D was still steep there and the arrows pushed it on. B’s is on its way, at about 2.4.",
    },
    {
      action: { label: "150 steps more", steps: 150 },
      text: "A has come back and gone too far to the left. B is at 3, and its D lies flat at ½.",
    },
    {
      action: { label: "150 steps more", steps: 150 },
      text: "A is on the right again. B has not moved since.",
    },
  ],
  answer:
    "At equilibrium D is ½ everywhere and gives G no reason to move. A D that is steep when G arrives pushes it past. The penalty flattens D in time, and leaves the equilibrium where it is. The mean is all that these players can learn: B’s width is not the data’s.",
  link: {
    notebook: "04_convergence.ipynb",
    anchor: "plane-conclusion",
    text: "04 · Two players on f(x, y) = xy",
  },
};

const smallBatch: Lesson = {
  id: "batch-of-2",
  title: "A batch of 2",
  settings: small("onLine"),
  question:
    "A learns from 128 points at a time. B goes on from the same weights with 2 at a time. What will B do in the next 300 steps?",
  choices: [
    "forget what it has learned",
    "sway about the data: sometimes too far left, sometimes too far right",
    "just what A does, since the mean gradient is the same",
  ],
  right: 1,
  steps: [
    {
      action: {
        label: "Train 500 steps with 128",
        layers: ["pData", "pG", "discriminator"],
        steps: 500,
      },
      text: "The orange curve lies over the middle of the data, if too narrow.",
    },
    {
      action: {
        label: "Fork with a batch of 2, and train both 100 steps",
        fork: { batchSize: 2 },
        chartsFromHere: true,
        steps: 100,
      },
      text:
        "Look at [the loss of D](#chart-dLoss), which is drawn from the fork on: A’s line is nearly flat, B’s is ragged. Two points are a poor estimate of a mean.",
    },
    {
      action: { label: "150 steps more", steps: 150 },
      text: "B’s orange curve lies too far to the left. A’s is over the middle, as before.",
    },
    {
      action: { label: "50 steps more", steps: 50 },
      text:
        "Now B’s lies too far to the right, and A’s still over the middle. B sways, but it has not run away.",
    },
  ],
  answer:
    "The gradient of a batch has the right mean and an error that falls with the root of its size: with 2 points it is 8 times as large as with 128. Both players follow those errors.",
  link: {
    notebook: "01_bce_to_minimax.ipynb",
    anchor: "cell-15",
    text: "01 · How good is the estimate from a batch?",
  },
};

const weak: Lesson = {
  id: "weak-d",
  title: "A D that is too weak",
  settings: small("eightGaussians", { discriminator: plainNetwork(2, 32, 0, 1) }),
  question:
    "D has no hidden layer: it can only draw a straight line through the plane. What will its loss read after 1,500 steps, and what will G make?",
  choices: [
    "0.69, and G makes all eight clouds",
    "0.69, and G makes something else",
    "near 0, and G makes something else",
  ],
  right: 1,
  steps: [
    {
      action: { label: "Train 1,500 steps", steps: 1500 },
      text:
        "[The loss of D](#chart-dLoss) and [that of G](#chart-gLoss) are at their lines, and the field is pale everywhere. Yet the diamonds lie in a heap, and [coverage](#chart-coverage) is an eighth: G meets one of the eight clouds.",
    },
    {
      action: {
        label: "Show D*, the best answer to this G",
        layers: ["best", "data", "generated"],
      },
      text:
        "The best D would tell them apart at once: $D^*$ is blue at the clouds and orange at the heap. (Where there are neither, it is not known.) This D, with its straight line, cannot be it.",
    },
  ],
  answer:
    "A loss of $\\log 2$ says that this D cannot tell. It says that nobody can only if D is good enough to be $D^*$. So look at [$C(G)$](#chart-cost) or [coverage](#chart-coverage), which do not depend on D, before you believe a loss.",
  link: {
    notebook: "02_optimal_discriminator.ipynb",
    anchor: "cell-38",
    text: "02 · What D = ½ means",
  },
};

/** The lessons, in their order. */
export const LESSONS: readonly Lesson[] = [
  equilibrium,
  vanishing,
  collapse,
  rates,
  steps,
  penalty,
  smallBatch,
  weak,
];
