/**
 * Texts in figures and tables: names set as in mathematics, lines that end between words, numbers.
 *
 * plotly and HTML read `<sub>` and `<br>`; where text is plain, `plainText` takes them out again.
 *
 * @module
 */

/** The average width of a letter in text of this size: an estimate before anything is drawn. */
const LETTER = 0.55;

/** Letters in a line of text beside or below a drawing, at most, where words allow it. */
const LINE = 14;

/** A text with `p_data` as p with a small "data" below, and a minus that no line ends after. */
export function typeset(text: string): string {
  return text.replaceAll(/(?<![\w<])p_(data|g|z)(?!\w)/g, "p<sub>$1</sub>")
    .replaceAll(/(?<=^|[\s(,=:])-(?=[\d(½√]|log\b|[A-Z]\b)/g, "−").replaceAll(" - ", " − ");
}

/** A text of a figure as a line of plain text: `p_data` again. */
export function plainText(text: string): string {
  return text.replaceAll(/<br>/g, " ").replaceAll(/<sub>(.*?)<\/sub>/g, "_$1")
    .replaceAll(/<\/?(b|i|sup|span)\b[^>]*>/g, "");
}

/** A text in lines of limited length; a longer word has a line of its own. */
export function wrapped(text: string, letters: number = LINE): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length > 0 && plainText(longer).length - 1 <= letters) {
      lines.push(`${lines.pop()} ${word}`);
    } else lines.push(word);
  }
  return lines.join("<br>");
}

/** About how wide a text is, in pixels: the longest of its lines. */
export function widthOf(text: string, size: number): number {
  return Math.max(...text.split("<br>").map((line) => plainText(line).length)) * LETTER * size;
}

/** Significant digits of a number that stands alone. */
const DIGITS = 4;

/**
 * Numbers of a column with their decimal points aligned: each has as many decimals as the column
 * needs for four digits. Whole numbers from 10,000 on have commas, and beside them those from 1,000
 * on have one too. Numbers that the decimals would hide are written with powers of ten.
 */
export function alignedNumbers(values: ArrayLike<number>): string[] {
  const all = Array.from(values);
  const [decimals, commas] = [decimalsOf(all), all.some((value) => Math.abs(value) >= 1e4)];
  const texts = all.map((value) => numberText(value, decimals, commas));
  const after = Math.max(...texts.map(afterPoint));
  return texts.map((text) => text + " ".repeat(after - afterPoint(text)));
}

/** A number alone, to a few digits. */
export function numberAlone(value: number, digits: number = DIGITS): string {
  const rounded = Number(value.toPrecision(digits));
  return numberText(Math.abs(value) < 1e4 ? rounded : value, decimalsOf([rounded]));
}

/** The decimals that the numbers of a column need, six at most. */
function decimalsOf(values: number[]): number {
  const rounded = values.map((value) => Number(value.toPrecision(DIGITS)))
    .filter((value) => Number.isFinite(value) && value !== 0 && Math.abs(value) < 1e4);
  const shown = rounded.filter((value) => Math.abs(value) >= 1e-4);
  if (shown.length === 0) return 0;
  const needed = Math.max(...shown.map(ownDecimals));
  const [low, high] = [Math.min(...shown.map(Math.abs)), Math.max(...shown.map(Math.abs))];
  const places = (value: number, digits: number) => digits - 1 - Math.floor(Math.log10(value));
  // Four digits of the largest are enough, unless the smallest would keep fewer than two.
  const enough = Math.max(places(high, DIGITS), places(low, 2), 3);
  return Math.max(0, Math.min(needed, enough, 6));
}

function ownDecimals(value: number): number {
  const [digits, power = "0"] = value.toExponential().split("e");
  return Math.max(0, (digits.split(".")[1] ?? "").length - Number(power));
}

function numberText(value: number, decimals: number, commas = false): string {
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "∞").replace("-", "−");
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e15 || size > 0 && size < 1e-4 && size < 0.5 * 10 ** -decimals) {
    return powerText(value);
  }
  const digits = size >= 1e4 ? 0 : decimals;
  const text = size >= (commas ? 1e3 : 1e4)
    ? value.toLocaleString("en-US", {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    : value.toFixed(digits);
  return /[1-9]/.test(text) ? text.replace("-", "−") : text.replace("-", "");
}

/** A number as a few digits and a power of ten. */
function powerText(value: number): string {
  const [digits, power] = value.toExponential(1).split("e");
  const raised = [...String(Number(power))].map((sign) =>
    "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]
  );
  return `${digits.replace("-", "−")}·10${raised.join("")}`;
}

/** Letters from the point on. */
function afterPoint(text: string): number {
  const at = text.search(/[.·]/);
  return at < 0 ? 0 : text.length - at;
}
