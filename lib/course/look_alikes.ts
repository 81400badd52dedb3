/**
 * Pairs of submissions that are more alike than what everybody was given makes them: a place to
 * look, and no verdict.
 *
 * Fingerprints are found by Dolos' core (winnowing; Schleimer, Wilkerson and Aiken 2003, "Winnowing:
 * local algorithms for document fingerprinting"). Of code, names, numbers and texts are taken as one
 * kind each, so that renaming changes nothing, and comments are left out; of answers, words count.
 * What was handed out is no evidence, nor is what many have. Code is read as a list of tokens and
 * never parsed: it is a stranger's.
 *
 * @module
 */
import { FingerprintIndex, type Region, TokenizedFile } from "@dodona/dolos-core";

/** What somebody has handed in, as far as it is compared. */
export interface ComparedTexts {
  /** All code cells. */
  code: string;
  /** All other cells. */
  words: string;
}

/** A piece that two submissions have in common, as each of them has it. */
export interface CommonPassage {
  left: string;
  right: string;
}

/** Two submissions that are alike. */
export interface LookAlike {
  kind: keyof ComparedTexts;
  students: [string, string];
  /** What share of each one's own work the other has as well. */
  shares: [number, number];
  /** The longest first. */
  passages: CommonPassage[];
}

/** How texts of a kind are compared: the length of a fingerprint in tokens, and of a window. */
const KINDS = { code: { length: 17, window: 9 }, words: { length: 8, window: 5 } } as const;

/** From this share on, of the one that has less of its own. */
const ALIKE = 0.5;
/** Pairs with fewer fingerprints in common are accidents. */
const FEWEST_SHARED = 4;
/** Of each kind. */
const MOST_PAIRS = 50;
const MOST_PASSAGES = 3;
const MOST_SHOWN = 1_500;
/** So often a submission can have the same run of tokens. */
const MOST_REPEATED = 3;
/** Tokens of one submission beyond this are not compared. */
const MOST_TOKENS = 6_000;

/**
 * The pairs that are worth a look, the most alike first.
 *
 * @param given What everybody was given.
 */
export function lookAlikes(
  submissions: Map<string, ComparedTexts>,
  given: ComparedTexts,
): LookAlike[] {
  return (["code", "words"] as const).flatMap((kind) => {
    const { length, window } = KINDS[kind];
    const most = Math.min(50, Math.max(10, Math.ceil(submissions.size / 3)));
    const index = new FingerprintIndex(length, window, false);
    const files = [...submissions].map(([student, texts], i) =>
      tokenized(student, texts[kind], kind, i + 1)
    );
    // In this order: a limit from the start costs the square of the class, and one that is set later
    // brings back what was given.
    index.addFiles(files);
    index.updateMaxFingerprintFileCount(most);
    index.addIgnoredFile(tokenized("", given[kind], kind, 0));
    return pairsIn(index, kind);
  });
}

function pairsIn(index: FingerprintIndex, kind: LookAlike["kind"]): LookAlike[] {
  const entries = new Map(index.entries().map((entry) => [entry.file.id, entry]));
  const own = new Map(
    [...entries].map(([id, { file, kgrams, ignored }]) => {
      const common = [...ignored].reduce((sum, each) => sum + each.occurrencesOf(file).length, 0);
      return [id, kgrams.length - common];
    }),
  );
  return candidates(index, own).slice(0, 10 * MOST_PAIRS).map(([a, b]) => {
    const [left, right] = [entries.get(a)!.file, entries.get(b)!.file];
    const pair = index.getPair(left, right);
    const shares: [number, number] = [
      pair.leftCovered / own.get(a)!,
      pair.rightCovered / own.get(b)!,
    ];
    const passages = pair.buildFragments(2)
      .sort((one, two) => two.pairs.length - one.pairs.length).slice(0, MOST_PASSAGES)
      .map(({ leftSelection, rightSelection }) => ({
        left: textAt(left.content, leftSelection),
        right: textAt(right.content, rightSelection),
      }));
    return { kind, students: [left.path, right.path] as [string, string], shares, passages };
  }).filter(({ shares }) => Math.max(...shares) >= ALIKE)
    .sort((one, two) => sum(two.shares) - sum(one.shares)).slice(0, MOST_PAIRS);
}

function sum([a, b]: [number, number]): number {
  return a + b;
}

/** Pairs that may be alike, by how many fingerprints they share; without going over all pairs. */
function candidates(index: FingerprintIndex, own: Map<number, number>): [number, number][] {
  const counts = new Map<string, { pair: [number, number]; shared: number }>();
  for (const fingerprint of index.sharedFingerprints()) {
    if (fingerprint.ignored) continue;
    const ids = fingerprint.files().map(({ id }) => id).sort((a, b) => a - b);
    ids.forEach((a, i) =>
      ids.slice(i + 1).forEach((b) => {
        const key = `${a} ${b}`;
        const known = counts.get(key);
        if (known) known.shared++;
        else counts.set(key, { pair: [a, b], shared: 1 });
      })
    );
  }
  const share = ({ pair: [a, b], shared }: { pair: [number, number]; shared: number }) =>
    shared / Math.min(own.get(a)!, own.get(b)!);
  return [...counts.values()].filter(({ shared }) => shared >= FEWEST_SHARED)
    .sort((one, two) => share(two) - share(one)).map(({ pair }) => pair);
}

/** Comments, texts, numbers, names, and signs; a text or comment may be left open. */
const TOKENS =
  /\/\/.*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\[\s\S])*`?|\d[\w.]*|[\p{L}_$][\p{L}\p{N}_$]*|=>|[^\s\w]/gu;

const KEYWORDS = new Set(
  ("async await break case catch class const continue default do else export extends finally for " +
    "function if import in instanceof let new of return super switch this throw try typeof var void " +
    "while yield").split(" "),
);

/** A text as the tokens that are compared, each with its place. */
function tokenized(
  path: string,
  content: string,
  kind: LookAlike["kind"],
  id: number,
): TokenizedFile {
  const tokens: string[] = [];
  const mapping: Region[] = [];
  const runs = new Map<string, number>();
  const pattern = kind === "code" ? TOKENS : /[\p{L}\p{N}]+/gu;
  for (const { 0: text, index } of content.matchAll(pattern)) {
    const token = kind === "code" ? kindOf(text) : text.normalize("NFKC").toLowerCase();
    if (token === undefined) continue;
    // What is repeated again and again is no evidence, and comparing it takes the square of it.
    const run = [...tokens.slice(1 - KINDS[kind].length), token].join("\n");
    const times = (runs.get(run) ?? 0) + 1;
    runs.set(run, times);
    if (times > MOST_REPEATED) continue;
    tokens.push(token);
    // One row: a place is that in the text.
    mapping.push(
      { startRow: 0, startCol: index, endRow: 0, endCol: index + text.length } as Region,
    );
    if (tokens.length === MOST_TOKENS) break;
  }
  return new TokenizedFile({ path, content, id } as TokenizedFile, tokens, mapping);
}

/** What a token of code is taken for; undefined for a comment. */
function kindOf(text: string): string | undefined {
  if (/^\/[/*]/.test(text)) return undefined;
  if (/^["'`]/.test(text)) return "text";
  if (/^\d/.test(text)) return "number";
  if (/^[\p{L}_$]/u.test(text)) return KEYWORDS.has(text) ? text : "name";
  return text;
}

/** The whole lines around a place. */
function textAt(content: string, { startCol, endCol }: Region): string {
  const from = content.lastIndexOf("\n", startCol - 1) + 1;
  const end = content.indexOf("\n", endCol);
  const text = content.slice(from, end === -1 ? content.length : end);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}\n…` : text;
}
