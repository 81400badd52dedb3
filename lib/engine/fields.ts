/**
 * The words of an operation in the memory of the engine. Read by the kernels (AssemblyScript) and by
 * the planner (TypeScript): the one description of what they say to each other.
 *
 * An operation has `OP_BYTES` bytes, in words of four: integers, addresses in bytes, or float32.
 * It is cut into chunks that any thread may take; the numbers do not depend on who does.
 */

export const OP_BYTES = 192;
/** What the sums over the batch of one row take up. */
export const SUM_BYTES = 32;

/** What is to be done. */
export const enum Code {
  /** A layer forwards: product, bias, batch norm, activation, dropout of the next layer. */
  Forward = 1,
  /** From the gradient at the affine map of a layer to the one at the affine map below. */
  Backward,
  /** The second half of `Backward` alone, on numbers that are there. */
  Below,
  /** Panels of a batch to panels of features. */
  Features,
  /** A weight's gradient. */
  Gradient,
  /** Rows of a batch to panels. */
  Load,
  /** Panels times a mask, and end to end where D takes packs. */
  Pack,
  /** The way back of `Pack`. */
  Unpack,
  /** D's loss, its slopes and what is reported of it. */
  HeadD,
  /** G's loss, likewise. */
  HeadG,
  /** The value of the gradient penalty from its rows. */
  Penalty,
  Adam,
  Momentum,
  /** target += share (source - target). */
  Blend,
  /** On a GPU only: a matrix row by row to the order of weights, and the way back. */
  Tile,
  Untile,
}

export const enum Activation {
  Linear,
  Relu,
  LeakyRelu,
  Maxout,
  Sigmoid,
  Tanh,
}

/** Words of an operation. Where two lines have a number in common they belong to different codes. */
export const enum Word {
  Code = 0,
  Chunks = 1,
  /** Panels, features or tiles of a chunk. */
  ChunkSize = 2,
  /** Features of the result. */
  Rows = 3,
  /** Panels of the batch. */
  Panels = 4,
  /** Panels of one group of rows (real, generated), and valid columns of the last one of a group. */
  GroupPanels = 5,
  LastColumns = 6,

  /** Source: panels and the bytes from one to the next. */
  In = 7,
  InStride = 8,
  /** What the product gives, before anything else. */
  Raw = 9,
  RawStride = 10,
  /** Result. */
  Out = 11,
  OutStride = 12,

  Weights = 13,
  /** Bytes from a panel of the weights to the next. */
  WeightStep = 14,
  Turns = 15,

  Activation = 16,
  Slope = 17,
  Pieces = 18,
  /** 0 or 1/keep, in panels with the stride of the result of `Forward` or of `Raw` of `Backward`. */
  Mask = 19,
  Bias = 20,

  /** 1 where there is batch norm. */
  Norm = 21,
  Scale = 22,
  Shift = 23,
  /** Normalised numbers, in panels, and the factors 1/√(variance + ε). */
  Normalised = 24,
  NormalisedStride = 25,
  InverseDeviation = 26,
  RunningMean = 27,
  RunningVariance = 28,
  Epsilon = 29,
  Share = 30,
  /** Rows of the batch, as a float32. */
  Count = 31,

  /** What the activation below gave out, for its slope, and its stride. */
  Below = 32,
  BelowStride = 33,
  /** For maxout: 1 at the winning piece, 0 elsewhere. */
  Winners = 34,
  WinnersStride = 35,
  /** A factor for each column, and the same for the gradient of a bias alone. */
  Seeds = 36,
  BiasSeeds = 37,
  ScaleGradient = 38,
  ShiftGradient = 39,
  BiasGradient = 40,
  /** Sums of squares of each row of the result, for the penalty. */
  Squares = 41,
  /** 1: `Forward` multiplies by the slopes in place of applying the activation: the adjoint of `Backward`. */
  Adjoint = 42,
  /** A number that everything is multiplied by (adjoint input of the penalty). */
  Factor = 43,
  /** Added to the first panels of the source of `Features`. */
  Added = 44,
  AddedStride = 45,
  AddedPanels = 46,
  /** Room for sums over the batch: `SUM_BYTES` for each affine row. On a GPU there is no use for it. */
  Sums = 47,
}

/** Words of the operations of other shapes. */
export const enum OptimiserWord {
  Weights = 7,
  Gradients = 8,
  /** Mean of Adam, velocity of momentum. */
  First = 9,
  /** Mean square. */
  Second = 10,
  /** 0: none. */
  Average = 11,
  Numbers = 12,
  Beta1 = 13,
  Beta2 = 14,
  Epsilon = 15,
  Rate = 16,
  Correction = 17,
  AverageShare = 18,
}

export const enum HeadWord {
  Logits = 7,
  /** Slopes of D's loss in the logits, and of G's. */
  Seeds = 8,
  BiasGradient = 9,
  Report = 10,
  /** Rows of one group. */
  Count = 11,
  Groups = 12,
  Saturating = 13,
  /** First panel of the generated rows, bytes of a panel of logits. */
  FirstPanel = 14,
  Stride = 15,
}

export const enum ReportWord {
  DLoss,
  DReal,
  DFake,
  DAccuracy,
  GLoss,
  GAccuracy,
  Penalty,
  Words,
}

export const enum MoveWord {
  /** Bytes from a row of the source of `Load` to the next; rows of the batch. */
  RowBytes = 13,
  Count = 14,
  /** Samples of a pack, numbers of a sample. */
  Packing = 15,
  Width = 16,
}
