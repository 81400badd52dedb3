/** What a script asks of JavaScript that a browser of the last two years may lack. */
import { Parser } from "acorn";
import { addMissing } from "@/host/missing.ts";
import { type Node } from "../../support/source.ts";
import { NEW_GLOBALS, NEW_MEMBERS } from "./taken_away.ts";

/** Their names are those of older members of something else: they are taken away and tried. */
const AMBIGUOUS = /^(Iterator|ReadableStream|Response|Blob)\b/;

const added = {};
addMissing(added, {});
/** By whose it is: of an object that has this name, or else of any. */
const FORBIDDEN = new Set(
  Object.entries(NEW_MEMBERS).flatMap(([owner, names]) =>
    names.map((name) => owner.endsWith(".prototype") ? name : `${owner}.${name}`)
      // What the host puts in where it is missing is no lack.
      .filter((name) => !AMBIGUOUS.test(owner) && !(name in added))
  ),
);

/** Where a script's text has something of it: what it is, and the text around. */
export function newJavaScriptIn(text: string): string[] {
  const tree = Parser.parse(text, { ecmaVersion: "latest", sourceType: "module" });
  const found: string[] = [];
  // A script that asks whether there is such a thing can do without.
  const globals = NEW_GLOBALS.filter((name) => !text.includes(`typeof ${name}`));
  visit(tree as unknown as Node, false, (node, inFunction) => {
    const what = newIn(node, inFunction, globals);
    if (what) found.push(`${what}: ${text.slice(node.start, node.end).slice(0, 80)}`);
  });
  return found;
}

function visit(node: Node, inside: boolean, see: (node: Node, inside: boolean) => void): void {
  see(node, inside);
  const within = inside || /Function|PropertyDefinition|StaticBlock/.test(node.type);
  for (const field of Object.values(node)) {
    for (const child of Array.isArray(field) ? field : [field]) {
      if (typeof child?.type === "string" && typeof child.start === "number") {
        visit(child, within, see);
      }
    }
  }
}

function newIn(node: Node, inFunction: boolean, globals: string[]): string | undefined {
  const nameOf = (field: string) => (node[field] as Node).name as string;
  switch (node.type) {
    case "VariableDeclaration":
      return String(node.kind).endsWith("using") ? String(node.kind) : undefined;
    case "AwaitExpression":
      // Safari before 27 may not load a module that two others import and that waits.
      return inFunction ? undefined : "await at the top";
    case "MemberExpression": {
      const [owner, name] = [nameOf("object"), nameOf("property")];
      if (globals.includes(owner)) return owner;
      if (node.computed) return undefined;
      if (owner === "Symbol" && /^(async)?dispose$/i.test(name)) return name;
      return FORBIDDEN.has(name) || FORBIDDEN.has(`${owner}.${name}`) ? name : undefined;
    }
    case "NewExpression":
    case "CallExpression":
      return globals.includes(nameOf("callee")) ? nameOf("callee") : undefined;
    case "Literal": {
      const { flags, pattern } = (node.regex ?? {}) as { flags?: string; pattern?: string };
      return flags?.includes("v") ||
          /\(\?[ims]*-?[ims]*:/.test(pattern?.replaceAll("(?:", "") ?? "")
        ? "a pattern"
        : undefined;
    }
  }
}
