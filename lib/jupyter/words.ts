/**
 * What the kernel tells the reader when something went wrong.
 *
 * @module
 */
import { adviceOnComma, adviceOnError, missingName } from "./slips.ts";
import { type InnerEnd } from "./inner.ts";

/** The content of an `error` message; pages show its traceback and nothing else. */
export interface Said {
  ename: string;
  evalue: string;
  traceback: string[];
}

/**
 * An error that a cell has thrown, with the line of the cell.
 *
 * @param known.line The line on which the statement that threw it began.
 * @param known.maker Which cell makes the name that was not there.
 */
export function thrown(
  { ename, evalue, traceback }: Said,
  code: string,
  { line, maker }: { line?: number; maker?: string } = {},
): Said {
  // V8 counts the lines of what Deno has made of the cell.
  const frames = (traceback ?? []).filter((text) => !/^ +at .*<anonymous>:\d+:\d+\)?$/.test(text));
  const shows = frames.some((text) => text.trim() !== "");
  const text = line && code.split("\n")[line - 1].trim();
  const comma = missingName(evalue) === undefined ? adviceOnComma(code) : undefined;
  const advice = comma ?? adviceOnError(evalue, text || undefined, maker);
  return {
    ename: ename || "Error",
    evalue,
    traceback: [
      ...shows ? frames : [[ename || "Error", evalue].join(": ")],
      ...text ? [`    at line ${line} of the cell: ${text}`] : [],
      ...advice ? ["", advice] : [],
    ],
  };
}

/** An error about which its name and its message say everything. */
function told(ename: string, evalue: string): Said {
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}

/** The part inside Deno's kernel could not be started. */
export const UNMENDED =
  "warning: this version of Deno's kernel could not be mended. Cells run, but one that waits cannot be stopped, and outputs can be " +
  "lost.\n";

/** The cell was stopped, and its kernel is as it was. */
export function interrupted(): Said {
  return told(
    "Interrupted",
    "the cell was stopped. What it had done is kept; run it again to start it anew",
  );
}

/** The cell was stopped, and its kernel had to be started again. */
export function gaveUp(): Said {
  return told(
    "Interrupted",
    "the cell was stopped. It did not end by itself, so that Deno had to be started again: all " +
      "variables are gone. Run the notebook from the top",
  );
}

/** A process that ended while a cell ran, or between two. */
export function died({ code, signal, said }: InnerEnd): Said {
  const how = signal ? `signal ${signal}` : `exit code ${code}`;
  return told(
    "KernelDied",
    `Deno has ended (${how}): ${
      cause({ code, signal, said })
    }. All variables are gone, and a new ` +
      "Deno has been started. Run the notebook from the top",
  );
}

function cause({ code, signal, said }: InnerEnd): string {
  if (/out of memory|heap limit/i.test(said)) {
    return "JavaScript's memory was used up, most often by numbers that a loop keeps";
  }
  if (signal === "SIGKILL") {
    return "the system killed it, most often because the machine's memory was used up";
  }
  if (signal || code > 128) return "it crashed";
  const words = said.trim().split("\n").at(-1);
  return words ? `its last words were "${words}"` : "a cell has called Deno.exit()";
}
