/**
 * A cell as a script for the console of V8, which is what evaluates cells in Deno's kernel:
 * variables of all cells are in one scope, may be declared again, and `await` needs no function
 * around it.
 *
 * As in the kernel, imports become calls in place, `export` means nothing, and what `using` names
 * is never disposed of, since the notebook goes on.
 *
 * @module
 */
import { type Identifier, type Node, type Program } from "acorn";
import { extract_names } from "periscopic";
import { type ParsedTypeScript, parsedTypeScript } from "./typescript_syntax.ts";

type TopLevel = Program["body"][number];

/** What scripts call: functions of the global scope. */
export interface Hooks {
  /** (module, names) to their values. */
  provide: string;
  /** Replaces `import` in `import(…)`, and is as long as that word. */
  dynamic: string;
  /** A module in TypeScript, as a text, to its exports. */
  typescript: string;
}

/**
 * The script of a cell.
 *
 * @param only Leaves out everything that computes: imports, functions and classes remain.
 * @throws {SyntaxError} If the cell cannot be parsed.
 */
export function scriptOf(source: string, hooks: Hooks, only?: "declarations"): string {
  const statements = parsedTypeScript(source, hooks.dynamic).flatMap((parsed) => {
    const nodes = only ? parsed.nodes.filter(isDeclaration) : parsed.nodes;
    if (parsed.lifted !== undefined && nodes.length > 0) return liftedScript(parsed, hooks);
    return nodes.map((node) => nodeScript(node, parsed, hooks));
  });
  return statements.join("\n;");
}

function nodeScript(node: TopLevel, parsed: ParsedTypeScript, hooks: Hooks): string {
  const slice = ({ start, end }: Node) => parsed.text.slice(start, end);
  switch (node.type) {
    case "ImportDeclaration": {
      const names = node.specifiers.map((each) => {
        if (each.type === "ImportNamespaceSpecifier") return "*";
        if (each.type === "ImportDefaultSpecifier") return "default";
        const { imported } = each;
        return imported.type === "Identifier" ? imported.name : String(imported.value);
      });
      const locals = node.specifiers.map(({ local }) => local.name);
      const source = JSON.stringify(node.source.value);
      return `const [${locals.join(", ")}] = ${hooks.provide}(${source}, ${
        JSON.stringify(names)
      });`;
    }
    case "ExportNamedDeclaration":
      return node.declaration ? nodeScript(node.declaration, parsed, hooks) : "";
    case "ExportAllDeclaration":
      return "";
    case "ExportDefaultDeclaration": {
      const { declaration } = node;
      const named = /^(Function|Class)Declaration$/.test(declaration.type) &&
        (declaration as { id?: Identifier }).id;
      return named ? slice(declaration) : `(${slice(declaration)});`;
    }
    case "VariableDeclaration":
      return /using$/.test(node.kind)
        ? `const ${parsed.text.slice(node.declarations[0].start, node.end)}`
        : slice(node);
    default:
      return slice(node);
  }
}

/** Syntax that no engine knows yet, as a module: it sees the variables of the scripts. */
function liftedScript({ nodes, lifted }: ParsedTypeScript, hooks: Hooks): string {
  const names = nodes.flatMap(declaredBy);
  const text = JSON.stringify(`${lifted}\nexport { ${names.join(", ")} };`);
  return `${
    names.length > 0 ? `let { ${names.join(", ")} } = ` : ""
  }await ${hooks.typescript}(${text});`;
}

function declaredBy(outer: TopLevel): string[] {
  const node = "declaration" in outer && outer.declaration ? outer.declaration : outer;
  if (node.type === "VariableDeclaration") {
    return node.declarations.flatMap(({ id }) => extract_names(id as never));
  }
  const { id } = node as { id?: Identifier };
  return /Declaration$/.test(node.type) && id ? [id.name] : [];
}

function isDeclaration(outer: TopLevel): boolean {
  const node = "declaration" in outer && outer.declaration ? outer.declaration : outer;
  if (node.type === "VariableDeclaration") {
    return node.declarations.every(({ init }) =>
      /^(ArrowFunction|Function|Class)Expression$/.test(init?.type ?? "")
    );
  }
  return /^(Import|Function|Class|ExportAll|ExportNamed)Declaration$/.test(node.type);
}
