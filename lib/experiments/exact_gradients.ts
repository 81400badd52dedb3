/**
 * What G's two losses descend on while D is the best answer, D*, where p_g is known.
 *
 * Notation: p is p_data and q is p_g; D* = p / (p + q). All in nats.
 * Source: M. Arjovsky and L. Bottou 2017, arXiv:1701.04862, for the second loss.
 *
 * @module
 */
import { type Density } from "@/math/density.ts";
import { total } from "@/math/distribution.ts";
import { jsDivergence, klDivergence } from "@/math/divergences.ts";
import { sigmoid } from "@/math/stable.ts";
import { optimalLogit } from "@/math/value.ts";

/**
 * The divergences whose slopes in G's parameters are those of a loss with D held at D*, up to a
 * constant: 2 JSD for log(1 - D), and KL(q ‖ p) - 2 JSD for -log D.
 */
export const DESCENDED_ON: Readonly<
  Record<"saturating" | "non-saturating", (p: Density, q: Density) => number>
> = {
  saturating: (p, q) => 2 * jsDivergence(p, q),
  "non-saturating": (p, q) => klDivergence(q, p) - 2 * jsDivergence(p, q),
};

/** The means over p_g of D* and of 1 - D*: how far D* accepts and rejects what G makes. */
export function trustIn(p: Density, q: Density): { accepted: number; rejected: number } {
  const a = optimalLogit(p, q);
  const mean = (f: (a: number) => number) => total(q, q, (log, _, x) => Math.exp(log) * f(a(x)));
  return { accepted: mean(sigmoid), rejected: mean((logit) => sigmoid(-logit)) };
}
