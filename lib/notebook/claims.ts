/**
 * What the text of a notebook counts on, checked where it is said. A reader who has changed a
 * number, or has run cells out of order, is told what was expected, what came, and which cells to
 * run again.
 *
 * A claim is a function, so that its own text can be shown. The values that it is about are handed
 * over by name, so that the parts of a claim that fails can be computed one by one.
 *
 * ```ts
 * import { claims, isNear } from "@/notebook/claims.ts";
 *
 * const losses = [0.7, 0.694, 0.693];
 * claims("In [3]", { losses }, [
 *   () => losses.every((loss) => loss > 0),
 *   () => isNear(losses.at(-1)!, Math.LN2, 1e-3),
 * ]);
 * ```
 *
 * @module
 */
import { type ArrayExpression, type Expression, type Node, Parser } from "acorn";
import { host } from "@/host/host.ts";
import { numberAlone } from "@/plot/typeset.ts";

/** A claim of the text that does not hold for the numbers as they are. */
export class ClaimError extends Error {
  override name = "ClaimError";
}

/** Something that the text says, as a test of the numbers. */
export type Claim = () => boolean;

/** Whether two numbers are at most this far apart; equal infinities are 0 apart. */
export function isNear(got: number, expected: number, tolerance = 1e-7): boolean {
  return got === expected || Math.abs(got - expected) <= tolerance;
}

/** Whether two values are equal in all their parts. */
export function isSame(got: unknown, expected: unknown): boolean {
  if (got === expected || Number.isNaN(got) && Number.isNaN(expected)) return true;
  if (typeof got !== "object" || typeof expected !== "object" || !got || !expected) return false;
  const names = Object.keys(got);
  return names.length === Object.keys(expected).length &&
    names.every((name) => isSame(got[name as never], expected[name as never]));
}

/**
 * Checks what the text says.
 *
 * @param cells The cells that made the values, such as "In [3]"; "" for the cell itself.
 * @param about All that the claims name.
 * @throws {ClaimError} If a claim does not hold.
 * @throws {ReferenceError} If a claim needs a value that no cell has made.
 */
export function claims(cells: string, about: Record<string, unknown>, all: Claim | Claim[]): void {
  for (const claim of [all].flat()) {
    let thrown: unknown;
    try {
      if (claim() === true) continue;
    } catch (error) {
      // No cell has made a value that the claim needs: the kernel says which one does.
      if (error instanceof ReferenceError) throw error;
      thrown = error;
    }
    throw new ClaimError(message(cells, told(claim, about, thrown)));
  }
}

function message(cells: string, { expected, got }: Told): string {
  const [where, again] = cells === ""
    ? ["in this cell", "this cell"]
    : [`in ${cells}`, `${cells} and then this cell`];
  return `The text counts on ${expected}, but ${got}. If you changed a number or an answer ${where} or before, this is ` +
    `what your change does, and the text does not speak of it: go on with the next cell. Otherwise run ${again} again`;
}

interface Told {
  expected: string;
  got: string;
}

/** The part of a claim that fails, and the values in it. */
function told(claim: Claim, about: Record<string, unknown>, thrown: unknown): Told {
  const source = String(claim);
  const scope = { ...about, isNear, isSame };
  const text = (node: Node) => source.slice(node.start - 1, node.end - 1).replaceAll(/\s+/g, " ");
  const valueOf = (node: Node) =>
    new Function(...Object.keys(scope), `return (${text(node)})`)(...Object.values(scope));
  const body = bodyOf(source);
  try {
    const part = partsOf(body).find((each) => valueOf(each) !== true) ?? body;
    return { expected: expectedBy(part, text), got: gotIn(part, text, valueOf) };
  } catch (error) {
    const why = thrown ?? error;
    return {
      expected: text(body),
      got: `it could not be computed: ${(why as Error)?.message ?? why}`,
    };
  }
}

/** What a claim returns. */
function bodyOf(source: string): Expression {
  const [statement] = Parser.parse(`(${source})`, { ecmaVersion: "latest" }).body;
  if (
    statement.type !== "ExpressionStatement" ||
    statement.expression.type !== "ArrowFunctionExpression" ||
    statement.expression.body.type === "BlockStatement"
  ) {
    throw new TypeError(`Cannot read a claim: it must be () => an expression, got ${source}`);
  }
  return statement.expression.body;
}

/** The claims that "&&" joins. */
function partsOf(node: Expression): Expression[] {
  return node.type === "LogicalExpression" && node.operator === "&&"
    ? [...partsOf(node.left), ...partsOf(node.right)]
    : [node];
}

type Text = (node: Node) => string;
type Value = (node: Node) => unknown;

/** A claim as a reader sees it. */
function expectedBy(node: Expression, text: Text): string {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return text(node);
  const [got, expected, tolerance = "1e-7"] = node.arguments.map(text);
  const { name } = node.callee;
  return name === "isNear"
    ? `${got} = ${expected} ± ${tolerance}`
    : name === "isSame"
    ? `${got} = ${expected}`
    : text(node);
}

/** The values on both sides of a comparison, or of what is compared in another way. */
function gotIn(node: Expression, text: Text, valueOf: Value): string {
  const is = (each: Node) => `${text(each)} is ${written(valueOf(each))}`;
  const sides = (all: Node[]) => all.filter((each) => !isWrittenOut(each)).map(is).join(", ");
  if (node.type === "BinaryExpression") return sides([node.left, node.right]);
  if (node.type === "CallExpression") {
    const { callee, arguments: given } = node;
    if (callee.type === "Identifier") return sides(given.slice(0, 2)) || is(node);
    if (callee.type === "MemberExpression" && text(callee.property) === "every") {
      const list = Array.from(valueOf(callee.object) as ArrayLike<unknown>);
      const holds = valueOf(given[0]) as (item: unknown, i: number, list: unknown[]) => boolean;
      const i = list.findIndex((item, i) => !holds(item, i, list));
      return `item ${i} of ${text(callee.object)} is ${written(list[i])}`;
    }
  }
  return is(node);
}

/** Whether a value is seen in the text of a claim: a number, a word, or a list of them. */
function isWrittenOut(node: Node): boolean {
  return node.type === "Literal" ||
    node.type === "ArrayExpression" &&
      (node as ArrayExpression).elements.every((each) => each !== null && isWrittenOut(each));
}

function written(value: unknown): string {
  if (typeof value === "number") return numberAlone(value);
  return host.inspect(value, { depth: 2, iterableLimit: 6, strAbbreviateSize: 60, compact: true })
    .replaceAll(/\s+/g, " ");
}
