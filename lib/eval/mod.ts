/**
 * Metrics of generated images and points. The documentation of each says how it misleads.
 *
 * @module
 */
export { type Against, type EvaluationImages, imagesAgainst } from "./against.ts";
export {
  CLASSES,
  type Classifier,
  classify,
  digitsOf,
  disposeClassifier,
  FEATURES,
  judge,
  type Judgement,
  loadClassifier,
} from "./classifier.ts";
export { classifierScore, meanConfidence } from "./classifier_score.ts";
export { type ConditionalAccuracy, conditionalAccuracy } from "./conditional.ts";
export {
  type ModeCoverage,
  modeCoverage,
  nearestOnSpiral,
  SPIRAL_LENGTH,
  type SpiralCoverage,
  spiralCoverage,
  type SpiralOptions,
} from "./coverage.ts";
export { type DigitShares, digitShares } from "./digit_shares.ts";
export { type Diversity, diversity, structuralSimilarity } from "./diversity.ts";
export { type FeatureGaussian, frechetDistance, gaussianOf } from "./frechet.ts";
export {
  cellMiddles,
  type Field,
  type Landscape,
  landscape,
  type LandscapeOptions,
} from "./landscape.ts";
export { type Memorisation, memorisation, type MemorisationDetails } from "./memorisation.ts";
export { nearestNeighbours, type Neighbours } from "./neighbours.ts";
export {
  PARZEN_SIGMAS,
  type ParzenEstimate,
  parzenEstimate,
  parzenLogDensities,
  parzenOfImages,
  type ParzenOptions,
} from "./parzen.ts";
export { type PrecisionRecall, precisionRecall } from "./precision_recall.ts";
export { type Progress, type Rows, rowsBetween } from "./rows.ts";
export {
  type DigitRow,
  type Figures,
  type Judged,
  type Metric,
  type MetricDescriptor,
  type MetricInput,
  type MetricNeeds,
  type MetricRow,
  METRICS,
} from "./metrics.ts";
export { evaluate, type Evaluation, type EvaluationOptions } from "./suite.ts";
export { type Ends, loadReference, type Reference } from "./reference.ts";
