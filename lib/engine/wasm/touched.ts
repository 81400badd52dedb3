/**
 * Which memory an operation reads and writes, from its words: what an operation does not share with
 * one before it, it need not wait for.
 *
 * A range may be larger than what is touched, never smaller. `operation_protocol.ts` says what the
 * words mean, and `layout.ts` how long the arrays are.
 *
 * @module
 */
import {
  BlendWord,
  CheckWord,
  Code,
  FLAG_BYTES,
  GradientWord,
  HeadWord,
  MoveWord,
  OptimiserWord,
  PenaltyWord,
  ReportWord,
  SUM_BYTES,
  Word,
} from "../operation_protocol.ts";
import { PANEL, panelsOf, TILE_ROWS } from "../layout.ts";

/** Bytes from one address to before another. */
export type ByteRange = readonly [from: number, to: number];

/** What an operation reads, and what it writes; a range that it changes is in both. */
export interface Touched {
  reads: ByteRange[];
  writes: ByteRange[];
}

/** Bytes of the 16 numbers of a feature in a panel. */
const LINE = 4 * PANEL;
/** Bytes of a report on the processor. */
const REPORT_BYTES = 8 * ReportWord.Words;
const EVERYTHING: ByteRange = [0, 2 ** 32];

/** What an operation with these words touches. */
export function touchedBy(words: Int32Array): Touched {
  const touch = TOUCH[words[Word.Code] as Code];
  const { reads, writes } = touch?.(words) ?? { reads: [EVERYTHING], writes: [EVERYTHING] };
  const some = (ranges: ByteRange[]) => ranges.filter(([from, to]) => from > 0 && to > from);
  return touch ? { reads: some(reads), writes: some(writes) } : { reads, writes };
}

/** Whether two operations must keep their order. */
export function conflict(one: Touched, other: Touched): boolean {
  return meet(one.writes, other.reads) || meet(one.writes, other.writes) ||
    meet(one.reads, other.writes);
}

function meet(some: ByteRange[], others: ByteRange[]): boolean {
  return some.some(([from, to]) => others.some(([start, end]) => from < end && start < to));
}

/** `bytes` bytes from the address in a word on. */
function from(words: Int32Array, word: number, bytes: number): ByteRange {
  return [words[word], words[word] + bytes];
}

/** As many panels as the batch has. */
function panels(words: Int32Array, word: number, stride: number): ByteRange {
  return from(words, word, words[Word.Panels] * words[stride]);
}

function forward(words: Int32Array): Touched {
  const affine = words[Word.Features] * words[Word.Pieces];
  const each = (word: number) => from(words, word, 4 * affine);
  const tiles = Math.ceil(affine / TILE_ROWS);
  const reads = [
    panels(words, Word.In, Word.InStride),
    from(words, Word.Weights, tiles * words[Word.WeightStep]),
    panels(words, Word.Mask, Word.OutStride),
    ...[Word.Bias, Word.Scale, Word.Shift].map(each),
    panels(words, Word.Activated, Word.ActivatedStride),
    panels(words, Word.Winners, Word.WinnersStride),
  ];
  const writes = [
    panels(words, Word.Raw, Word.RawStride),
    panels(words, Word.Out, Word.OutStride),
    ...[Word.InverseDeviation, Word.RunningMean, Word.RunningVariance].map(each),
    from(words, Word.Sums, words[Word.Norm] ? SUM_BYTES * affine : 0),
  ];
  return { reads: [...reads, ...writes], writes };
}

function toAffine(words: Int32Array): Touched {
  const affine = words[Word.Features] * words[Word.Pieces];
  const each = (word: number) => from(words, word, 4 * affine);
  const columns = (word: number) => from(words, word, words[Word.Panels] * LINE);
  const reads = [
    panels(words, Word.Mask, Word.RawStride),
    columns(Word.Seeds),
    columns(Word.BiasSeeds),
    panels(words, Word.Activated, Word.ActivatedStride),
    panels(words, Word.Winners, Word.WinnersStride),
    panels(words, Word.Normalised, Word.NormalisedStride),
    ...[Word.Scale, Word.InverseDeviation].map(each),
  ];
  const writes = [
    panels(words, Word.Raw, Word.RawStride),
    panels(words, Word.Out, Word.OutStride),
    from(words, Word.Sums, SUM_BYTES * affine),
    ...[Word.Squares, Word.BiasGradient, Word.ScaleGradient, Word.ShiftGradient].map(each),
  ];
  return { reads: [...reads, ...writes], writes };
}

function backward(words: Int32Array): Touched {
  const { reads, writes } = toAffine(words);
  const weights = from(words, Word.Weights, words[Word.Turns] * words[Word.WeightStep]);
  return { reads: [panels(words, Word.In, Word.InStride), weights, ...reads], writes };
}

function transpose(words: Int32Array): Touched {
  const tiles = panelsOf(words[Word.Features]);
  return {
    reads: [
      panels(words, Word.In, Word.InStride),
      from(words, Word.Seeds, words[Word.Panels] * LINE),
      from(words, Word.Added, words[Word.AddedPanels] * words[Word.AddedStride]),
    ],
    writes: [from(words, Word.Out, tiles * words[Word.OutStride])],
  };
}

function gradient(words: Int32Array): Touched {
  const features = words[GradientWord.InputPanels] * words[GradientWord.FeaturesStride];
  const batch = words[GradientWord.Turns] * 4 / PANEL;
  return {
    reads: [
      from(words, GradientWord.Features, features),
      from(words, GradientWord.U, batch * words[GradientWord.UStride]),
    ],
    writes: [
      from(
        words,
        GradientWord.Out,
        words[GradientWord.OutputTiles] * words[GradientWord.WeightStep],
      ),
    ],
  };
}

function load(words: Int32Array): Touched {
  return {
    reads: [
      from(words, Word.In, words[MoveWord.Count] * words[MoveWord.RowBytes]),
      panels(words, Word.Mask, Word.OutStride),
    ],
    writes: [panels(words, Word.Out, Word.OutStride)],
  };
}

/** Both ways: samples on one side, packs of them on the other. */
function regroup(words: Int32Array): Touched {
  const packs = panelsOf(words[MoveWord.Count]);
  const samples = panelsOf(words[MoveWord.Count] * words[MoveWord.Packing]);
  const [source, target] = words[Word.Code] === Code.Pack ? [samples, packs] : [packs, samples];
  return {
    reads: [
      from(words, Word.In, source * words[Word.InStride]),
      from(words, Word.Mask, packs * words[Word.OutStride]),
    ],
    writes: [from(words, Word.Out, target * words[Word.OutStride])],
  };
}

function head(words: Int32Array): Touched {
  const groups = words[Word.Code] === Code.HeadD ? 2 : 1;
  const batch = groups * panelsOf(words[HeadWord.Count]);
  const logits = (words[HeadWord.FirstPanel] + batch) * words[HeadWord.LogitsStride];
  return {
    reads: [from(words, HeadWord.Logits, logits)],
    writes: [
      from(words, HeadWord.Seeds, batch * LINE),
      from(words, HeadWord.BiasGradient, 4),
      from(words, HeadWord.Report, REPORT_BYTES),
    ],
  };
}

function penalty(words: Int32Array): Touched {
  return {
    reads: [from(words, PenaltyWord.Squares, 4 * words[PenaltyWord.Features])],
    writes: [from(words, PenaltyWord.Report, REPORT_BYTES)],
  };
}

function optimise(words: Int32Array): Touched {
  const array = (word: number) => from(words, word, 4 * words[OptimiserWord.Numbers]);
  const changed = [
    array(OptimiserWord.Weights),
    array(OptimiserWord.First),
    array(OptimiserWord.Second),
    array(OptimiserWord.Average),
  ];
  return {
    reads: [array(OptimiserWord.Gradients), ...changed],
    writes: [...changed, from(words, OptimiserWord.Flags, FLAG_BYTES * words[Word.Chunks])],
  };
}

function blend(words: Int32Array): Touched {
  const bytes = 4 * words[BlendWord.Numbers];
  const average = from(words, BlendWord.Average, bytes);
  return { reads: [from(words, BlendWord.Source, bytes), average], writes: [average] };
}

function check(words: Int32Array): Touched {
  const bytes = 4 * words[CheckWord.Numbers];
  return {
    reads: [
      from(words, CheckWord.Flags, FLAG_BYTES * words[CheckWord.Count]),
      from(words, CheckWord.Running, bytes),
      from(words, CheckWord.Average, bytes),
    ],
    writes: [from(words, CheckWord.Report, REPORT_BYTES)],
  };
}

const TOUCH: { [code in Code]?: (words: Int32Array) => Touched } = {
  [Code.Forward]: forward,
  [Code.Backward]: backward,
  [Code.ToAffine]: toAffine,
  [Code.Transpose]: transpose,
  [Code.Gradient]: gradient,
  [Code.Load]: load,
  [Code.Pack]: regroup,
  [Code.Unpack]: regroup,
  [Code.HeadD]: head,
  [Code.HeadG]: head,
  [Code.Penalty]: penalty,
  [Code.Adam]: optimise,
  [Code.Momentum]: optimise,
  [Code.Blend]: blend,
  [Code.Check]: check,
};
