/** Layers forwards, and the adjoints of passes back, with what plain loops make of them. */
import { ActivationCode, Code, Word } from "@/engine/operation_protocol.ts";
import { padded } from "@/engine/layout.ts";
import {
  integers,
  type Kind,
  masked,
  type Matrix,
  PIECES,
  product,
  SLOPE,
  sum,
} from "./gpu_operands.ts";

const EPSILON = 1e-5;
const SHARE = 0.25;

const leaky = (h: number) => h > 0 ? h : SLOPE * h;
const LEAKY = { [Word.Activation]: ActivationCode.LeakyRelu };

export const forward: Kind = (bench, { rows, inner }) => {
  const { words, h } = product(bench, Code.Forward, inner, rows);
  const bias = bench.vector(padded(rows, 4), () => bench.integer());
  const [out, mask] = [bench.room(rows), masked(bench, rows)];
  const y: Matrix = (n, m) => leaky(h(n, m) + bias.values[n]) * mask.of(n, m);
  bench.wantPanels("activations", out.address, rows, y);
  return [{
    ...words,
    ...LEAKY,
    [Word.Code]: Code.Forward,
    [Word.Bias]: bias.address,
    [Word.Mask]: mask.address,
    [Word.Out]: out.address,
    [Word.OutStride]: out.stride,
  }, { [Word.Slope]: SLOPE }];
};

export const adjoint: Kind = (bench, { rows, inner }) => {
  const { words, h } = product(bench, Code.Forward, inner, rows);
  const activated = integers(bench, rows, bench.columns);
  const [out, given] = [bench.room(rows), bench.panels(rows, activated)];
  bench.wantPanels(
    "adjoint",
    out.address,
    rows,
    (n, m) => h(n, m) * (activated(n, m) > 0 ? 1 : SLOPE),
  );
  return [{
    ...words,
    ...LEAKY,
    [Word.Code]: Code.Forward,
    [Word.Adjoint]: 1,
    [Word.Activated]: given.address,
    [Word.ActivatedStride]: given.stride,
    [Word.Out]: out.address,
    [Word.OutStride]: out.stride,
  }, { [Word.Slope]: SLOPE }];
};

/** Mean and variance of a row. */
function statistics(columns: number, h: (m: number) => number): [mean: number, variance: number] {
  const mean = sum(columns, h) / columns;
  return [mean, sum(columns, (m) => (h(m) - mean) ** 2) / columns];
}

export const forwardNorm: Kind = (bench, { rows, inner }) => {
  const { columns } = bench;
  const { words, h } = product(bench, Code.Forward, inner, rows);
  const vector = () => bench.vector(padded(rows, 4), () => bench.integer());
  const [bias, scale, shift, mean, variance, deviation] = Array.from({ length: 6 }, vector);
  const [out, raw] = [bench.room(rows), bench.room(rows)];
  const ofRows = Array.from({ length: rows }, (_, n) => statistics(columns, (m) => h(n, m)));
  const inverse = ofRows.map(([, variance]) => 1 / Math.sqrt(variance + EPSILON));
  const x: Matrix = (n, m) => (h(n, m) - ofRows[n][0]) * inverse[n];
  const y: Matrix = (n, m) => Math.max(0, x(n, m) * scale.values[n] + shift.values[n]);
  const moved = (old: number, to: number) => old + SHARE * (to - old);
  bench.wantPanels("normalised numbers", raw.address, rows, x, 1e-5);
  bench.wantPanels("activations", out.address, rows, y, 1e-5);
  bench.wantVector("deviations", deviation.address, inverse, 1e-5);
  const means = ofRows.map(([to], n) => moved(mean.values[n], to + bias.values[n]));
  bench.wantVector("running means", mean.address, means, 1e-5);
  const unbiased = columns / Math.max(1, columns - 1);
  const variances = ofRows.map(([, to], n) => moved(variance.values[n], to * unbiased));
  bench.wantVector("running variances", variance.address, variances, 1e-5);
  return [{
    ...words,
    [Word.Code]: Code.Forward,
    [Word.Activation]: ActivationCode.Relu,
    [Word.Norm]: 1,
    [Word.Bias]: bias.address,
    [Word.Scale]: scale.address,
    [Word.Shift]: shift.address,
    [Word.RunningMean]: mean.address,
    [Word.RunningVariance]: variance.address,
    [Word.InverseDeviation]: deviation.address,
    [Word.Raw]: raw.address,
    [Word.RawStride]: raw.stride,
    [Word.Out]: out.address,
    [Word.OutStride]: out.stride,
  }, { [Word.Epsilon]: EPSILON, [Word.StatisticsShare]: SHARE, [Word.BatchRows]: columns }];
};

export const forwardMaxout: Kind = (bench, { rows, inner }) => {
  const { words, h } = product(bench, Code.Forward, inner, PIECES * rows);
  const bias = bench.vector(padded(PIECES * rows, 4), () => bench.integer());
  const [out, raw, mask] = [bench.room(rows), bench.room(PIECES * rows), masked(bench, rows)];
  const piece: Matrix = (all, m) => h(all, m) + bias.values[all];
  const y: Matrix = (n, m) => Math.max(...[0, 1, 2].map((i) => piece(n * PIECES + i, m)));
  bench.wantPanels("units", out.address, rows, (n, m) => y(n, m) * mask.of(n, m));
  bench.wantPanels(
    "winners",
    raw.address,
    PIECES * rows,
    (all, m) => piece(all, m) === y(Math.floor(all / PIECES), m) ? 1 : 0,
  );
  return [{
    ...words,
    [Word.Code]: Code.Forward,
    [Word.Activation]: ActivationCode.Maxout,
    [Word.Features]: rows,
    [Word.Pieces]: PIECES,
    [Word.Bias]: bias.address,
    [Word.Mask]: mask.address,
    [Word.Raw]: raw.address,
    [Word.RawStride]: raw.stride,
    [Word.Out]: out.address,
    [Word.OutStride]: out.stride,
  }, {}];
};

export const adjointMaxout: Kind = (bench, { rows, inner }) => {
  const { words, h } = product(bench, Code.Forward, inner, PIECES * rows);
  const winner = integers(bench, PIECES * rows, bench.columns, 1);
  const [out, raw] = [bench.room(rows), bench.room(PIECES * rows)];
  const winners = bench.panels(PIECES * rows, winner);
  bench.wantPanels(
    "adjoint",
    out.address,
    rows,
    (n, m) => sum(PIECES, (i) => h(n * PIECES + i, m) * winner(n * PIECES + i, m)),
  );
  return [{
    ...words,
    [Word.Code]: Code.Forward,
    [Word.Adjoint]: 1,
    [Word.Activation]: ActivationCode.Maxout,
    [Word.Features]: rows,
    [Word.Pieces]: PIECES,
    [Word.Winners]: winners.address,
    [Word.WinnersStride]: winners.stride,
    [Word.Raw]: raw.address,
    [Word.RawStride]: raw.stride,
    [Word.Out]: out.address,
    [Word.OutStride]: out.stride,
  }, {}];
};
