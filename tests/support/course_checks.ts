/**
 * The checks of an assignment and the functions of its solution in one process: thousands of runs
 * take seconds. What `Grader` does in two processes is done here in its order.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Assignment, checksText, importsOf } from "@/course/assignment.ts";
import { useCheckSeed } from "@/course/check.ts";
import { factoryText } from "@/course/child.ts";
import { neededFor, statementsOf } from "@/course/statements.ts";
import { codeCells, sourceOf } from "@/notebook/document.ts";

// deno-lint-ignore no-explicit-any
export type Functions = Record<string, (...args: any[]) => any>;
type Check = (functions: Functions, hidden: (now: boolean) => void) => Promise<void>;

export interface LoadedChecks {
  ids: string[];
  visible: Record<string, Check>;
  checks: Record<string, Check>;
}

/**
 * The module that the grader makes of an assignment. Each `load` makes it anew: what functions have done
 * to the inputs of one is not seen by the next.
 */
export async function checksOf(
  assignment: Assignment,
): Promise<AsyncDisposable & { load(): Promise<LoadedChecks> }> {
  await useTensors(assignment);
  const folder = await Deno.makeTempDir({ prefix: "checks-" });
  const file = join(folder, "checks.js");
  await Deno.writeTextFile(file, checksText(assignment));
  let count = 0;
  return {
    load: async () => {
      const { visible, checks } = await import(`${pathToFileURL(file).href}?${count++}`);
      return { ids: Object.keys(checks), visible, checks };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** The functions of a notebook, by default of the solution, each made anew by `make`. */
export async function solutionOf(
  assignment: Assignment,
  notebook = assignment.notebook,
): Promise<{ make(): Promise<Functions> }> {
  await useTensors(assignment);
  const { functions } = assignment;
  const statements = codeCells(notebook).flatMap((cell, i) => statementsOf(sourceOf(cell), i));
  const modules = new Map<string, Record<string, unknown>>();
  for (const [source] of importsOf(assignment)) {
    // What shows things does nothing, as in the grader.
    modules.set(source, /plot|notebook|backend/.test(source) ? {} : await import(source));
  }
  const text = factoryText(neededFor(functions, statements), functions);
  const { default: factory } = await import(
    "data:application/javascript;base64," + new TextEncoder().encode(text).toBase64()
  );
  const provide = (source: string, name: string) => modules.get(source)![name] ?? (() => {});
  const note = (_cell: number, error: unknown) => {
    throw error;
  };
  const make = async () => {
    const made: Record<string, () => Functions[string]> = await factory(provide, note);
    return Object.fromEntries(Object.entries(made).map(([name, own]) => [name, own()]));
  };
  return { make };
}

async function useTensors(assignment: Assignment): Promise<void> {
  if (!importsOf(assignment).has("@/tf.ts")) return;
  const { useBackend } = await import("@/backend.ts");
  await useBackend("cpu");
}

/**
 * Ids of the checks that hold, in the order of the grader: all visible parts, then the whole of those
 * that held, and once more in a new process where the first that failed had held before.
 */
export async function passed(
  { ids, visible, checks }: LoadedChecks,
  make: () => Functions | Promise<Functions>,
  seed = 1,
): Promise<string[]> {
  useCheckSeed(seed);
  const held = async (check: Check, functions: Functions) => {
    try {
      await check(functions, () => {});
      return true;
    } catch {
      return false;
    }
  };
  let functions = await make();
  const first: string[] = [];
  for (const id of ids) if (await held(visible[id], functions)) first.push(id);
  const found: string[] = [];
  let renewed = false;
  for (const id of first) {
    let right = await held(checks[id], functions);
    if (!right && !renewed) {
      renewed = true;
      functions = await make();
      right = await held(checks[id], functions);
    }
    if (right) found.push(id);
  }
  return found;
}

/** What the solution loses, by seed: `125 blocks-norm: each unit …`. */
export async function failures(assignment: Assignment, seeds: number[]): Promise<string[]> {
  await using made = await checksOf(assignment);
  const { ids, checks } = await made.load();
  const functions = await (await solutionOf(assignment)).make();
  const found: string[] = [];
  for (const seed of seeds) {
    useCheckSeed(seed);
    for (const id of ids) {
      try {
        await checks[id](functions, () => {});
      } catch (error) {
        found.push(`${seed} ${id}: ${(error as Error).message}`);
      }
    }
  }
  return found;
}
