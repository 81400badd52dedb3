/**
 * Notebooks whose cells are each run twice, as readers do: what a cell shows the second time, and what the first.
 *
 * A module cannot declare a name twice. So the cells' own declarations become assignments to variables of the
 * module, which is what a kernel makes of them.
 */
import { join } from "node:path";
import { type Node, Parser } from "acorn";
import { transform } from "esbuild";
import { codeCells, nameOf, parseNotebook, sourceOf } from "@/notebook/document.ts";
import { outputOf } from "@/io/processes.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";

/** A cell as the statements of a module that may hold it several times. */
export interface Repeatable {
  imports: string[];
  /** Names that it declares. */
  names: string[];
  code: string;
}

/** Names in a pattern on the left of a declaration. */
// deno-lint-ignore no-explicit-any
export function namesIn(pattern: any): string[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern.name];
    case "ArrayPattern":
      return pattern.elements.flatMap(namesIn);
    case "ObjectPattern":
      // deno-lint-ignore no-explicit-any
      return pattern.properties.flatMap((each: any) => namesIn(each.value ?? each.argument));
    case "AssignmentPattern":
      return namesIn(pattern.left);
    case "RestElement":
      return namesIn(pattern.argument);
    default:
      return [];
  }
}

/** A cell without types; imports stay, whether or not the cell itself uses them. */
export async function plainCell(source: string): Promise<{ text: string; body: Node[] }> {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
  const { code: text } = await transform(source, { loader: "ts", format: "esm", tsconfigRaw });
  return { text, body: Parser.parse(text, { ecmaVersion: "latest", sourceType: "module" }).body };
}

export async function repeatable(source: string): Promise<Repeatable> {
  const { text, body } = await plainCell(source);
  const found: Repeatable = { imports: [], names: [], code: "" };
  const [functions, rest]: [string[], string[]] = [[], []];
  // deno-lint-ignore no-explicit-any
  for (const node of body as any[]) {
    const own = text.slice(node.start, node.end);
    if (node.type === "ImportDeclaration") found.imports.push(own);
    else if (node.type === "FunctionDeclaration") {
      found.names.push(node.id.name);
      functions.push(`${node.id.name} = ${own};`);
    } else if (node.type === "VariableDeclaration") {
      // deno-lint-ignore no-explicit-any
      const assignments = node.declarations.map(({ id, init }: any) => {
        found.names.push(...namesIn(id));
        return `${text.slice(id.start, id.end)} = ${
          init ? text.slice(init.start, init.end) : "undefined"
        }`;
      });
      rest.push(`(${assignments.join(", ")});`);
    } else rest.push(own);
  }
  return { ...found, code: [...functions, ...rest].join("\n") };
}

/**
 * Runs each cell of a notebook twice; the cells that do not show the same both times, a line each.
 *
 * @throws {Error} If a cell fails.
 */
export async function shownOtherwise(path: string): Promise<string[]> {
  const cells = codeCells(parseNotebook(await Deno.readTextFile(path), path));
  const parts = await Promise.all(cells.map((cell) => repeatable(sourceOf(cell))));
  const imports = new Map<string, string>();
  for (const line of parts.flatMap((part) => part.imports)) {
    const [, names, from] = /^import \{(.*)\} from (".*");$/s.exec(line) ?? [];
    for (const name of names?.split(",").map((each) => each.trim()).filter(Boolean) ?? []) {
      imports.set(name, `import { ${name} } from ${from};`);
    }
  }
  const program = [
    ...imports.values(),
    `var ${
      [...new Set(parts.flatMap(({ names }) => names))].filter((n) => !imports.has(n)).join(", ")
    };`,
    "const __shown = []; let __place = []; const __log = console.log;",
    "console.log = (...line) => __place.push(line.join(' '));",
    ...parts.flatMap(({ code }) => [
      "{ const both = [[], []]; __shown.push(both); }",
      ...[0, 1].map((time) => `__place = __shown.at(-1)[${time}];\n${code}`),
    ]),
    "__log(JSON.stringify(__shown));",
  ].join("\n");
  const folder = await makeTempFolder({ prefix: "twice-" });
  try {
    const file = join(folder, `${nameOf(path)}.ts`);
    await Deno.writeTextFile(file, program);
    const { success, stdout, stderr } = await outputOf(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", "--config", "deno.json", file],
    });
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const shown: [string[], string[]][] = JSON.parse(new TextDecoder().decode(stdout));
    return shown.flatMap(([first, second], i) => {
      const at = Math.max(first.length, second.length);
      for (let k = 0; k < at; k++) {
        if (first[k] !== second[k]) {
          return [
            `cell ${i + 1} shows first ${first[k] ?? "nothing"} and then ${second[k] ?? "nothing"}`,
          ];
        }
      }
      return [];
    });
  } finally {
    await removeTempFolder(folder);
  }
}
