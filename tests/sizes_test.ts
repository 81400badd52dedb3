/** A file is read in one sitting, and a function on one page. */
import { assertEquals } from "@std/assert";
import { type Node, type Source, sourcesBelow } from "./support/source.ts";

const MOST_LINES = 400;
const MOST_OF_A_FUNCTION = 60;
const MOST_ARGUMENTS = 4;
/** In these rooms arguments are words of an operation, or symbols of a formula. */
const WORDS = /^lib\/(engine|gan|tfjs)\//;

const lib = await sourcesBelow("lib");
const all = [...lib, ...await sourcesBelow("tools")];

/** Functions with their names, in the order of the text. */
function functionsOf({ tree }: Source): { name: string; node: Node }[] {
  const found: { name: string; node: Node }[] = [];
  const visit = (node: Node, name: string) => {
    const own = ((node.id ?? node.key) as Node | undefined)?.name as string | undefined ?? name;
    if (/Function/.test(node.type) && node.body) found.push({ name: own, node });
    for (const field of Object.values(node)) {
      for (const child of Array.isArray(field) ? field : [field]) {
        if (typeof child?.type === "string" && typeof child.start === "number") visit(child, own);
      }
    }
  };
  visit(tree, "");
  return found;
}

/** Lines of a function that have code on them: not empty, and not comments alone. */
function codeLines({ text }: Source, { start, end }: Node): number {
  return text.slice(start, end).split("\n")
    .filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length;
}

Deno.test(`no file has more than ${MOST_LINES} lines`, () => {
  const long = all.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > MOST_LINES);
  assertEquals(long, []);
});

Deno.test(`no function has more than ${MOST_OF_A_FUNCTION} lines of code`, () => {
  const long = all.flatMap((source) =>
    functionsOf(source).map(({ name, node }) => ({
      path: source.path,
      name,
      lines: codeLines(source, node),
    }))
  ).filter(({ lines }) => lines > MOST_OF_A_FUNCTION);
  assertEquals(long, []);
});

Deno.test(`no function of lib has more than ${MOST_ARGUMENTS} arguments in a row`, () => {
  const many = lib.filter(({ path }) => !WORDS.test(path)).flatMap((source) =>
    functionsOf(source).filter(({ node }) => (node.params as Node[]).length > MOST_ARGUMENTS)
      .map(({ name }) => `${source.path}: ${name}`)
  );
  assertEquals(many, []);
});
