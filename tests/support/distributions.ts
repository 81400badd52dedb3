/** Random distributions for claims that must hold for all of them. */
import { type Density, gaussian, laplace, mixture, uniform } from "@/math/density.ts";
import { type Random } from "@/random.ts";

/** A number in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** `count` positive weights with a sum of 1. */
export function randomWeights(random: Random, count: number): number[] {
  const weights = Array.from({ length: count }, () => 0.05 + random.uniform());
  const sum = weights.reduce((total, weight) => total + weight);
  return weights.map((weight) => weight / sum);
}

/** A point of the simplex; a third of the outcomes have probability 0. */
export function randomProbabilities(random: Random, count: number): number[] {
  const kept = Array.from({ length: count }, (_, i) => i === 0 || random.uniform() < 2 / 3);
  const weights = randomWeights(random, kept.filter(Boolean).length);
  return kept.map((keep) => keep ? weights.pop()! : 0);
}

/**
 * One to three Gaussians, Laplace or uniform densities: widths from .001 to 100, centres within ±10
 * and now and then a million away.
 */
export function randomMixture(random: Random): Density {
  const components = Array.from({ length: 1 + random.integer(3) }, () => {
    const far = random.uniform() < 0.1 ? 1e6 : 0;
    const mean = far + between(random, -10, 10);
    const width = 10 ** between(random, -3, 2);
    const kind = random.integer(4);
    if (kind === 0) return uniform({ low: mean, high: mean + width });
    return kind === 1 ? laplace({ mean, scale: width }) : gaussian({ mean, sigma: width });
  });
  return mixture({ components, weights: randomWeights(random, components.length) });
}
