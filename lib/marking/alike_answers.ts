/**
 * Similar answers together: who has just read one can judge the next one by the same measure.
 *
 * Answers are compared by their pairs of neighbouring words. MinHash (Broder 1997) finds the pairs
 * of answers that are worth a comparison, so that a class of many thousands takes seconds; those
 * whose sets have enough in common (Jaccard) are one group.
 *
 * @module
 */

/** Bands of rows: two sets with half in common meet in a band with probability .99. */
const BANDS = 16;
const ROWS = 2;

/** From this share of common word pairs on, two answers are alike. */
const ALIKE = 0.3;

/** Indices of the answers in groups, the largest group first; the same text stands side by side. */
export function alikeAnswers(texts: string[]): number[][] {
  const sets = texts.map(wordPairs);
  const parent = texts.map((_, i) => i);
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]];
    return i;
  };
  const signatures = sets.map(signature);
  for (let band = 0; band < BANDS; band++) {
    const first = new Map<string, number>();
    signatures.forEach((own, i) => {
      if (sets[i].size === 0) return;
      const key = own.slice(band * ROWS, (band + 1) * ROWS).join();
      const other = first.get(key);
      if (other === undefined) first.set(key, i);
      else if (root(other) !== root(i) && overlap(sets[other], sets[i]) >= ALIKE) {
        parent[root(i)] = root(other);
      }
    });
  }
  const order = (i: number, j: number) => {
    const [a, b] = [plainWords(texts[i]), plainWords(texts[j])];
    return a < b ? -1 : a > b ? 1 : i - j;
  };
  const groups = Map.groupBy(texts.keys(), root);
  return [...groups.values()].map((group) => group.sort(order))
    .sort((a, b) => b.length - a.length || a[0] - b[0]);
}

/** A text without what does not matter to its sense. */
export function plainWords(text: string): string {
  return text.normalize("NFKC").toLowerCase().match(/[\p{L}\p{N}]+/gu)?.join(" ") ?? "";
}

function wordPairs(text: string): Set<number> {
  const words = plainWords(text).split(" ").filter(Boolean);
  const pairs = words.length === 1 ? words : words.slice(1).map((word, i) => `${words[i]} ${word}`);
  return new Set(pairs.map(hash));
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** The least of the set under each of some permutations. */
function signature(set: Set<number>): number[] {
  return Array.from({ length: BANDS * ROWS }, (_, i) => {
    let least = 0xffffffff;
    for (const value of set) {
      let mixed = Math.imul(value ^ (i + 1) * 0x9e3779b9, 0x85ebca6b);
      mixed = Math.imul(mixed ^ mixed >>> 13, 0xc2b2ae35);
      mixed = (mixed ^ mixed >>> 16) >>> 0;
      if (mixed < least) least = mixed;
    }
    return least;
  });
}

/** What two sets have in common, as a share of both together. */
function overlap(a: Set<number>, b: Set<number>): number {
  let common = 0;
  for (const value of a) if (b.has(value)) common++;
  return common / (a.size + b.size - common);
}
