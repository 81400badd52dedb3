/**
 * Numbers as the playground writes them, in a text and beside an axis: with a true minus sign, and a
 * power of ten where digits say little.
 *
 * @module
 */

/** Less than this is what rounding leaves. */
const ROUNDING = 1e-9;

/** Three digits after the point, fewer of a large number. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size < ROUNDING) return "0";
  if (size < 0.001 || size >= 1e4) return powerText(value, 1);
  return trueMinus(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 3));
}

/** A number beside an axis: no more digits than it has, and four at most. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size < ROUNDING) return "0";
  if (size < 0.001 || size >= 1e6) return powerText(value, 0);
  return trueMinus(Number(value.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 6 }));
}

/** Such as 1.8·10⁻⁵. */
function powerText(value: number, digits: number): string {
  const [first, power] = value.toExponential(digits).split("e");
  const raised = [...String(Number(power))]
    .map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
  return `${trueMinus(first)}·10${raised.join("")}`;
}

function trueMinus(text: string): string {
  return text.replaceAll("-", "−");
}

/** A number that a reader has typed, or the fault that it has: a clause. */
export function typedNumber(text: string): number | string {
  const plain = text.trim().replace("−", "-");
  if (plain === "") return "got nothing";
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return Number(plain);
  if (plain.includes(",")) return `with a point before decimals and no commas, got “${text}”`;
  return `got “${text}”`;
}
