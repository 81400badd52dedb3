/**
 * What every command shares: arguments by commander, exit codes, errors in one line.
 *
 * Exit codes: 0 done, 1 failed, 2 a wrong argument, 130 stopped by a signal.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { isAbsolute, join } from "node:path";
import { RequestError } from "@/run/request_error.ts";

/** A command named `deno task <name>`. */
export function createProgram(name: string, description: string): Command {
  return new Command(`deno task ${name}`)
    .description(description)
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("(--help shows the options)")
    .allowExcessArguments(false)
    .exitOverride();
}

/** Runs a command and ends the process with its exit code. */
export async function main(run: () => Promise<number>): Promise<never> {
  try {
    Deno.exit(await run());
  } catch (error) {
    // Commander has printed its own message: help is no error, a wrong argument is.
    if (error instanceof CommanderError) Deno.exit(error.exitCode === 0 ? 0 : 2);
    const { message, stack } = error as Error;
    console.error(Deno.env.has("DEBUG") ? stack : `error: ${message}`);
    Deno.exit(error instanceof RequestError ? 2 : 1);
  }
}

/** An argument that is an integer from `least` to `most`. */
export function integer(
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      const limit = most === Number.MAX_SAFE_INTEGER ? "" : ` and at most ${most}`;
      throw new InvalidArgumentError(`It must be an integer of at least ${least}${limit}.`);
    }
    return value;
  };
}

/** An argument that is a number, 0 or more. */
export function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError("It must be a number of at least 0.");
  }
  return value;
}

/** An argument that is a path, as seen from where the user typed the command. */
export function path(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  // deno task works in the project's folder and keeps the user's own here.
  const folder = Deno.env.get("INIT_CWD");
  if (!folder || folder === Deno.cwd() || isAbsolute(text)) return text;
  return join(folder, text);
}

/** An argument that is one of `choices`. */
export function oneOf<T extends string>(choices: readonly T[]): (text: string) => T {
  return (text) => {
    if (!choices.includes(text as T)) {
      throw new InvalidArgumentError(`It must be one of ${choices.join(", ")}.`);
    }
    return text as T;
  };
}

/** An argument that is some of `choices` with commas between them, or `all`. */
export function listOf<T extends string>(choices: readonly T[]): (text: string) => T[] {
  return (text) => {
    if (text === "all") return [...choices];
    const one = oneOf(choices);
    return [...new Set(text.split(",").map(one))];
  };
}
