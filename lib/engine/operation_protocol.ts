/**
 * The words of an operation in the memory of the engine. The planner (TypeScript), the kernels
 * (AssemblyScript) and the shaders read them here: the one description of what they say to each
 * other.
 *
 * An operation has `OP_BYTES` bytes, in words of four: integers, addresses in bytes, or float32. It
 * is cut into chunks that any thread may take; the numbers do not depend on which thread does.
 */

export const OP_BYTES = 208;
/** Bytes of one row's sums over the batch. */
export const SUM_BYTES = 32;
/** Bytes of the two counters of an operation: chunks that are taken, and chunks that are done. */
export const COUNTER_BYTES = 128;
/**
 * More chunks than an operation ever has: at a counter with this value no thread takes one, or
 * waits for one.
 */
export const MANY_CHUNKS = 1 << 30;

/** What is to be done. */
export const enum Code {
  /** A layer forwards: product, bias, batch norm, activation, dropout of the next layer. */
  Forward = 1,
  /** From the gradient at the affine map of a layer to the one at the affine map below. */
  Backward,
  /**
   * The second half of `Backward` alone: from a gradient that is there, at a layer's output, to its
   * affine map.
   */
  ToAffine,
  /** Panels of a batch to panels of features: the right operand of `Gradient`. */
  Transpose,
  /** A weight's gradient; always right behind its `Transpose`. */
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
  /** average += share (source - average). */
  Blend,
  /** Puts into the report whether a flag is set, or running statistics are lost. */
  Check,
  /** On a GPU only: a matrix row by row to the order of weights, and the way back. */
  Tile,
  Untile,
}

export const enum ActivationCode {
  Linear,
  Relu,
  LeakyRelu,
  Maxout,
  Sigmoid,
  Tanh,
}

/**
 * The words that every operation begins with, and those of the layers: `Forward`, `Backward`,
 * `ToAffine`, `Transpose`, `Load`, `Pack`, `Unpack`. Other codes have further words in an enum of
 * their own; the same number means something else there.
 */
export const enum Word {
  Code = 0,
  /** On a GPU the parts of a product that is split along its inner side. */
  Chunks = 1,
  /** Panels, features or tiles of a chunk; on a GPU rows of a workgroup. */
  ChunkSize = 2,
  /**
   * Features of the result: each is a row of its panels. The product has `Pieces` rows for each of
   * them.
   */
  Features = 3,
  /** Panels of the batch. */
  Panels = 4,
  /**
   * Panels of one group of rows (real, generated), and valid columns of the last one of a group.
   */
  GroupPanels = 5,
  LastColumns = 6,

  /** Source: panels and the bytes from one to the next. */
  In = 7,
  InStride = 8,
  /** What the product gives, before anything else; in `ToAffine` the gradient that is there. */
  Raw = 9,
  RawStride = 10,
  /** Result. */
  Out = 11,
  OutStride = 12,

  Weights = 13,
  /** Bytes from a panel of the weights to the next. */
  WeightStep = 14,
  /**
   * Turns of the inner loop: the product's inner side in steps of 4 forwards, and of 6 backwards.
   */
  Turns = 15,

  Activation = 16,
  Slope = 17,
  Pieces = 18,
  /**
   * 0 or 1/keep, in panels with the stride of the result of `Forward` or of `Raw` of `Backward`.
   */
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
  /** How far the running statistics move towards those of the batch. */
  StatisticsShare = 30,
  /** Rows of the batch, as a float32. */
  BatchRows = 31,

  /** What the activation gave out when the layer went forwards, for its slope. */
  Activated = 32,
  ActivatedStride = 33,
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
  /**
   * 1: `Forward` multiplies by the slopes in place of applying the activation: the adjoint of
   * `Backward`.
   */
  Adjoint = 42,
  /**
   * A number that the result is multiplied by once `Squares` are summed: then it is the adjoint's
   * input.
   */
  Factor = 43,
  /** Added to the first panels of the source of `Transpose`. */
  Added = 44,
  AddedStride = 45,
  AddedPanels = 46,
  /**
   * Room for sums: over the batch, `SUM_BYTES` for each affine row. On a GPU the machine puts the
   * parts of a product there that is split along its inner side.
   */
  Sums = 47,
}

/**
 * Words that the machine on the processor writes itself (`wasm/arrange.ts`), behind those of the
 * planner. Where they are zero an operation is whole, and waits for all operations before it.
 */
export const enum PlacedWord {
  /** Chunks from this one on have `FineSize` in place of `ChunkSize`; 0: none has. */
  FirstFine = 48,
  FineSize = 49,
  /** How many operations right before it an operation does not wait for. */
  Ahead = 50,
  /** Of `Gradient`: its `Transpose`, which it does tile by tile itself. 0: none. */
  Transpose = 51,
}

/**
 * Words of `Gradient`. `Transpose` has none of these numbers, so that a GPU does both in one
 * operation.
 */
export const enum GradientWord {
  /** Panels of features, the right operand: how many, where, and the bytes from one to the next. */
  InputPanels = 13,
  Features = 14,
  FeaturesStride = 15,
  /** Turns of the inner loop: rows of the batch, padding included, in steps of 4. */
  Turns = 16,
  /** The gradient at the layer's affine map, the left operand, in panels of the batch. */
  U = 17,
  UStride = 18,
  /**
   * The weight's gradient: tiles of outputs, where, and the bytes from a panel of weights to the
   * next.
   */
  OutputTiles = 19,
  Out = 20,
  WeightStep = 21,
  /** Outputs without the padding of the last tile: a GPU leaves that at zero. */
  Outputs = 22,
}

/** Words of `Adam` and `Momentum`. */
export const enum OptimiserWord {
  Weights = 7,
  Gradients = 8,
  /** Mean of Adam, velocity of momentum. */
  First = 9,
  /** Mean square of Adam. */
  Second = 10,
  /** 0: none. */
  Average = 11,
  Numbers = 12,
  /** What is kept of `First` and of `Second`: beta1 and beta2 of Adam, the momentum. */
  FirstDecay = 13,
  SecondDecay = 14,
  Epsilon = 15,
  /** Of Adam divided by 1 - beta1^t. */
  Rate = 16,
  /** 1/√(1 - beta2^t), of Adam. */
  SecondCorrection = 17,
  AverageShare = 18,
  /**
   * Chunk or workgroup i writes flag i here: not 0 where a number that it has stored is NaN or
   * infinite. 0: it writes none.
   */
  Flags = 19,
}

/**
 * Words of `Blend`. Where an optimiser has the same it has the same number: both are set together.
 */
export const enum BlendWord {
  Source = 7,
  Average = 11,
  Numbers = 12,
  Share = 18,
}

/** Words of `Check`. */
export const enum CheckWord {
  /** The flags of the optimisers of both networks, one after another, and how many. */
  Flags = 7,
  Count = 8,
  /** G's running statistics, their average or 0, and how many numbers these are. */
  Running = 9,
  Average = 10,
  Numbers = 11,
  Report = 12,
}

/** Words of `HeadD` and `HeadG`. */
export const enum HeadWord {
  Logits = 7,
  /** Bytes of a panel of logits. */
  LogitsStride = 8,
  /** Slopes of D's loss in the logits, or of G's: the seeds of the pass back. */
  Seeds = 9,
  BiasGradient = 10,
  Report = 11,
  /** Rows of one group. */
  Count = 12,
  Saturating = 13,
  /** First panel of the generated rows. */
  FirstPanel = 14,
}

/** Words of `Penalty`. */
export const enum PenaltyWord {
  /** A sum of squares for each feature, and how many there are. */
  Squares = 7,
  Features = 8,
  Report = 9,
  /** What the sum of all of them is multiplied by, as a float32. */
  Factor = 10,
}

/** Numbers of a report: float64 on the processor, float32 on a GPU. */
export const enum ReportWord {
  DLoss,
  DReal,
  DFake,
  DAccuracy,
  GLoss,
  GAccuracy,
  Penalty,
  /** Not 0: one of D's logits is NaN or infinite, in the update of D or of G. */
  DLogits,
  GLogits,
  /** Not 0: a number of the networks is NaN or infinite. */
  Networks,
  Words,
}

/** Bytes of a flag: a GPU writes whole vectors of four. */
export const FLAG_BYTES = 16;
/** The most flags of an operation: it has no more chunks, and no more workgroups. */
export const MOST_FLAGS = 1024;

/** Further words of `Load`, `Pack` and `Unpack`. */
export const enum MoveWord {
  /** Bytes from a row of the source of `Load` to the next; rows of the batch. */
  RowBytes = 13,
  Count = 14,
  /** Samples of a pack, numbers of a sample. */
  Packing = 15,
  Width = 16,
  /** What the source of `Load` has, on a GPU: a `LoadSource`. */
  Source = 17,
  /** Of `LoadSource.Rows`: rows of `Width` bytes, and the number that each byte stands for. */
  Rows = 20,
  Table = 21,
  /** Of `LoadSource.MaskWords`: `Value` where a word is less than `Threshold`, otherwise 0. */
  Threshold = 22,
  Value = 23,
}

/** What `Load` makes numbers of. */
export const enum LoadSource {
  /** They are there. */
  Numbers,
  /** Random words, two for each two normal numbers. */
  NormalWords,
  /** Indices of rows that the memory has. */
  Rows,
  /** Random words, one for each number of a mask. */
  MaskWords,
}

/** Words of `Tile` and `Untile`. */
export const enum TileWord {
  Source = 7,
  Target = 8,
  Inputs = 9,
  Outputs = 10,
}
