/** Equality in a browser is that of Node. */
import { assertEquals } from "@std/assert";
import { isDeepStrictEqual as inNode } from "node:util";
import { isDeepStrictEqual } from "@/site/cells/node_util.ts";

class Point {
  constructor(readonly x: number) {}
}

const circle: { self?: unknown } = {};
circle.self = circle;
const otherCircle: { self?: unknown } = {};
otherCircle.self = otherCircle;

const VALUES: unknown[] = [
  ...[0, -0, NaN, 1, "1", 1n, true, null, undefined, Symbol.for("a"), Infinity],
  ...[[], [1], [1, 2], [, 1], [undefined, 1], { length: 0 }, {}, { a: 1 }, { a: 1, b: undefined }],
  ...[{ b: { a: [1, { c: NaN }] } }, { b: { a: [1, { c: 0 }] } }, { b: { a: [1, { c: -0 }] } }],
  ...[new Point(1), new Point(2), { x: 1 }, Object.create(null), { [Symbol.for("k")]: 1 }],
  ...[new Uint8Array([1, 2]), new Float32Array([1, 2]), new Float32Array([1, NaN])],
  ...[new Map([[{ a: 1 }, 2]]), new Map([[{ a: 1 }, 3]]), new Set([1, 2]), new Set([2, 1])],
  ...[new Date(1), new Date(2), /a/g, /a/i, new Error("a"), new Error("b"), new TypeError("a")],
  ...[new ArrayBuffer(2), new Uint8Array([1, 0]).buffer, circle, otherCircle],
];

Deno.test("values are equal in a browser where they are for Node", () => {
  for (const a of VALUES) {
    for (const b of [...VALUES, structured(a)]) {
      assertEquals(isDeepStrictEqual(a, b), inNode(a, b), Deno.inspect([a, b]));
    }
  }
});

/** A copy, where there can be one. */
function structured(value: unknown): unknown {
  return typeof value === "symbol" ? value : structuredClone(value);
}
