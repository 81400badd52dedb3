/**
 * The functions with which the checks of an assignment are written: comparisons that say what is
 * wrong, and random inputs.
 *
 * In a notebook a check calls the student's functions directly. In the grader the same check runs
 * in the trusted process, and the functions answer from another one, so that a call is awaited:
 *
 * ```ts
 * import { freshRandom, near } from "@/course/check.ts";
 *
 * const random = freshRandom("halves");
 * const half = (x: number) => x / 2;
 * const x = random.uniform();
 * near(await half(x), x / 2, 1e-12, "half of x");
 * ```
 *
 * A check looks at an answer through these functions only. They accept anything as an answer and
 * never loop over what it says about itself.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { Random } from "@/random.ts";

/** Thrown by a check that does not hold. */
export class CheckError extends Error {
  /** Tells this error from others after a message has passed between processes. */
  override name = "CheckError";
  /**
   * An error that says what was asked for and what came.
   *
   * @param hint What the check asks for; a student may always read it.
   * @param detail What was found and what was expected, where that says more.
   * @param got The answer, in short.
   */
  constructor(readonly hint: string, detail = "", readonly got = "") {
    super(detail ? `${hint}: ${detail}` : hint);
  }
}

/** Numbers, arrays of any depth, and tensors. */
export type Numeric = number | ArrayLike<unknown> | { dataSync(): ArrayLike<number> };

/**
 * Holds if both have the same shape and every number is near: a difference of at most `tolerance`,
 * times the expected number if that is larger than 1. Infinities are near themselves only; NaN is
 * near nothing.
 */
export function near(actual: unknown, expected: Numeric, tolerance: number, hint: string): void {
  compare(actual, expected, hint, (a, e) => {
    if (a === e) return true;
    return Number.isFinite(e) && Math.abs(a - e) <= tolerance * Math.max(1, Math.abs(e));
  });
}

/** Holds if both have the same shape and every number is the same; NaN is the same as nothing. */
export function same(actual: unknown, expected: Numeric, hint: string): void {
  compare(actual, expected, hint, (a, e) => a === e);
}

/** Holds if it has the same shape, the shapes of its members included. The numbers may be any. */
export function sameShape(actual: unknown, expected: Numeric, hint: string): void {
  compare(actual, expected, hint, () => true);
}

/** Holds if it is true. `got` is what the report shows of a wrong answer. */
export function holds(condition: unknown, hint: string, got?: unknown): void {
  if (condition !== true) throw new CheckError(hint, "", got === undefined ? "" : brief(got));
}

/** Where random inputs come from: fresh ones each time, or the grader's. */
let seed: number | undefined;

/** Makes `freshRandom` repeatable: for the grader. */
export function useCheckSeed(value: number): void {
  seed = value;
}

/** Whether checks run in the grader, and not in a notebook. */
export function inGrader(): boolean {
  return seed !== undefined;
}

/** Random inputs for the check of this name: new at each run of a notebook. */
export function freshRandom(name: string): Random {
  const own = seed ?? crypto.getRandomValues(new Uint32Array(1))[0];
  return new Random(own).split(`check ${name}`);
}

function compare(
  actual: unknown,
  expected: Numeric,
  hint: string,
  agree: (actual: number, expected: number) => boolean,
): void {
  const refuse = (detail: string): never => {
    throw new CheckError(hint, detail, brief(actual));
  };
  const where = (at: string) => at && ` at ${at}`;
  const go = (actual: unknown, expected: unknown, at: string): void => {
    if (typeof expected === "number") {
      if (typeof actual !== "number") refuse(`expected a number${where(at)}, got ${brief(actual)}`);
      if (!agree(actual as number, expected)) {
        refuse(`expected ${short(expected)}${where(at)}, got ${short(actual as number)}`);
      }
      return;
    }
    const wanted = listOf(expected)!;
    const found = listOf(actual);
    if (!found) {
      return refuse(`expected ${wanted.length} numbers${where(at)}, got ${brief(actual)}`);
    }
    if (shapeOf(expected) !== shapeOf(actual)) {
      refuse(`expected the shape [${shapeOf(expected)}]${where(at)}, got [${shapeOf(actual)}]`);
    }
    for (let i = 0; i < wanted.length; i++) go(found[i], wanted[i], `${at}[${i}]`);
  };
  go(actual, expected, "");
}

/** The numbers of a tensor or a typed array, or the members of an array; undefined for others. */
function listOf(value: unknown): ArrayLike<unknown> | undefined {
  if (Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value) && "length" in value) {
    return value as ArrayBufferView & ArrayLike<unknown>;
  }
  return isTensor(value) ? value.dataSync() : undefined;
}

function shapeOf(value: unknown): string {
  return isTensor(value) ? value.shape.join(", ") : String(listOf(value)?.length);
}

function isTensor(value: unknown): value is { shape: number[]; dataSync(): ArrayLike<number> } {
  return typeof (value as { dataSync?: unknown })?.dataSync === "function";
}

/** An answer in at most 80 characters: its first members, three levels deep. */
export function brief(value: unknown, depth = 0): string {
  if (typeof value === "number") return short(value);
  const list = listOf(value);
  if (list) {
    if (depth > 2) return "[…]";
    const first = Array.from(
      { length: Math.min(3, list.length) },
      (_, i) => brief(list[i], depth + 1),
    );
    if (list.length > 3) first.push(`… (${list.length})`);
    return `[${first.join(", ")}]`.slice(0, 80);
  }
  if (Object.prototype.toString.call(value) === "[object Object]") {
    if (depth > 2) return "{…}";
    const keys = Object.keys(value as object);
    if (keys.length === 0) return "{}";
    const first = keys.slice(0, 3).map((key) =>
      `${key.slice(0, 40)}: ${brief((value as Record<string, unknown>)[key], depth + 1)}`
    );
    if (keys.length > 3) first.push(`… (${keys.length})`);
    return `{ ${first.join(", ")} }`.slice(0, 80);
  }
  return host.inspect(value, { depth: 0, strAbbreviateSize: 40, iterableLimit: 3 })
    .replaceAll(/\s+/g, " ").slice(0, 80);
}

function short(value: number): string {
  return String(Number(value.toPrecision(8)));
}
