/**
 * What spreadsheets make of a name: `007` becomes `7`, `1E5` becomes `100000`, `3-4` becomes `03.
 * Apr`, and a letter that an encoding lacks becomes `?`. None of this can be undone for certain,
 * but it can be said what a changed name may have been.
 *
 * @module
 */

/**
 * Why a name may have been another one; undefined if it cannot. It is not asked for equal names.
 */
export function nearness(found: string, name: string): string | undefined {
  return WAYS.find(([, fits]) => fits(found.trim(), name))?.[0];
}

const WAYS: [why: string, fits: (found: string, name: string) => boolean][] = [
  [
    "the same but for spaces, case or the form of letters",
    (found, name) => fold(found) === fold(name),
  ],
  ["the same as a number", sameNumber],
  ["the same but for zeros before a number", (found, name) => bare(found) === bare(name)],
  ["the same in another encoding", (found, name) => recoded(found) === name.normalize("NFC")],
  ["the same but for letters that an encoding lacks", sameButForLostLetters],
  ["the same as a date", sameDate],
];

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/[\s\p{Cf}]+/gu, " ").trim();
}

function bare(text: string): string {
  return fold(text).replaceAll(/(?<!\d)0+(?=\d)/g, "");
}

/** Digits that a spreadsheet keeps when it writes a number with an exponent. */
const DIGITS_OF_AN_EXPONENT = 1e-5;

function sameNumber(found: string, name: string): boolean {
  const [a, b] = [numberOf(found), numberOf(name)];
  if (a === undefined || b === undefined) return false;
  // A spreadsheet keeps 15 digits of a long number, and shows fewer with an exponent.
  const most = /e/i.test(found) ? DIGITS_OF_AN_EXPONENT : 1e-14;
  return Math.abs(a - b) <= most * Math.abs(b);
}

function numberOf(text: string): number | undefined {
  return /^[+-]?\d+([.,]\d+)?(e[+-]?\d+)?$/i.test(text)
    ? Number(text.replace(",", "."))
    : undefined;
}

/** UTF-8 that was read as the encoding of Western Windows, read as it was meant. */
function recoded(text: string): string | undefined {
  const bytes: number[] = [];
  for (const letter of text) {
    const byte = WINDOWS_1252.indexOf(letter);
    if (byte === -1) return undefined;
    bytes.push(byte);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(bytes)).normalize("NFC");
  } catch {
    return undefined;
  }
}

const WINDOWS_1252 = new TextDecoder("windows-1252").decode(
  Uint8Array.from({ length: 256 }, (_, byte) => byte),
);

function sameButForLostLetters(found: string, name: string): boolean {
  const [a, b] = [[...found.normalize("NFC")], [...name.normalize("NFC")]];
  const isLost = (letter: string) => letter === "?" || letter === "\ufffd";
  return a.length === b.length && a.some(isLost) &&
    a.every((letter, i) => letter === b[i] || isLost(letter) && b[i] > "\x7f");
}

/** Languages whose names of months are known. */
const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv"];
const MONTHS = new Map(
  LANGUAGES.flatMap((language) =>
    Array.from({ length: 12 }, (_, month): [string, number] => {
      const format = new Intl.DateTimeFormat(language, { month: "short", timeZone: "UTC" });
      const name = format.format(Date.UTC(2000, month, 1));
      return [name.toLowerCase().replace(/\P{L}/gu, "").slice(0, 3), month + 1];
    })
  ),
);

/** Whether a name of two or three numbers, or of a month and a number, is in a date. */
function sameDate(found: string, name: string): boolean {
  const [own, shown] = [dateParts(name), dateParts(found)];
  if (own.length < 2 || own.length > 3 || shown.length < 2 || shown.length > 6) return false;
  return /^[\p{L}\d]+([-/. ]+[\p{L}\d]+){1,2}\.?$/u.test(name) &&
    own.every((part) => shown.includes(part) || shown.includes(part % 100));
}

/** The numbers of a text, those of months that are named included. */
function dateParts(text: string): number[] {
  return (text.toLowerCase().match(/\d+|\p{L}+/gu) ?? []).flatMap((part) => {
    const month = MONTHS.get(part.slice(0, 3));
    return /^\d/.test(part) ? [Number(part)] : month === undefined ? [] : [month];
  });
}
