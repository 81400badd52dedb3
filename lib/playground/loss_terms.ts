/**
 * The losses term by term, as a reader follows them: the formula of each term, its value in one row
 * and its mean. The losses themselves, with which training goes on, are those of `gan/losses.ts`.
 *
 * Notation: a is D's logit, or its score.
 *
 * @module
 */
import { type DiscriminatorLoss, type GeneratorLoss } from "@/gan/losses.ts";
import { softplus } from "@/math/stable.ts";
import { type LossTerm } from "./playground_messages.ts";

/** A term in one row. */
interface Term {
  formula: string;
  factor: number;
  of(a: number): number;
}

/** A loss that is not among them has no terms to show, and is shown as a whole. */
const D_TERMS: Partial<Record<DiscriminatorLoss, { real: Term; fake: Term }>> = {
  original: {
    real: { formula: "softplus(−a) = −log D", factor: 0.5, of: (a) => softplus(-a) },
    fake: { formula: "softplus(a) = −log(1 − D)", factor: 0.5, of: softplus },
  },
  leastSquares: {
    real: { formula: "(a − 1)²", factor: 0.5, of: (a) => (a - 1) ** 2 },
    fake: { formula: "a²", factor: 0.5, of: (a) => a * a },
  },
  hinge: {
    real: { formula: "max(0, 1 − a)", factor: 1, of: (a) => Math.max(0, 1 - a) },
    fake: { formula: "max(0, 1 + a)", factor: 1, of: (a) => Math.max(0, 1 + a) },
  },
  wasserstein: {
    real: { formula: "a", factor: -1, of: (a) => a },
    fake: { formula: "a", factor: 1, of: (a) => a },
  },
};

const G_TERMS: Partial<Record<GeneratorLoss, Term>> = {
  nonSaturating: { formula: "softplus(−a) = −log D", factor: 1, of: (a) => softplus(-a) },
  saturating: { formula: "softplus(a) = −log(1 − D)", factor: -1, of: softplus },
  leastSquares: { formula: "(a − 1)²", factor: 0.5, of: (a) => (a - 1) ** 2 },
  score: { formula: "a", factor: -1, of: (a) => a },
};

/** The terms of D's loss, without a penalty, at the logits of a minibatch. */
export function termsOfD(
  kind: DiscriminatorLoss,
  real: ArrayLike<number>,
  fake: ArrayLike<number>,
  shown: number,
): LossTerm[] {
  const terms = D_TERMS[kind];
  if (!terms) return [];
  const { real: r, fake: f } = terms;
  return [termAt(r, real, { over: "real", shown }), termAt(f, fake, { over: "fake", shown })];
}

/** The one term of G's loss at the logits of generated rows. */
export function termsOfG(kind: GeneratorLoss, fake: ArrayLike<number>, shown: number): LossTerm[] {
  const term = G_TERMS[kind];
  return term ? [termAt(term, fake, { over: "fake", shown })] : [];
}

function termAt(
  { formula, factor, of }: Term,
  logits: ArrayLike<number>,
  { over, shown }: { over: LossTerm["over"]; shown: number },
): LossTerm {
  const each = Array.from(logits, of);
  const mean = each.reduce((sum, value) => sum + value, 0) / each.length;
  return { formula, over, factor, perRow: each.slice(0, shown), mean };
}
