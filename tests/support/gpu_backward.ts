/** Passes back through layers, with what plain loops make of them. */
import { ActivationCode, Code, Word } from "@/engine/operation_protocol.ts";
import { padded, PANEL, panelsOf } from "@/engine/layout.ts";
import {
  type Bench,
  integers,
  kept,
  type Kind,
  masked,
  type Matrix,
  PIECES,
  product,
  type Sides,
  SLOPE,
  sum,
} from "./gpu_operands.ts";

const FACTOR = 0.5;
const LEAKY = { [Word.Activation]: ActivationCode.LeakyRelu };

/** A pass back to the gradient at a leaky layer's affine map, and its words. */
function backwardTo(bench: Bench, { rows, inner }: Sides): [Record<number, number>, Matrix] {
  const { columns } = bench;
  const { words, h } = product(bench, Code.Backward, rows, inner);
  const activated = integers(bench, rows, columns);
  const [out, mask, given] = [bench.room(rows), masked(bench, rows), bench.panels(rows, activated)];
  const seeds = bench.vector(panelsOf(columns) * PANEL, () => bench.integer());
  const g: Matrix = (k, m) =>
    h(k, m) * mask.of(k, m) * seeds.values[m] * (activated(k, m) > 0 ? 1 : SLOPE);
  return [{
    ...words,
    ...LEAKY,
    [Word.Code]: Code.Backward,
    [Word.Mask]: mask.address,
    [Word.Seeds]: seeds.address,
    [Word.Activated]: given.address,
    [Word.ActivatedStride]: given.stride,
    [Word.Raw]: out.address,
    [Word.RawStride]: out.stride,
    [Word.Out]: out.address,
    [Word.OutStride]: out.stride,
  }, kept(rows, columns, g)];
}

export const backward: Kind = (bench, sides) => {
  const [words, g] = backwardTo(bench, sides);
  bench.wantPanels("gradients", words[Word.Out], sides.rows, g);
  return [words, { [Word.Slope]: SLOPE }];
};

/** A bias's gradient with seeds of its own, of rows that `g` gives. */
function biasOf(bench: Bench, rows: number, g: Matrix): Record<number, number> {
  const seeds = bench.vector(panelsOf(bench.columns) * PANEL, () => bench.integer(1));
  const to = bench.vector(padded(rows, 4), () => NaN);
  const sums = Array.from(
    { length: rows },
    (_, k) => sum(bench.columns, (m) => g(k, m) * seeds.values[m]),
  );
  bench.wantVector("gradient of the bias", to.address, sums);
  return { [Word.BiasSeeds]: seeds.address, [Word.BiasGradient]: to.address };
}

export const backwardSums: Kind = (bench, sides) => {
  const [words, g] = backwardTo(bench, sides);
  bench.wantPanels("gradients", words[Word.Out], sides.rows, g);
  return [{ ...words, ...biasOf(bench, sides.rows, g) }, { [Word.Slope]: SLOPE }];
};

export const backwardSquares: Kind = (bench, { rows, inner }) => {
  const { words, h } = product(bench, Code.Backward, rows, inner);
  const [out, mask] = [bench.room(rows), masked(bench, rows)];
  const squares = bench.vector(padded(rows, 4), () => NaN);
  const g: Matrix = (k, m) => h(k, m) * mask.of(k, m);
  bench.wantPanels("gradients", out.address, rows, (k, m) => g(k, m) * FACTOR * mask.of(k, m));
  const sums = Array.from({ length: rows }, (_, k) => sum(bench.columns, (m) => g(k, m) ** 2));
  bench.wantVector("squares", squares.address, sums, 1e-6);
  return [{
    ...words,
    [Word.Code]: Code.Backward,
    [Word.Mask]: mask.address,
    [Word.Squares]: squares.address,
    [Word.Raw]: out.address,
    [Word.RawStride]: out.stride,
    [Word.Out]: out.address,
    [Word.OutStride]: out.stride,
  }, { [Word.Factor]: FACTOR }];
};

export const backwardNorm: Kind = (bench, sides) => {
  const { rows } = sides;
  const { columns } = bench;
  const [words, g] = backwardTo(bench, sides);
  const x = integers(bench, rows, columns, 2);
  const normalised = bench.panels(rows, x);
  const vector = () => bench.vector(padded(rows, 4), () => bench.integer());
  const [scale, deviation, scaleGradient, shiftGradient] = Array.from({ length: 4 }, vector);
  const shifts = Array.from({ length: rows }, (_, k) => sum(columns, (m) => g(k, m)));
  const scales = Array.from({ length: rows }, (_, k) => sum(columns, (m) => g(k, m) * x(k, m)));
  bench.wantVector("gradient of the shift", shiftGradient.address, shifts);
  bench.wantVector("gradient of the scale", scaleGradient.address, scales);
  bench.wantPanels("gradients", words[Word.Out], rows, (k, m) => {
    const centred = g(k, m) - shifts[k] / columns - x(k, m) * scales[k] / columns;
    return scale.values[k] * deviation.values[k] * centred;
  }, 1e-5);
  return [{
    ...words,
    [Word.Norm]: 1,
    [Word.Normalised]: normalised.address,
    [Word.NormalisedStride]: normalised.stride,
    [Word.Scale]: scale.address,
    [Word.InverseDeviation]: deviation.address,
    [Word.ScaleGradient]: scaleGradient.address,
    [Word.ShiftGradient]: shiftGradient.address,
  }, { [Word.Slope]: SLOPE, [Word.BatchRows]: columns }];
};

/** A pass back to the pieces of maxout units. */
function backwardToPieces(bench: Bench, sides: Sides): [Record<number, number>, Matrix] {
  const all = PIECES * sides.rows;
  const { words, h } = product(bench, Code.Backward, sides.rows, sides.inner);
  const winner = integers(bench, all, bench.columns, 1);
  const [raw, out, winners] = [bench.room(sides.rows), bench.room(all), bench.panels(all, winner)];
  const mask = masked(bench, sides.rows);
  const g: Matrix = (row, m) => {
    const unit = Math.floor(row / PIECES);
    return h(unit, m) * mask.of(unit, m) * winner(row, m);
  };
  bench.wantPanels("gradients", out.address, all, g);
  return [{
    ...words,
    [Word.Code]: Code.Backward,
    [Word.Activation]: ActivationCode.Maxout,
    [Word.Pieces]: PIECES,
    [Word.Mask]: mask.address,
    [Word.Winners]: winners.address,
    [Word.WinnersStride]: winners.stride,
    [Word.Raw]: raw.address,
    [Word.RawStride]: raw.stride,
    [Word.Out]: out.address,
    [Word.OutStride]: out.stride,
  }, g];
}

export const backwardMaxout: Kind = (bench, sides) => [backwardToPieces(bench, sides)[0], {}];

export const backwardMaxoutSums: Kind = (bench, sides) => {
  const [words, g] = backwardToPieces(bench, sides);
  return [{ ...words, ...biasOf(bench, PIECES * sides.rows, g) }, {}];
};
