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
    "Eight clouds of real points lie on a circle, and G will learn to make them. When it has, what will D’s loss read, in nats?",
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
        "G has not learned anything yet: its points, the diamonds, lie in one heap. D tells them from the real ones with ease. The field is blue at the real points and orange at the heap, and D’s loss has fallen far below 0.69.",
    },
    {
      action: { label: "Train both, 3,000 steps", steps: 3000 },
      text:
        "The diamonds lie in all eight clouds. Where they do, the field is pale: D says about ½ to both kinds. Among the numbers, the losses of both have come to their green lines, at $\\log 2$.",
    },
  ],
  answer:
    "Where $p_g = p_\\text{data}$, the best answer is $D^* = \\frac12$ everywhere, and each cross-entropy reads $\\log 2$. A loss near 0.69 is therefore what you hope for. The last lesson shows why it is no proof.",
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
        layers: ["pData", "pG", "discriminator", "best", "pulls"],
        updatesOfD: 200,
      },
      text:
        "The dashed curve of D falls from 1 over the data to 0 over G, the thin orange peak. D is almost never wrong. This G has the saturating loss.",
    },
    {
      action: {
        label: "Fork: B has −log D, and both take 50 steps",
        fork: { generatorLoss: "nonSaturating" },
        steps: 50,
      },
      text:
        "A, with the saturating loss, has hardly moved: on the scale of B’s arrows its own are too short to be seen. B’s peak has left 0 and gone to the data.",
    },
  ],
  answer:
    "The slopes of the two losses in the logit are $-D$ and $-(1 - D)$. Where D rejects G’s points with confidence, $D$ is near 0, so the first slope has vanished and the second is near its largest. With Adam the difference is smaller, since Adam divides each gradient by its usual size.",
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
    "The same eight clouds, but G learns ten times as fast as D. Which of the clouds will G make after 800 steps?",
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
        layers: ["discriminator", "data", "generated", "pulls"],
        steps: 400,
      },
      text:
        "The diamonds lie in a heap or two. Remember where. Coverage, among the numbers, is an eighth: of eight clouds it meets one.",
    },
    {
      action: { label: "Train 100 more", steps: 100 },
      text:
        "The heap lies elsewhere. G has gone where D last said “real”; D has learned that the heap is there, and G is driven on. The arrows show where.",
    },
    {
      action: { label: "Train 300 more", steps: 300 },
      text: "It still runs. Look at the losses: both are near 0.69, as if all were well.",
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
        label: "Fork, and train both 600 steps",
        fork: { generatorOptimiser: adam(2e-2) },
        steps: 600,
      },
      text:
        "A’s orange curve lies about where the dotted blue one is. B’s is a narrow peak, which is not where the data are.",
    },
    {
      action: { label: "50 steps more", steps: 50 },
      text: "B’s peak has moved; A is where it was.",
    },
    { action: { label: "And 50 more", steps: 50 }, text: "And again." },
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
    "Algorithm 1 lets D take $k$ updates for each of G. In A $k = 1$ and in B $k = 20$. What is different after 500 steps of G?",
  choices: [
    "B’s D is much nearer to $D^*$",
    "B’s G has had 20 times as many updates",
    "B’s G gets no gradient, since D is too good",
  ],
  right: 0,
  steps: [
    {
      action: {
        label: "Fork with k = 20, and train both 500 steps",
        layers: ["pData", "pG", "discriminator", "best", "difference"],
        fork: { discriminatorSteps: 20 },
        steps: 500,
      },
      text:
        "The coloured bands lie between the curve of D and that of $D^*$. In B they are thin: its D is close to the best answer to this G. In A they are wide: its D answers a G that was there some steps ago. The status line counts the updates.",
    },
  ],
  answer:
    "The proof of Proposition 2 has a D that is best at every moment. With more updates of D the game is nearer to that, at the price of time: here a step of B costs about 20 times what D’s part costs in A.",
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
    "Both players are as simple as can be, without hidden layers, and move at the same time by plain gradient descent. G begins near 0 and the data are at 3. In B, R1 adds $\\frac\\gamma2\\,\\mathrm E\\|\\nabla_x a(x)\\|^2$ to D’s loss, so that it costs D to be steep. What happens?",
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
      action: { label: "Train 500 steps with 128", steps: 500 },
      text: "The orange curve lies over the middle of the data, if too narrow.",
    },
    {
      action: {
        label: "Fork with a batch of 2, and train both 100 steps",
        fork: { batchSize: 2 },
        steps: 100,
      },
      text:
        "Look at the loss of D among the numbers: A’s line is smooth, B’s is ragged. Two points are a poor estimate of a mean.",
    },
    {
      action: { label: "200 steps more", steps: 200 },
      text: "B’s curve has wandered to and fro by more than A’s has. It has not run away.",
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
        "Both losses are at their lines, and the field is pale everywhere. Yet the diamonds lie in a heap, and coverage says how few of the clouds it meets.",
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
    "$\\log 2$ says that this D cannot tell. It says that nobody can only if D is good enough to be $D^*$. So look at $C(G)$ or coverage, which do not depend on D, before you believe a loss.",
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
