/**
 * Right answers to assignment 1 by different habits. Each of them scores all its points in a real kernel
 * (tests/jupyter/real/styles_test.ts), so it must here (tests/course/styles_test.ts).
 */
import { type Assignment, released } from "@/course/assignment.ts";
import { gradeIdOf } from "@/course/nbgrader.ts";
import { notebookText } from "@/notebook/document.ts";
import { cell } from "./submissions.ts";

/** Changes of the students' notebook; what is not changed is answered plainly. */
export interface Style {
  /** Sources of the cells that students write in, by their grade_id. */
  answers?: Partial<Record<keyof typeof PLAIN, string>>;
  /** Cells of one's own at the beginning. */
  first?: string[];
  /** Cells of one's own after the cell with this grade_id. */
  after?: Record<string, string[]>;
  /** Cells of one's own at the end. */
  last?: string[];
  /** Jupyter waits for it until somebody loses patience. */
  endless?: boolean;
}

const PLAIN = {
  bce: `function bceOnLogits(logits: number[], labels: number[]): number {
  const softplus = (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
  let sum = 0;
  logits.forEach((a, i) => sum += labels[i] * softplus(-a) + (1 - labels[i]) * softplus(a));
  return sum / logits.length;
}`,
  value: `function valueOfGame(realLogits: number[], fakeLogits: number[]): number {
  return -bceOnLogits(realLogits, realLogits.map(() => 1)) -
    bceOnLogits(fakeLogits, fakeLogits.map(() => 0));
}`,
  dstar: `function optimalLogits(logP: number[], logQ: number[], prior = 0.5): number[] {
  return logP.map((p, i) => p - logQ[i] + Math.log(prior / (1 - prior)));
}`,
  divergences: `function kl(p: number[], q: number[]): number {
  return p.reduce((sum, pi, i) => pi === 0 ? sum : sum + pi * Math.log(pi / q[i]), 0);
}
function js(p: number[], q: number[]): number {
  const m = p.map((pi, i) => (pi + q[i]) / 2);
  return (kl(p, m) + kl(q, m)) / 2;
}`,
  cost: `function costOnGrid(logP: number[], logQ: number[], width: number): number {
  const softplus = (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
  const weigh = (log: number, value: number) => log === -Infinity ? 0 : Math.exp(log) * value;
  const logits = optimalLogits(logP, logQ);
  return -width * logits.reduce((sum, a, i) =>
    sum + weigh(logP[i], softplus(-a)) + weigh(logQ[i], softplus(a)), 0);
}`,
};

const SOFTPLUS = "Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)))";

/** The loss with a softplus of this name. */
const bceWith = (softplus: string) =>
  `function bceOnLogits(logits: number[], labels: number[]): number {
  const losses = logits.map((a, i) => labels[i] * ${softplus}(-a) + (1 - labels[i]) * ${softplus}(a));
  return losses.reduce((sum, each) => sum + each, 0) / losses.length;
}`;

/** Both divergences with a function that has all of KL(p, q) in it. */
const divergencesWith = (call: string) =>
  `function kl(p: number[], q: number[]): number { return ${call}; }
function js(p: number[], q: number[]): number {
  const m = p.map((pi, i) => (pi + q[i]) / 2);
  return (kl(p, m) + kl(q, m)) / 2;
}`;

export const styles: Record<string, Style> = {
  "plain": {},
  "a class with static methods": {
    answers: {
      bce: `class Losses {
  static readonly zero = 0;
  static softplus(a: number): number { return ${SOFTPLUS}; }
  static #weigh(y: number, a: number) { return y * this.softplus(-a) + (1 - y) * this.softplus(a); }
  static mean(logits: number[], labels: number[]) {
    return logits.reduce((sum, a, i) => sum + Losses.#weigh(labels[i], a), Losses.zero) / logits.length;
  }
}
function bceOnLogits(logits: number[], labels: number[]) { return Losses.mean(logits, labels); }`,
    },
  },
  "a method of all arrays, in a cell below": {
    answers: {
      bce: `function bceOnLogits(logits: number[], labels: number[]): number {
  return (logits.map((a, i) => labels[i] * sp(-a) + (1 - labels[i]) * sp(a)) as any).mean();
}
function sp(a: number) { return ${SOFTPLUS}; }`,
    },
    after: {
      bce: [
        `(Array.prototype as any).mean = function () { return this.reduce((s: number, x: number) => s + x, 0) / this.length; };`,
      ],
    },
  },
  "a class that does something as it is declared": {
    first: [`class Setup { static { (globalThis as any).sp = (a: number) => ${SOFTPLUS}; } }`],
    answers: { bce: bceWith("sp") },
  },
  "a function of the global object": {
    answers: { bce: bceWith("sp") },
    first: [`(globalThis as any).sp = (a: number) => ${SOFTPLUS};`],
  },
  "a helper in a later cell": {
    answers: { bce: bceWith("later") },
    after: { "bce": ["", `const later = (a: number) => ${SOFTPLUS};`] },
  },
  "an object that other cells fill": {
    first: [
      "const tools: Record<string, (...args: any[]) => any> = {};",
      `tools.softplus = (a: number) => ${SOFTPLUS};`,
    ],
    answers: { bce: bceWith("tools.softplus"), divergences: divergencesWith("tools.kl(p, q)") },
    after: {
      "value-coin": [
        `tools.kl = (p: number[], q: number[]) => p.reduce((s, pi, i) => pi ? s + pi * Math.log(pi / q[i]) : s, 0);`,
      ],
    },
  },
  "a variable that another cell sets": {
    first: ["let f: (a: number) => number;"],
    answers: { bce: bceWith("f") },
    after: { bce: [`f = (a) => ${SOFTPLUS};`] },
  },
  "a given name used for something else before": {
    first: [`const cells = "mine", standard = 3;
function middles() { return "mine"; }
const note = [cells, standard, middles()];`],
  },
  "the stubs left, the functions set below": {
    answers: {
      divergences: `function kl(): number { throw new Error("Write kl"); }
function js(): number { throw new Error("Write js"); }`,
    },
    after: {
      divergences: [
        `kl = (p, q) => p.reduce((s, pi, i) => pi === 0 ? s : s + pi * Math.log(pi / q[i]), 0);
js = (p, q) => { const m = p.map((x, i) => (x + q[i]) / 2); return kl(p, m) / 2 + kl(q, m) / 2; };`,
      ],
    },
  },
  "the stubs left, the functions set in the global object": {
    answers: {
      dstar: `function optimalLogits(): number[] { throw new Error("Write optimalLogits"); }`,
    },
    after: {
      dstar: [`globalThis.optimalLogits = (logP, logQ, prior = 0.5) =>
  logP.map((p, i) => p - logQ[i] + Math.log(prior) - Math.log(1 - prior));`],
    },
  },
  "functions wrapped below": {
    answers: {
      divergences: divergencesWith("p.reduce((s, pi, i) => s + pi * Math.log(pi / q[i]), 0)"),
    },
    after: {
      divergences: [`const withZeros = kl;
kl = (p, q) => withZeros(p.filter((pi) => pi > 0), q.filter((_, i) => p[i] > 0));`],
    },
  },
  "var, and functions without a name": {
    answers: {
      bce: `var softplus = function (a) { return ${SOFTPLUS}; };
var bceOnLogits = function (logits, labels) {
  var sum = 0;
  for (var i = 0; i < logits.length; i++) sum += labels[i] * softplus(-logits[i]) + (1 - labels[i]) * softplus(logits[i]);
  return sum / logits.length;
};`,
      dstar: `var optimalLogits = function () {
  var [logP, logQ, prior = 0.5] = arguments;
  return logP.map(function (p, i) { return p - logQ[i] + Math.log(prior / (1 - prior)); });
};`,
    },
  },
  "arrow functions": {
    answers: {
      bce: `const mean = (xs: number[]) => xs.reduce((s, x) => s + x, 0) / xs.length;
const softplus = (a: number) => ${SOFTPLUS};
const bceOnLogits = (logits: number[], labels: number[]) =>
  mean(logits.map((a, i) => labels[i] * softplus(-a) + (1 - labels[i]) * softplus(a)));`,
    },
  },
  "async functions": {
    answers: {
      bce: PLAIN.bce.replace("function", "async function").replace(
        "): number {",
        "): Promise<number> {",
      ),
      value: `async function valueOfGame(real: number[], fake: number[]) {
  const both = await Promise.all([bceOnLogits(real, real.map(() => 1)), bceOnLogits(fake, fake.map(() => 0))]);
  return -both[0] - both[1];
}`,
    },
  },
  "generators": {
    answers: {
      bce: `function* losses(logits: Iterable<number>, labels: number[]) {
  let i = 0;
  for (const a of logits) { const y = labels[i++]; yield y * softplus(-a) + (1 - y) * softplus(a); }
}
function softplus(a: number) { return ${SOFTPLUS}; }
function bceOnLogits(logits: number[], labels: number[]) {
  const all = [...losses(logits, labels)];
  return all.reduce((s, x) => s + x) / all.length;
}`,
    },
  },
  "currying": {
    answers: {
      divergences:
        `const over = (term: (p: number, q: number) => number) => (p: number[], q: number[]) =>
  p.map((pi, i) => term(pi, q[i])).reduce((s, x) => s + x, 0);
const kl = over((p, q) => p === 0 ? 0 : p * Math.log(p / q));
const js = over((p, q) => [[p, q], [q, p]].map(([a, b]) => a === 0 ? 0 : a * Math.log(2 * a / (a + b)) / 2).reduce((s, x) => s + x));`,
    },
  },
  "functions taken out of an object": {
    answers: {
      divergences: `const { kl, js, ...others } = {
  kl(p: number[], q: number[]): number { return p.reduce((s, pi, i) => pi === 0 ? s : s + pi * Math.log(pi / q[i]), 0); },
  js: (p: number[], q: number[]) => { const m = p.map((x, i) => (x + q[i]) / 2); return (kl(p, m) + kl(q, m)) / 2; },
  unused: 3,
};`,
    },
  },
  "JavaScript of another age": {
    answers: {
      cost: `function Cost(logP, logQ) { this.logP = logP; this.logQ = logQ; }
Cost.prototype.at = function (i) {
  var p = this.logP[i], q = this.logQ[i], a = optimalLogits([p], [q])[0];
  return (p === -Infinity ? 0 : Math.exp(p) * Cost.softplus(-a)) + (q === -Infinity ? 0 : Math.exp(q) * Cost.softplus(a));
};
Cost.softplus = function (a) { return ${SOFTPLUS}; };
function costOnGrid(logP, logQ, width) {
  var cost = new Cost(logP, logQ), sum = 0;
  walk: for (var i = 0; ; i++) { if (i >= logP.length) break walk; sum -= width * cost.at(i); }
  return sum;
}`,
    },
  },
  "enumerations, namespaces, generics": {
    answers: {
      bce: `import type { Random } from "@/random.ts";
enum Label { generated = 0, real = 1 }
namespace Stable {
  export const softplus = (a: number): number => ${SOFTPLUS};
}
abstract class Loss<T extends readonly number[]> {
  constructor(private readonly logits: T, protected labels: T) {}
  abstract of(a: number, y: number): number;
  mean(): number { return this.logits.reduce((s, a, i) => s + this.of(a, this.labels[i]), 0) / this.logits.length; }
}
class Bce extends Loss<number[]> {
  override of(a: number, y: number) { return y * Stable.softplus(-a) + (Label.real - y) * Stable.softplus(a); }
}
function bceOnLogits(logits: number[], labels: number[]): number;
function bceOnLogits<T extends number[]>(logits: T, labels: T) { return new Bce(logits, labels).mean() satisfies number; }`,
    },
  },
  "decorators and accessors": {
    answers: {
      bce: `function stable(_value: unknown, _context: ClassMethodDecoratorContext) {
  return function (a: number) { return ${SOFTPLUS}; };
}
class Tools {
  accessor base = 0;
  @stable softplus(a: number): number { return Math.log(1 + Math.exp(a)); }
}
const tools = new Tools();
${bceWith("tools.softplus")}`,
    },
  },
  "exports": {
    answers: {
      bce: `export const softplus = (a: number) => ${SOFTPLUS};\nexport ${bceWith("softplus")}`,
      dstar: `export default ${PLAIN.dstar}`,
      divergences: `${PLAIN.divergences}\nexport { js, kl as divergence };`,
    },
  },
  "a module in a function": {
    answers: {
      divergences: `const divergences = (() => {
  const term = (p: number, q: number) => p === 0 ? 0 : p * Math.log(p / q);
  const kl = (p: number[], q: number[]) => p.reduce((s, pi, i) => s + term(pi, q[i]), 0);
  const mix = (p: number[], q: number[]) => p.map((x, i) => (x + q[i]) / 2);
  return { kl, js: (p: number[], q: number[]) => (kl(p, mix(p, q)) + kl(q, mix(p, q))) / 2 };
})();
const kl = divergences.kl, js = divergences.js;`,
    },
  },
  "a proxy": {
    answers: {
      divergences:
        `const handler = { get: (_: object, name: string) => (p: number, q: number) => name === "term" && p !== 0 ? p * Math.log(p / q) : 0 };
const tools: any = new Proxy({}, handler);
${divergencesWith("p.reduce((s, pi, i) => s + tools.term(pi, q[i]), 0)")}`,
    },
  },
  "caches": {
    answers: {
      bce: `const known = new Map<number, number>();
const memoized = (f: (a: number) => number) => (a: number) => {
  if (!known.has(a)) known.set(a, f(a));
  return known.get(a)!;
};
const softplus = memoized((a) => ${SOFTPLUS});
${bceWith("softplus")}`,
    },
  },
  "recursion, renamed by another cell": {
    answers: {
      divergences: `function sum(p: number[], q: number[], i = 0): number {
  return i === p.length ? 0 : (p[i] === 0 ? 0 : p[i] * Math.log(p[i] / q[i])) + sum(p, q, i + 1);
}
const first = sum;
${divergencesWith("sum(p, q)")}`,
    },
    after: { divergences: ["sum = (p, q, i = 0) => first(p, q, i);"] },
  },
  "big integers inside, typed arrays as answers": {
    answers: {
      dstar: `function optimalLogits(logP: number[], logQ: number[], prior = 0.5) {
  const logits = new Float64Array(logP.length);
  for (let i = 0n; i < BigInt(logP.length); i++) {
    const at = Number(i);
    logits[at] = logP[at] - logQ[at] + Math.log(prior / (1 - prior));
  }
  return logits;
}`,
    },
  },
  "much printing": {
    answers: {
      bce: PLAIN.bce.replace(
        "let sum = 0;",
        `console.log("logits", logits); console.table(labels); Deno.stdout.writeSync(new TextEncoder().encode("."));
  let sum = 0;`,
      ),
    },
    after: {
      bce: [`for (let i = 0; i < 1000; i++) console.log("loss", bceOnLogits([i], [0.5]));`],
    },
  },
  "await at the top, and imports in the middle": {
    first: [`const stable = await import("@/math/stable.ts");
const points = stable.linspace(0, 1, 3);`],
    answers: {
      bce: `const softplus = await Promise.resolve((a: number) => ${SOFTPLUS});\n${
        bceWith("softplus")
      }`,
      dstar: `async function optimalLogits(logP: number[], logQ: number[], prior = 0.5) {
  const { linspace } = await import("@/math/stable.ts");
  return logP.map((p, i) => linspace(0, 0, 2)[0] + p - logQ[i] + Math.log(prior / (1 - prior)));
}`,
      cost: PLAIN.cost.replace("function", "async function").replace(
        "): number {",
        "): Promise<number> {",
      )
        .replace("= optimalLogits", "= await optimalLogits"),
    },
  },
  "errors in cells beside it": {
    first: [`const table = [];\nthrow new Error("an experiment that failed");`],
    answers: { bce: bceWith("table.softplus") },
    after: {
      bce: [
        `table.softplus = (a) => ${SOFTPLUS};\nnothing.there;\ntable.softplus = 3;`,
        "for (const ) {",
      ],
    },
  },
  "a second draft that the kernel refuses": {
    after: { divergences: [`const kl = () => NaN, js = () => NaN;`] },
  },
  "cells that never end, below all": {
    answers: { bce: bceWith("(globalThis as any).sp") },
    after: { bce: [`(globalThis as any).sp = (a: number) => ${SOFTPLUS};`] },
    last: ["for (;;);", "await new Promise(() => {});", "const more = 3;"],
    endless: true,
  },
  "names of ours and of the language": {
    first: [
      `const tf = 1, decode = 2, encode = 3, serve = 4, $note = 5, $provide = 6, $hidden = 7, provided = 8;
const Math = globalThis.Math, Array = globalThis.Array, JSON = globalThis.JSON, console = { log() {} };
let names = 9, cell = 10, exports = 11, Answer = 12, globals = 13;`,
    ],
  },
  "a function above what is given": {
    first: [
      `${PLAIN.cost}\n${PLAIN.divergences}\nconst early = () => costOnGrid(standard, standard, cells.width);`,
    ],
    answers: { cost: "// see above", divergences: "// see above" },
  },
  "variables of blocks": {
    answers: {
      bce: `try { var softplus = (a: number) => ${SOFTPLUS}; } catch { /* never */ }
if (softplus(0) > 0) { var scale = 1; } else var scale = 2;
for (var last = 0; last < 3; last++);
${bceWith("scale * last / 3 * softplus")}`,
    },
  },
  "using, a set of letters, a function made of text": {
    answers: {
      bce:
        `using tool = { softplus: new Function("a", "return ${SOFTPLUS}"), [Symbol.dispose]() { this.softplus = null; } };
const letters = /[\\p{L}--[a-z]]/v;
if (!letters.test("A")) throw new Error("never");
${bceWith("tool.softplus")}`,
    },
  },
};

/** What a student hands in who writes like this. */
export function styled(
  assignment: Assignment,
  { answers, first = [], after = {}, last = [] }: Style,
) {
  const student = structuredClone(released(assignment));
  let own = 0;
  const ownCell = (source: string) => cell(source, { id: `own-${own++}` });
  student.cells = student.cells.flatMap((each) => {
    const id = gradeIdOf(each) ?? "";
    const source = answers?.[id as keyof typeof PLAIN] ?? PLAIN[id as keyof typeof PLAIN];
    return [
      source === undefined ? each : { ...each, source },
      ...(after[id] ?? []).map(ownCell),
    ];
  });
  student.cells.unshift(...first.map(ownCell));
  student.cells.push(...last.map(ownCell));
  return notebookText(student);
}
