/**
 * The part of `jsr:@std/assert` that this project uses, for machines that cannot reach JSR.
 *
 * Same names, signatures and meaning. `deno.json` puts it in the place of the original with its
 * `links` field; delete that line and the original is used instead.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";

/** Thrown by every assertion that does not hold. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

function fail(reason: string, message?: string): never {
  throw new AssertionError(message ? `${reason}: ${message}` : reason);
}

function show(value: unknown): string {
  // The bundle of a page has this file as well.
  const text = "Deno" in globalThis
    ? Deno.inspect(value, { depth: 6, iterableLimit: 40, strAbbreviateSize: 400 })
    : JSON.stringify(value) ?? String(value);
  return text.length > 2_000 ? `${text.slice(0, 2_000)} …` : text;
}

/** Holds if `expr` is truthy. */
export function assert(expr: unknown, message = ""): asserts expr {
  if (!expr) throw new AssertionError(message);
}

/** Holds if `expr` is falsy. */
export function assertFalse(expr: unknown, message?: string): void {
  if (expr) fail(`Expected a falsy value, got ${show(expr)}`, message);
}

/** Holds if both are equal, member by member; NaN equals NaN. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  if (!isDeepStrictEqual(actual, expected)) {
    fail(
      `Values are not equal\n  actual:   ${show(actual)}\n  expected: ${show(expected)}`,
      message,
    );
  }
}

/** Holds if they differ somewhere. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  if (isDeepStrictEqual(actual, expected)) fail(`Values are equal: ${show(actual)}`, message);
}

/** Holds if `Object.is` says so. */
export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): void {
  if (!Object.is(actual, expected)) {
    fail(`Not the same\n  actual:   ${show(actual)}\n  expected: ${show(expected)}`, message);
  }
}

/** Holds if |actual - expected| ≤ tolerance, by default 1e-7 of `expected`. NaN is near NaN only. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  if (!(Math.abs(expected - actual) <= allowed)) {
    fail(`Expected ${actual} to be within ${allowed} of ${expected}`, message);
  }
}

/** Holds if `actual` is at least `expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void {
  if (!(actual >= expected)) fail(`Expected ${show(actual)} >= ${show(expected)}`, message);
}

/** Holds if `actual` is less than `expected`. */
export function assertLess<T>(actual: T, expected: T, message?: string): void {
  if (!(actual < expected)) fail(`Expected ${show(actual)} < ${show(expected)}`, message);
}

/** Holds if `actual` is greater than `expected`. */
export function assertGreater<T>(actual: T, expected: T, message?: string): void {
  if (!(actual > expected)) fail(`Expected ${show(actual)} > ${show(expected)}`, message);
}

/** Holds if the text contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  if (!actual.includes(expected)) {
    fail(`Expected ${show(actual)} to contain ${show(expected)}`, message);
  }
}

/** Holds if the text matches. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  if (!expected.test(actual)) fail(`Expected ${show(actual)} to match ${expected}`, message);
}

/** Holds if it is an instance of the class. */
// deno-lint-ignore no-explicit-any
export function assertInstanceOf<T extends abstract new (...args: any[]) => any>(
  actual: unknown,
  expectedType: T,
  message?: string,
): asserts actual is InstanceType<T> {
  if (!(actual instanceof expectedType)) {
    fail(`Expected an instance of ${expectedType.name}, got ${show(actual)}`, message);
  }
}

function checkError(
  error: unknown,
  errorClass: ErrorClass<Error> | undefined,
  msgIncludes: string | undefined,
  message: string | undefined,
): void {
  if (!(error instanceof Error)) fail(`A non-Error was thrown: ${show(error)}`, message);
  const found = `${error.name}: ${error.message}`;
  if (errorClass && !(error instanceof errorClass)) {
    fail(`Expected ${errorClass.name}, got ${found}`, message);
  }
  if (msgIncludes !== undefined && !found.includes(msgIncludes)) {
    fail(`Expected the message to contain ${show(msgIncludes)}, got ${show(found)}`, message);
  }
}

/** Holds if `fn` throws, and what it throws is as described. Returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
  message?: string,
): E {
  try {
    fn();
  } catch (error) {
    checkError(error, errorClass, msgIncludes, message);
    return error as E;
  }
  return fail("Expected a throw", message);
}

/** Holds if `fn` rejects, and what it rejects with is as described. Returns it. */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
  message?: string,
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    checkError(error, errorClass, msgIncludes, message);
    return error as E;
  }
  return fail("Expected a rejection", message);
}
