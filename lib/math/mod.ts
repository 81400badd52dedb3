/**
 * Densities, divergences, V(D, G), D* and C(G) on plain numbers.
 *
 * ```ts
 * import { cost, gaussian, optimalDiscriminator } from "@gan-workbook/lib/math";
 *
 * const data = gaussian({ mean: 0, sigma: 1 });
 * const generated = gaussian({ mean: 1, sigma: 1 });
 * const best = optimalDiscriminator(data, generated);
 * console.log(best(0.5)); // 0.5: half-way between them
 * console.log(cost(data, data)); // -log 4: nothing is better
 * ```
 *
 * @module
 */
export {
  type Density,
  gaussian,
  type GaussianParameters,
  type Interval,
  laplace,
  mixture,
  quantile,
  uniform,
} from "./density.ts";
export {
  type Distribution,
  type Integrand,
  type Probabilities,
  total,
  weigh,
} from "./distribution.ts";
export { gaussianKl, jsDivergence, klDivergence, totalVariation } from "./divergences.ts";
export { crossing, lerp, slerp } from "./interpolation.ts";
export { deviationOf, meanOf } from "./moments.ts";
export { polyline } from "./polyline.ts";
export { type Estimate, integrate, type QuadratureOptions } from "./quadrature.ts";
export { linspace, logAddExp, logit, logSigmoid, sigmoid, softplus } from "./stable.ts";
export { cost, type LogitFunction, optimalDiscriminator, optimalLogit, value } from "./value.ts";
export { pushforwardCdf } from "./pushforward.ts";
export { penalisedLogit } from "./penalised.ts";
