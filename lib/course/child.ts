/**
 * The program that runs a student's functions, in a process without rights of its own.
 *
 * It trusts nobody and is trusted by nobody: whatever the student's code does to this process, it
 * can change its own answers and nothing more, since what is right is known to the grader alone.
 *
 * It reads a request a line and writes an answer a line, which begins with the request's token; lines
 * that do not are the student's own and mean nothing.
 *
 * @module
 */
import { decode, encode, type MakeTensor } from "./codec.ts";
import { neededFor, type Statement, statementsOf } from "./statements.ts";

/** What the grader asks. */
export type Request =
  | { token: string; load: { cells: string[]; names: string[] } }
  | { token: string; call: { name: string; args: unknown } };

/** What the child says: `error` is the student's own error, in words. */
export type Answer =
  | { loaded: string[]; notes: Note[] }
  | { value: unknown }
  | { error: string };

/** Something that went wrong as the student's cells were taken in. */
export interface Note {
  /** Index of the cell in the request. */
  cell: number;
  message: string;
}

/** Names that a student's import may take, by module. */
export type Provided = Record<string, Record<string, unknown>>;

/** What a cell becomes part of: (the provided names, what notes an error) to the functions. */
type Factory = (
  provide: (source: string, name: string) => unknown,
  note: (cell: number, error: unknown) => void,
) => Promise<Record<string, unknown>>;

/** Answers requests until the grader closes the pipe. */
export async function serve(provided: Provided, makeTensor?: MakeTensor): Promise<void> {
  // Kept from the student's reach: a patched JSON is to spoil nobody's day but the patcher's.
  const { parse, stringify } = JSON;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const write = Deno.stdout.writeSync.bind(Deno.stdout);
  let functions: Record<string, unknown> = {};

  const answer = async (request: Request): Promise<Answer> => {
    try {
      if ("load" in request) {
        const { cells, names } = request.load;
        const { made, notes } = await load(cells, names, provided);
        functions = made;
        return { loaded: names.filter((name) => typeof made[name] === "function"), notes };
      }
      const { name, args } = request.call;
      const values = decode(args, makeTensor) as unknown[];
      const value = await (functions[name] as (...args: unknown[]) => unknown)(...values);
      return { value: encode(value) };
    } catch (error) {
      return { error: describe(error) };
    }
  };

  quieten();
  const lines: string[] = [];
  let busy = false;
  const work = async () => {
    if (busy) return;
    busy = true;
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
      const request = parse(line) as Request;
      const bytes = encoder.encode(`${request.token} ${stringify(await answer(request))}\n`);
      for (let at = 0; at < bytes.length;) at += write(bytes.subarray(at));
    }
    busy = false;
  };
  // Reading goes on while a function runs, so that a closed pipe ends the process.
  const chunk = new Uint8Array(65536);
  let rest = "";
  for (let n = await Deno.stdin.read(chunk); n !== null; n = await Deno.stdin.read(chunk)) {
    const parts = (rest + decoder.decode(chunk.subarray(0, n), { stream: true })).split("\n");
    rest = parts.pop()!;
    lines.push(...parts);
    work();
  }
  Deno.exit(0);
}

/** Takes in the cells, as far as the names depend on them. Each statement fails alone. */
async function load(
  cells: string[],
  names: string[],
  provided: Provided,
): Promise<{ made: Record<string, unknown>; notes: Note[] }> {
  const notes: Note[] = [];
  const note = (cell: number, error: unknown) => {
    if (notes.length < 20) notes.push({ cell, message: describe(error) });
  };
  const statements = cells.flatMap((source, cell) => {
    try {
      return statementsOf(source, cell);
    } catch (error) {
      note(cell, syntaxError(error));
      return [];
    }
  });
  const text = factoryText(neededFor(names, statements), names);
  const factory = (await import(
    "data:application/javascript;base64," + new TextEncoder().encode(text).toBase64()
  )).default as Factory;
  const made = await factory((source, name) => {
    const own = Object.hasOwn(provided, source) ? provided[source] : undefined;
    if (own && name === "*") return own;
    if (own && Object.hasOwn(own, name)) return own[name];
    throw new ReferenceError(
      `${name === "*" ? "" : `${name} of `}"${source}" is not among the imports of this assignment`,
    );
  }, note);
  return { made, notes };
}

/**
 * Statements as a function that makes the named values. As in a notebook, a name that is declared
 * twice is what it was last, and the functions of a cell are there from its beginning.
 */
export function factoryText(statements: Statement[], names: string[]): string {
  const declared = new Set(statements.flatMap(({ declares }) => declares));
  const order = { import: 0, function: 1, class: 2, variable: 2, other: 2 };
  const sorted = statements.toSorted((a, b) => a.cell - b.cell || order[a.kind] - order[b.kind]);
  const guarded = (cell: number, code: string) =>
    `try { ${code}\n} catch (error) { $note(${cell}, error); }`;
  const lines = sorted.flatMap((each) => {
    const { cell, kind, declares, text } = each;
    if (kind === "import") {
      return each.imports!.map(({ local, name }) =>
        guarded(
          cell,
          `${local} = $provide(${JSON.stringify(each.source)}, ${JSON.stringify(name)});`,
        )
      );
    }
    if (kind === "function" || kind === "class") {
      return [guarded(cell, `${declares[0]} = ${text};`)];
    }
    if (kind === "variable") {
      return each.assignments!.map((assignment) => guarded(cell, `${assignment};`));
    }
    return [guarded(cell, text)];
  });
  return [
    "export default async ($provide, $note) => {",
    declared.size > 0 ? `let ${[...declared].join(", ")};` : "",
    ...lines,
    `return { ${names.filter((name) => declared.has(name)).join(", ")} };`,
    "};",
  ].join("\n");
}

/** An error of the parser, as its first line and the place in the cell. */
function syntaxError(error: unknown): SyntaxError {
  const message = String((error as Error)?.message);
  const line = message.match(/(\d+):\d+\)?$/)?.[1];
  const [first] = message.replace(/^(SyntaxError: )?(\[InvalidSyntax\] )?/, "").split("\n");
  const what = first.replace(/ \(\d+:\d+\)$/, "");
  return new SyntaxError(line === undefined ? what : `${what} (line ${line} of the cell)`);
}

/** An error in words, at most 300 characters. It may be anything: it is the student's. */
function describe(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return text.slice(0, 300);
  } catch {
    return "an error that cannot be read";
  }
}

/** What is printed is lost, and a promise that fails unheard is no reason to end. */
function quieten(): void {
  for (const name of Object.keys(console)) {
    (console as unknown as Record<string, unknown>)[name] = () => {};
  }
  for (const kind of ["unhandledrejection", "error"]) {
    globalThis.addEventListener(kind, (event) => event.preventDefault());
  }
}
