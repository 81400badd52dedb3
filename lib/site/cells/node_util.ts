/**
 * What `@std/assert` takes from `node:util`, for browsers, which have none. In the import map of a
 * bundle it stands for that module.
 *
 * @module
 */

/** Whether two values are equal, member by member, and of the same kinds; NaN equals NaN. */
export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  return equal(a, b, []);
}

/** @param open The pairs that are being compared: a value may contain itself. */
function equal(a: unknown, b: unknown, open: [object, object][]): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (open.some(([one, other]) => one === a && other === b)) return true;
  const within: [object, object][] = [...open, [a, b]];
  if (a instanceof Date && !Object.is(a.getTime(), (b as Date).getTime())) return false;
  if (a instanceof RegExp && String(a) !== String(b)) return false;
  if (a instanceof Error && (a.name !== (b as Error).name || a.message !== (b as Error).message)) {
    return false;
  }
  if (a instanceof Map || a instanceof Set) {
    if (!equalItems([...a], [...b as Map<unknown, unknown> | Set<unknown>], within)) return false;
  }
  if (a instanceof ArrayBuffer) {
    return equal(new Uint8Array(a), new Uint8Array(b as ArrayBuffer), within);
  }
  if (Array.isArray(a) && a.length !== (b as unknown[]).length) return false;
  const [keys, others] = [keysOf(a), keysOf(b)];
  return keys.length === others.length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(valueOf(a, key), valueOf(b, key), within));
}

/** In any order, as maps and sets have them. */
function equalItems(a: unknown[], b: unknown[], open: [object, object][]): boolean {
  if (a.length !== b.length) return false;
  const left = [...b];
  return a.every((item) => {
    const at = left.findIndex((other) => equal(item, other, open));
    if (at === -1) return false;
    left.splice(at, 1);
    return true;
  });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function keysOf(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key)
  );
}

function valueOf(value: object, key: PropertyKey): unknown {
  return (value as Record<PropertyKey, unknown>)[key];
}
