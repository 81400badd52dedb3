/** The two losses on logits, their slopes, and what is reported. In float64: the batch is short. */
import { HeadWord, PenaltyWord, ReportWord } from "../../operation_protocol";
import { PANEL } from "../../sizes";
import { LINE } from "./lines";
import { address, number, word } from "./op";

function softplus(a: f64): f64 {
  return max<f64>(a, 0) + Math.log1p(Math.exp(-abs<f64>(a)));
}

function sigmoid(a: f64): f64 {
  return 1 / (1 + Math.exp(-a));
}

// @ts-ignore: decorator
@inline
function logit(op: usize, panel: i32, column: i32): f64 {
  return <f64> load<f32>(
    address(op, HeadWord.Logits) + <usize> panel * word(op, HeadWord.LogitsStride) + 4 * <usize> column,
  );
}

// @ts-ignore: decorator
@inline
function seed(op: usize, panel: i32, column: i32, value: f64): void {
  store<f32>(
    address(op, HeadWord.Seeds) + LINE * <usize> panel + 4 * <usize> column,
    <f32> value,
  );
}

/** 1 where a logit is NaN or infinite: a loss hides a logit of infinity that is on the right side. */
// @ts-ignore: decorator
@inline
function flagOf(a: f64): f64 {
  return isFinite(a) ? 0 : 1;
}

// @ts-ignore: decorator
@inline
function report(to: usize, index: i32, value: f64): void {
  store<f64>(to + 8 * <usize> index, value);
}

/** ½ (E softplus(-a) over real rows + E softplus(a) over generated ones). */
export function headD(op: usize): void {
  const count = word(op, HeadWord.Count);
  const panels = (count + PANEL - 1) / PANEL;
  const n = <f64> count;
  const to = address(op, HeadWord.Report);
  let loss: f64 = 0, biasGradient: f64 = 0, right: f64 = 0, flag: f64 = 0;
  for (let group = 0; group < 2; group++) {
    let believed: f64 = 0;
    for (let i = 0; i < panels * PANEL; i++) {
      const panel = group * panels + i / PANEL;
      const column = i % PANEL;
      if (i >= count) {
        seed(op, panel, column, 0);
        continue;
      }
      const a = logit(op, panel, column);
      const p = sigmoid(a);
      flag += flagOf(a);
      believed += p;
      const slope = (group == 0 ? -sigmoid(-a) : p) / (2 * n);
      loss += softplus(group == 0 ? -a : a);
      if (group == 0 ? a > 0 : a < 0) right += 1;
      biasGradient += slope;
      seed(op, panel, column, slope);
    }
    report(to, group == 0 ? ReportWord.DReal : ReportWord.DFake, believed / n);
  }
  report(to, ReportWord.DLoss, loss / (2 * n));
  report(to, ReportWord.DAccuracy, right / (2 * n));
  report(to, ReportWord.DLogits, flag);
  store<f32>(address(op, HeadWord.BiasGradient), <f32> biasGradient);
}

/** E softplus(-a), or -E softplus(a), over generated rows. */
export function headG(op: usize): void {
  const count = word(op, HeadWord.Count);
  const saturating = word(op, HeadWord.Saturating);
  const panels = (count + PANEL - 1) / PANEL;
  const first = word(op, HeadWord.FirstPanel);
  const n = <f64> count;
  const to = address(op, HeadWord.Report);
  let loss: f64 = 0, believed: f64 = 0, flag: f64 = 0;
  for (let i = 0; i < panels * PANEL; i++) {
    const panel = i / PANEL;
    const column = i % PANEL;
    if (i >= count) {
      seed(op, panel, column, 0);
      continue;
    }
    const a = logit(op, first + panel, column);
    flag += flagOf(a);
    loss += saturating ? -softplus(a) : softplus(-a);
    if (a > 0) believed += 1;
    seed(op, panel, column, (saturating ? -sigmoid(a) : -sigmoid(-a)) / n);
  }
  report(to, ReportWord.GLoss, loss / n);
  report(to, ReportWord.GAccuracy, believed / n);
  report(to, ReportWord.GLogits, flag);
}

/** factor · the sum of the squares: γ/2 E‖∇ₓ a(x)‖². */
export function penalty(op: usize): void {
  const features = word(op, PenaltyWord.Features);
  const squares = address(op, PenaltyWord.Squares);
  let sum: f64 = 0;
  for (let feature = 0; feature < features; feature++) {
    sum += <f64> load<f32>(squares + 4 * <usize> feature);
  }
  const value = sum * <f64> number(op, PenaltyWord.Factor);
  report(address(op, PenaltyWord.Report), ReportWord.Penalty, value);
}
