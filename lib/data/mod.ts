/**
 * What a GAN is trained on: MNIST, images in its format, and toy data in the plane and on the line.
 *
 * @module
 */
export {
  IMAGE_SIDE,
  type ImageData,
  imagesBetween,
  type LabelledImages,
  loadImages,
  PIXELS,
  pixels,
} from "./mnist.ts";
export { distributionOf, nameOfPoints, pointsData, type PointsName } from "./points.ts";
export {
  GRID,
  LINE,
  lineData,
  type Modes,
  modesData,
  RING,
  spiralDensity,
  spiralPoint,
  spiralPoints,
  type Toy,
  TOY_NAMES,
  toyData,
  type ToyName,
} from "./toy.ts";
export {
  type ByteRows,
  type Data,
  type FixedRows,
  type FreshRows,
  imageRows,
  type TrainingData,
} from "./training_data.ts";
export { type Batch, type Batches, type BatchOrderState } from "./batches.ts";
