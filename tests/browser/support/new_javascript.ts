/** What a script asks of JavaScript that a browser of the last two years may lack. */
import { Parser } from "acorn";
import { addMissing } from "@/host/missing.ts";
import { type Node } from "../../support/source.ts";
import { NEW_GLOBALS, NEW_MEMBERS } from "./taken_away.ts";

/** Their names are those of older members of something else: they are taken away and tried. */
const AMBIGUOUS = /^(Iterator|ReadableStream|Response|Blob)\b|^Promise$/;

const added = {};
addMissing(added, {});
/** What the host puts in where it is missing is no lack. */
const FORBIDDEN = new Set(
  Object.entries(NEW_MEMBERS).flatMap(([owner, names]) => AMBIGUOUS.test(owner) ? [] : names)
    .filter((name) => !(name in added)),
);
const GLOBALS = new Set(NEW_GLOBALS);

/** Where a script's text has something of it: what it is, and the text around. */
export function newJavaScriptIn(text: string): string[] {
  const tree = Parser.parse(text, { ecmaVersion: "latest", sourceType: "module" });
  const found: string[] = [];
  visit(tree as unknown as Node, false, (node, inFunction) => {
    const what = newIn(node, inFunction);
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

function newIn(node: Node, inFunction: boolean): string | undefined {
  const nameOf = (field: string) => (node[field] as Node).name as string;
  switch (node.type) {
    case "VariableDeclaration":
      return String(node.kind).endsWith("using") ? String(node.kind) : undefined;
    case "AwaitExpression":
      // Safari before 27 may not load a module that two others import and that waits.
      return inFunction ? undefined : "await at the top";
    case "MemberExpression": {
      if (GLOBALS.has(nameOf("object"))) return nameOf("object");
      if (node.computed) return undefined;
      const name = nameOf("property");
      const symbol = nameOf("object") === "Symbol" && /^(async)?dispose$/i.test(name);
      return symbol || FORBIDDEN.has(name) ? name : undefined;
    }
    case "NewExpression":
    case "CallExpression":
      return GLOBALS.has(nameOf("callee")) ? nameOf("callee") : undefined;
    case "Literal": {
      const { flags, pattern } = (node.regex ?? {}) as { flags?: string; pattern?: string };
      return flags?.includes("v") ||
          /\(\?[ims]*-?[ims]*:/.test(pattern?.replaceAll("(?:", "") ?? "")
        ? "a pattern"
        : undefined;
    }
  }
}
