/**
 * What all commands share: arguments by commander, exit codes, errors in one line.
 *
 * Exit codes: 0 done; 1 it could not be done; 2 what was typed cannot be, which includes a path
 * that is not there; 128 + n stopped by signal n, so 130 by Ctrl-C.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { isFile, isFolder } from "@/io/files.ts";
import { OutputRefusedError } from "@/io/outputs.ts";
import { endProcess, untilEnded } from "@/io/signals.ts";
import { firstError } from "@/io/system_error.ts";
import { RequestError } from "@/run/request_error.ts";
import { adviceOn } from "./advice.ts";
import { goToUser, taskCommand } from "./place.ts";

/** A command named `deno task <name>`. */
export function createProgram(name: string, description: string): Command {
  return new Command(taskCommand(name))
    .description(description)
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("(--help shows the options)")
    .allowExcessArguments(false)
    .exitOverride();
}

/** Runs a command where the user typed it, and ends the process with its exit code. */
export async function main(run: () => Promise<number>): Promise<never> {
  for (const kind of ["error", "unhandledrejection"] as const) {
    globalThis.addEventListener(kind, (event) => {
      event.preventDefault();
      endProcess(told(event instanceof ErrorEvent ? event.error : event.reason));
    });
  }
  const code = await exitCodeOf(() => {
    goToUser();
    return run();
  });
  await untilEnded();
  Deno.exit(code);
}

/** The exit code of a command; an error is printed. */
export async function exitCodeOf(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    await untilEnded();
    return told(error);
  }
}

/** Prints an error, unless it has been printed, and gives the exit code that belongs to it. */
function told(error: unknown): number {
  // Commander has printed its own message: help is no error, a wrong argument is.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  error = firstError(error);
  if (error instanceof Deno.errors.NotCapable) error.message = forbidden(error.message);
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const advice = adviceOn(error);
  // A message of several lines has its advice on a line of its own.
  const between = message.includes("\n") ? "\n" : ". ";
  const text = `error: ${message}${advice === undefined ? "" : `${between}${advice}`}`;
  console.error(Deno.env.has("DEBUG") ? stack : text);
  return error instanceof RequestError || error instanceof OutputRefusedError ? 2 : 1;
}

/** Deno's refusal of /proc and devices, without its advice, which cannot be followed here. */
function forbidden(message: string): string {
  const [, begin, what] = message.match(/^(.*?)Requires .*? access to (.*?),? run again/) ?? [];
  if (what === undefined) return message;
  return `${
    begin || "Cannot go on: "
  }Deno does not let this command use ${what}. Choose another place`;
}

/** An argument that is an integer from `least` to `most`. */
export function integerArgument(
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

/** An argument that is a path; it stays as it is, since a command works where the user typed it. */
export function path(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}

/** @throws {RequestError} If there is no such file to read. */
export async function checkFile(action: string, file: string): Promise<void> {
  if (await isFile(file)) return;
  const found = await isFolder(file) ? "; it is a folder" : "";
  throw new RequestError(`Cannot ${action}: there is no file ${file}${found}`);
}

/** @throws {RequestError} If there is no such folder to read. */
export async function checkFolder(action: string, folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  throw new RequestError(`Cannot ${action}: there is no folder ${folder}`);
}

/** An argument that is one of `choices`. */
export function choiceArgument<T extends string>(choices: readonly T[]): (text: string) => T {
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
    const one = choiceArgument(choices);
    return [...new Set(text.split(",").map(one))];
  };
}
