/**
 * A notebook in the process of a student: its cells run one after another as Deno's kernel runs
 * them, by the console of V8.
 *
 * To use the console, Deno asks for the right to information about the system. The process has that
 * right at its start, and gives it back here before any of the student's code runs.
 *
 * @module
 */
import { Session } from "node:inspector";
import { type Hooks, scriptOf } from "./script.ts";

// A cell may declare a variable of any of these names, which then counts for modules as well.
const { Object, Promise, String } = globalThis;

const HOOKS: Hooks = {
  provide: "$course_provide",
  dynamic: "$impor",
  typescript: "$course_module",
};
const TAKE = "$course_take";

/** What the hooks do: see `Hooks`. */
export interface HookFunctions {
  provide(source: string, names: string[]): unknown[];
  dynamic(source: string, options?: ImportCallOptions): Promise<unknown>;
  typescript(text: string): Promise<unknown>;
}

/** An error of a cell, in words. */
interface Thrown {
  text?: string;
  exception?: { description?: string; value?: unknown };
}

/** The cells that have run. */
export class NotebookSession {
  readonly #evaluate: (expression: string) => Promise<Thrown | undefined>;
  readonly #scripts: Record<"all" | "declarations", string>[] = [];
  #taken?: () => unknown;

  constructor(hooks: HookFunctions) {
    const session = new Session();
    session.connect();
    Deno.permissions.revokeSync({ name: "sys" });
    const post = session.post.bind(session) as (
      method: string,
      parameters: object,
      answer: (error: unknown, result: { exceptionDetails?: Thrown }) => void,
    ) => void;
    this.#evaluate = (expression) =>
      new Promise((resolve, reject) =>
        post(
          "Runtime.evaluate",
          { expression: `"use strict"; void 0;${expression}`, replMode: true, awaitPromise: true },
          (error, result) => error ? reject(error) : resolve(result.exceptionDetails),
        )
      );
    const define = (name: string, value: unknown) =>
      Object.defineProperty(globalThis, name, { value, configurable: true });
    for (const name of ["provide", "dynamic", "typescript"] as const) {
      define(HOOKS[name], hooks[name]);
    }
    define(TAKE, (value: () => unknown) => this.#taken = value);
  }

  /** @throws {SyntaxError} If the cell cannot be parsed. */
  prepare(cell: number, source: string): void {
    this.#scripts[cell] = {
      all: scriptOf(source, HOOKS),
      declarations: scriptOf(source, HOOKS, "declarations"),
    };
  }

  /**
   * Runs a cell to its end, or to its first error.
   *
   * @returns The error in words, or undefined.
   */
  async run(cell: number, part: "all" | "declarations" = "all"): Promise<string | undefined> {
    const thrown = await this.#evaluate(this.#scripts[cell][part]);
    if (!thrown) return undefined;
    const { description, value } = thrown.exception ?? {};
    return (description ?? String(value ?? thrown.text)).split("\n")[0];
  }

  /** A getter of the value that a name has when it is asked for. */
  async variable(name: string): Promise<() => unknown> {
    this.#taken = undefined;
    await this.#evaluate(`${TAKE}(() => typeof ${name} === "undefined" ? undefined : ${name})`);
    const taken = this.#taken as (() => unknown) | undefined;
    return () => {
      try {
        return taken?.();
      } catch {
        return undefined; // Declared by a cell that failed before it.
      }
    };
  }
}
