/**
 * Algorithm 1 of Goodfellow et al. 2014 as plain data: its formula for each loss, in pieces, so that
 * the piece of the current stage can be lit. The pages typeset them when they are built.
 *
 * @module
 */
import { type DiscriminatorLoss, type GeneratorLoss } from "@/gan/losses.ts";
import { type StageName } from "@/playground/playground_messages.ts";

/** A piece of a formula: the stage that it belongs to, and its TeX. */
export type Piece = readonly [stage: StageName, tex: string];

/** A formula by the loss that it is of. */
export interface LossFormula {
  player: "D" | "G";
  loss: DiscriminatorLoss | GeneratorLoss;
  pieces: readonly Piece[];
}

const X: Piece = ["sample", "x^{(i)}"];
const GZ: readonly Piece[] = [["generate", "G("], ["sample", "z^{(i)}"], ["generate", ")"]];

const AVERAGE = "\\frac1m\\sum_{i=1}^m\\Bigl[";

/** θ moves against the slope of a mean over the batch. */
function formula(
  player: "D" | "G",
  loss: LossFormula["loss"],
  inner: readonly Piece[],
): LossFormula {
  const theta = player === "D" ? "\\theta_d" : "\\theta_g";
  return {
    player,
    loss,
    pieces: [
      ["update", `${theta}\\leftarrow${theta}-\\eta\\,`],
      ["gradients", `\\nabla_{${theta}}`],
      ["loss", AVERAGE],
      ...inner,
      ["loss", "\\Bigr]"],
    ],
  };
}

/** What a judge says of G(z), between two texts. */
const judged = (before: string, after: string): Piece[] => [
  ["judge", before],
  ...GZ,
  ["judge", after],
];
const ofReal = (before: string, after: string): Piece[] => [
  ["judge", before],
  X,
  ["judge", after],
];

/** Every loss of both players. */
export const FORMULAS: readonly LossFormula[] = [
  formula(
    "D",
    "original",
    [...ofReal("-\\tfrac12\\log D(", ")"), ...judged("-\\tfrac12\\log\\bigl(1-D(", ")\\bigr)")],
  ),
  formula("D", "leastSquares", [
    ...ofReal("\\tfrac12\\bigl(a(", ")-1\\bigr)^2"),
    ...judged("+\\tfrac12\\,a(", ")^2"),
  ]),
  formula("D", "hinge", [
    ...ofReal("\\max\\bigl(0,1-a(", ")\\bigr)"),
    ...judged("+\\max\\bigl(0,1+a(", ")\\bigr)"),
  ]),
  formula("D", "wasserstein", [...judged("a(", ")"), ...ofReal("-a(", ")")]),
  formula("G", "nonSaturating", judged("-\\log D(", ")")),
  formula("G", "saturating", judged("\\log\\bigl(1-D(", ")\\bigr)")),
  formula("G", "leastSquares", judged("\\tfrac12\\bigl(a(", ")-1\\bigr)^2")),
  formula("G", "score", judged("-a(", ")")),
];

/** The stages in their order, and what each is called. */
export const STEP_STAGES: Readonly<Record<StageName, string>> = {
  sample: "Sample",
  generate: "G(z)",
  judge: "D judges",
  loss: "Loss",
  gradients: "Gradients",
  update: "Update",
};
