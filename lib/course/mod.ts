/**
 * What the checks of an assignment use: comparisons with hints, random inputs, and games for GANs
 * that students write.
 *
 * @module
 */
export { CheckError, freshRandom, holds, near, type Numeric, same, sameShape } from "./check.ts";
export { passed } from "./passed.ts";
export {
  copyOf,
  drawGame,
  drawUnits,
  type Game,
  type GanWeights,
  learns,
  lossOfD,
  lossOfG,
  moveApart,
  randomTensor,
  stepOfD,
  stepOfG,
  type Weights,
} from "./gan_game.ts";
export {
  followsAlgorithm1,
  type LoopFunctions,
  type LoopOptions,
  type LoopTask,
  type Minibatches,
} from "./gan_loop.ts";
