/**
 * The program that runs a student's functions, in a process without rights of its own.
 *
 * It trusts nobody and is trusted by nobody: whatever the student's code does to this process, it
 * can change its own answers and nothing more, since only the grader knows what is right.
 *
 * It says "ready", reads requests and writes answers over a channel that is not its standard input
 * and output; an answer begins with the request's token.
 *
 * There are two ways to take in a notebook. As functions: the statements that they are made of are
 * chosen from all cells, and each statement fails alone. As a notebook: its cells are run whole and
 * in order, as in Deno's kernel.
 *
 * @module
 */
import process from "node:process";
import { type HookFunctions, type NotebookSession } from "./child_notebook.ts";
import { decode, encode, type MakeTensor } from "./codec.ts";
import { neededFor, type Statement, statementsOf } from "./statements.ts";

// A cell may declare a variable of any of these names, which then counts for modules as well.
const {
  Error,
  JSON,
  Object,
  Promise,
  Proxy,
  ReferenceError,
  String,
  SyntaxError,
  TextEncoder,
} = globalThis;

/** A cell that is taken in. */
export interface TakenCell {
  source: string;
  /** Whether the student has written or changed it. */
  own: boolean;
  /** Only its imports and functions count: a cell with checks, in a notebook. */
  declarations?: boolean;
}

/** What the grader asks. */
export type Request =
  | { token: string; load: { cells: TakenCell[]; names: string[] } }
  | { token: string; prepare: { cells: string[] } }
  | { token: string; run: { cell: number; only?: "declarations" } }
  | { token: string; take: { names: string[] } }
  | { token: string; call: { name: string; args: unknown } };

/** What the child says: `error` is the student's own error, in words. */
export type Answer =
  | Loaded
  | { value: unknown }
  | { error: string };

/** Cells have been taken in. */
export interface Loaded {
  /** Names that are functions. */
  loaded: string[];
  notes: Note[];
  /** Whether the notebook, if it is run whole, could give other functions. */
  differs?: boolean;
}

/** Something that went wrong as the student's cells were taken in. */
export interface Note {
  /** Index of the cell in the request. */
  cell: number;
  message: string;
}

/** Names that a student's import may take, by module. */
export type Provided = Record<string, Record<string, unknown>>;

/** Getters of the functions, by name. */
type Functions = Record<string, () => unknown>;

/**
 * The chosen statements as a function: (imports, error listener, dynamic import) to the functions.
 */
type Factory = (
  provide: (source: string, name: string) => unknown,
  note: (cell: number, error: unknown) => void,
  dynamic: (source: string, options?: ImportCallOptions) => Promise<unknown>,
) => Promise<Functions>;

/** Makes the notebook of a process that runs cells whole. */
type MakeNotebook = (hooks: HookFunctions) => NotebookSession;

/** Answers requests until the grader closes the channel. */
export function serveChild(
  provided: Provided,
  makeTensor?: MakeTensor,
  makeNotebook?: MakeNotebook,
): void {
  const channel = takeChannel();
  const { parse, stringify } = JSON;
  const child = new Child(provided, makeTensor, makeNotebook);
  quieten();
  const lines: string[] = [];
  let busy = false;
  const work = async () => {
    if (busy) return;
    busy = true;
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
      const request = parse(line) as Request;
      channel?.send(`${request.token} ${stringify(await child.answer(request))}`);
    }
    busy = false;
  };
  // Reading goes on while a function runs, so that a closed channel ends the process.
  channel?.listen((line) => {
    lines.push(line);
    work();
  });
  channel?.send("ready");
}

/**
 * The channel to the grader, out of the student's reach from now on. There is none if the grader
 * only wants to hear why this program does not start.
 */
function takeChannel() {
  if (!process.send) return undefined;
  const send = process.send.bind(process);
  Reflect.deleteProperty(process, "send");
  return {
    send(text: string): void {
      // What the student's code has written to the descriptor by its number becomes a line of its
      // own.
      send("");
      send(text);
    },
    listen(heard: (text: string) => void) {
      process.on("message", (message) => heard(String(message)));
      const exit = Deno.exit.bind(Deno);
      process.on("disconnect", () => exit(0));
    },
  };
}

/** Where requests are answered, one after another. */
class Child {
  #functions: Functions = {};
  readonly #notebook?: NotebookSession;
  /** Is told which imports of a notebook were refused. */
  #refused: (error: unknown) => void = () => {};

  constructor(
    private readonly provided: Provided,
    private readonly makeTensor?: MakeTensor,
    makeNotebook?: MakeNotebook,
  ) {
    this.#notebook = makeNotebook?.({
      ...modulesOf(provided),
      provide: (source, names) =>
        names.map((name) => {
          try {
            return providedName(provided, source, name);
          } catch (error) {
            this.#refused(error);
          }
        }),
    });
  }

  async answer(request: Request): Promise<Answer> {
    try {
      if ("load" in request) return await this.#load(request.load.cells, request.load.names);
      if ("prepare" in request) return this.#prepare(request.prepare.cells);
      if ("run" in request) return await this.#run(request.run.cell, request.run.only);
      if ("take" in request) {
        for (const name of request.take.names) {
          this.#functions[name] = await this.#notebook!.variable(name);
        }
        return { loaded: this.#known(request.take.names), notes: [] };
      }
      const { name, args } = request.call;
      const values = decode(args, this.makeTensor) as unknown[];
      const own = this.#functions[name]() as (...args: unknown[]) => unknown;
      return { value: encode(await own(...values)) };
    } catch (error) {
      return { error: describe(error) };
    }
  }

  /** All cells are read before the first is run, since it may change the language's own names. */
  #prepare(cells: string[]): Loaded {
    const notes: Note[] = [];
    for (const [cell, source] of cells.entries()) {
      try {
        this.#notebook!.prepare(cell, source);
      } catch (error) {
        notes.push(noteOf(cell, describe(syntaxError(error))));
      }
    }
    return { loaded: [], notes };
  }

  async #run(cell: number, only?: "declarations"): Promise<Loaded> {
    const notes: Note[] = [];
    const note = (text: string) => notes.push(noteOf(cell, text));
    this.#refused = (error) => note(describe(error));
    const error = await this.#notebook!.run(cell, only);
    if (error !== undefined) note(error);
    return { loaded: [], notes };
  }

  async #load(cells: TakenCell[], names: string[]): Promise<Loaded> {
    const notes: Note[] = [];
    let differs = false;
    const note = (cell: number, error: unknown) => {
      if (notes.length < 20) notes.push(noteOf(cell, describe(error)));
    };
    const statements = cells.flatMap(({ source }, cell) => {
      try {
        return statementsOf(source, cell, DYNAMIC);
      } catch (error) {
        note(cell, syntaxError(error));
        differs ||= MORE_TYPESCRIPT.test(source);
        return [];
      }
    });
    const chosen = neededFor(names, statements);
    this.#functions = await functionsOf(chosen, names, this.provided, (cell, error) => {
      note(cell, error);
      differs = true;
    });
    differs ||= mayDiffer(statements, chosen, cells);
    return { loaded: this.#known(names), notes, differs };
  }

  #known(names: string[]): string[] {
    return names.filter((name) => typeof this.#functions[name]?.() === "function");
  }
}

/**
 * Whether a statement of the student's that was not chosen may still matter, or a name is declared
 * in more than one cell, so that the order of the cells decides.
 */
function mayDiffer(statements: Statement[], chosen: Statement[], cells: TakenCell[]): boolean {
  const taken = new Set(chosen);
  const declaredIn = new Map<string, Set<number>>();
  for (const { declares, cell } of statements) {
    for (const name of declares) {
      declaredIn.set(name, (declaredIn.get(name) ?? new Set()).add(cell));
    }
  }
  return statements.filter(({ cell }) => cells[cell].own).some((each) =>
    (!taken.has(each) && (each.kind === "other" || each.kind === "class" ||
      (each.kind === "variable" && !each.pure))) ||
    each.declares.some((name) => declaredIn.get(name)!.size > 1)
  );
}

/** What `import(…)` is called. */
const DYNAMIC = "$impor";

/** What is read only when a notebook is run whole, and not here. */
const MORE_TYPESCRIPT = /@[\w(]|\baccessor\b|\b(enum|namespace|module)\b/;

/** Makes the chosen statements' functions. */
async function functionsOf(
  chosen: Statement[],
  names: string[],
  provided: Provided,
  note: (cell: number, error: unknown) => void,
): Promise<Functions> {
  const url = dataUrl("javascript", factoryText(chosen, names));
  const factory = (await import(url)).default as Factory;
  const provide = (source: string, name: string) => providedName(provided, source, name);
  return await factory(provide, note, modulesOf(provided).dynamic);
}

/**
 * Statements as a function that returns getters of the named values. As in a notebook, a name that
 * is declared twice has its last value, and the functions of a cell are there from its beginning.
 */
export function factoryText(statements: Statement[], names: string[]): string {
  const unused = (name: string): string =>
    statements.some(({ text }) => text.includes(name)) ? unused(`${name}_`) : name;
  const [provide, note] = ["$provide", "$note"].map(unused);
  const declared = new Set(statements.flatMap(({ declares }) => declares));
  const order = { import: 0, function: 1, class: 2, variable: 2, other: 2 };
  const sorted = statements.toSorted((a, b) => a.cell - b.cell || order[a.kind] - order[b.kind]);
  const lines = sorted.flatMap(({ cell, source, imports, assignments, text }) => {
    const taken = imports?.map(({ local, name }) =>
      `${local} = ${provide}(${JSON.stringify(source)}, ${JSON.stringify(name)})`
    );
    return (taken ?? assignments ?? [text]).map((code) =>
      `try { ${code}\n} catch (error) { ${note}(${cell}, error); }`
    );
  });
  const values = names.filter((name) => declared.has(name)).map((name) => `${name}: () => ${name}`);
  return [
    `export default async (${provide}, ${note}, ${DYNAMIC}) => {`,
    // Not let: a block may declare one of them again, by var.
    declared.size > 0 ? `var ${[...declared].join(", ")};` : "",
    ...lines,
    `return { ${values.join(", ")} };`,
    "};",
  ].join("\n");
}

/** @throws {ReferenceError} If it may not be imported. */
function providedName(provided: Provided, source: string, name: string): unknown {
  const own = Object.hasOwn(provided, source) ? provided[source] : undefined;
  if (own && name === "*") return own;
  if (own && Object.hasOwn(own, name)) return own[name];
  throw new ReferenceError(
    `${name === "*" ? "" : `${name} of `}"${source}" is not among the imports of this assignment`,
  );
}

/** Called where a program has a module. */
function modulesOf(provided: Provided) {
  return {
    dynamic: (source: string, options?: ImportCallOptions): Promise<unknown> =>
      Object.hasOwn(provided, source) ? Promise.resolve(provided[source]) : import(source, options),
    typescript: (text: string): Promise<unknown> => import(dataUrl("typescript", text)),
  };
}

function dataUrl(type: string, text: string): string {
  return `data:application/${type};base64,${new TextEncoder().encode(text).toBase64()}`;
}

function noteOf(cell: number, message: string): Note {
  return { cell, message: message.slice(0, 300) };
}

/** A parser's error, reduced to its first line and the place in the cell. */
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

/** Drops what is printed or shown; a promise that fails unheard does not end the process. */
function quieten(): void {
  for (const name of Object.keys(console)) {
    Reflect.set(console, name, () => {});
  }
  // Any of its functions may be called, with anything.
  const nothing: unknown = new Proxy(() => {}, { get: () => nothing, apply: () => undefined });
  Reflect.set(Deno, "jupyter", nothing);
  for (const kind of ["unhandledrejection", "error"]) {
    globalThis.addEventListener(kind, (event) => event.preventDefault());
  }
}
