/**
 * Scores of p(y|x), what a classifier says about each sample.
 *
 * Notation: p(y|x) probabilities of the classes for a sample; p(y) their mean over all samples.
 * Shapes: probabilities [count, classes].
 * Source: Salimans et al. 2016, arXiv:1606.03498 (with Inception, the "Inception score").
 *
 * @module
 */
import { checkRows, type Rows } from "./rows.ts";

/**
 * The classifier score exp(E KL(p(y|x) ‖ p(y))): **higher is better**.
 *
 * Measures that each sample is clearly some class, and that all classes occur. Range: 1 (all
 * samples alike, or nothing recognised) to the number of classes, 10. Real images: 9.83, uniform
 * noise: 1.16, by our classifier. It misleads: one perfect image for each class scores 10; it never
 * looks at a real image; a blurred class and one that is rare cost the same; a confident answer to
 * nonsense counts as quality.
 *
 * @throws {TypeError | RangeError} If the rows are not probabilities.
 */
export function classifierScore(probabilities: Rows): number {
  const count = checkProbabilities("score", probabilities);
  const { data, columns } = probabilities;
  const marginal = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) marginal[i % columns] += data[i] / count;
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    const p = data[i];
    // 0 log 0 = 0.
    if (p > 0) sum += p * Math.log(p / marginal[i % columns]);
  }
  return Math.exp(sum / count);
}

/**
 * The mean probability of the most probable class: **higher is better**.
 *
 * Range: 1/classes to 1. Real images: 0.995, uniform noise: 0.57, by our classifier. It misleads: a
 * single image, repeated, can have 1; a network is often confident about what is no digit at all.
 *
 * @throws {TypeError | RangeError} If the rows are not probabilities.
 */
export function meanConfidence(probabilities: Rows): number {
  const count = checkProbabilities("take the confidence", probabilities);
  const { data, columns } = probabilities;
  let sum = 0;
  for (let from = 0; from < data.length; from += columns) {
    sum += Math.max(...data.subarray(from, from + columns));
  }
  return sum / count;
}

/** Probabilities are float32: ten of them add up to 1 within this. */
const TOLERANCE = 1e-4;

function checkProbabilities(action: string, rows: Rows): number {
  const count = checkRows(action, rows);
  const { data, columns } = rows;
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    const sum = row.reduce((a, b) => a + b, 0);
    if (Math.abs(sum - 1) > TOLERANCE || row.some((p) => p < 0)) {
      throw new RangeError(
        `Cannot ${action}: each row must be probabilities that add up to 1, got ${sum} in row ${i}`,
      );
    }
  }
  return count;
}
