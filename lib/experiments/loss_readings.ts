/**
 * What the losses of a GAN read, in each of the ways in which they are reported.
 *
 * Notation: a is the logit of D; V as in `math/value.ts`. Everything is in nats.
 *
 * @module
 */
import { type Distribution, total, weigh } from "@/math/distribution.ts";
import { softplus } from "@/math/stable.ts";
import { type LogitFunction, value } from "@/math/value.ts";

/** A GAN's losses, by what they are called. */
export type LossReadings = Record<
  | "V(D, G), D maximises"
  | "D: sum of two cross-entropies"
  | "D: mean of the two"
  | "G: non-saturating, -log D(G(z))"
  | "G: saturating, log(1 - D(G(z)))",
  number
>;

/**
 * The losses of a pair, each by an integral of its own. Infinite where D is certain and wrong.
 *
 * @throws {TypeError | RangeError | AccuracyError} As `value` does.
 */
export function readLosses(
  real: Distribution,
  generated: Distribution,
  discriminator: LogitFunction,
): LossReadings {
  const over = (which: "real" | "generated", f: (a: number) => number) =>
    total(
      real,
      generated,
      (p, q, x) => weigh(Math.exp(which === "real" ? p : q), f(discriminator(x))),
    );
  const bceReal = over("real", (a) => softplus(-a));
  const bceGenerated = over("generated", softplus);
  return {
    "V(D, G), D maximises": value(discriminator, real, generated),
    "D: sum of two cross-entropies": bceReal + bceGenerated,
    "D: mean of the two": (bceReal + bceGenerated) / 2,
    "G: non-saturating, -log D(G(z))": over("generated", (a) => softplus(-a)),
    "G: saturating, log(1 - D(G(z)))": over("generated", (a) => -softplus(a)),
  };
}
