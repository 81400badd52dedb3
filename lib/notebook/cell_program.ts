/**
 * Notebooks as plain Deno programs: type checked, linted and run without Jupyter.
 *
 * The programs are written to a temporary folder, and still belong to the project (Deno is given
 * its deno.json); what Deno says about their lines is translated to the notebooks' cells.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { nearestConfig } from "@/io/deno_config.ts";
import { outputOf } from "@/io/processes.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import {
  type CellPlace,
  nameOf,
  type NotebookProgram,
  parseNotebook,
  programOf,
  readNotebookText,
} from "./document.ts";

/** What a program did, with places given as those of the notebook. */
export interface Ran {
  success: boolean;
  stdout: string;
  stderr: string;
  /** The first place in a notebook that stderr names. */
  place?: CellPlace;
}

/** What Deno does with the cells. */
export type Action = "run" | "check" | "lint";

const COMMANDS: Record<Action, string[]> = {
  run: ["run", "--no-prompt", "--allow-read", "--allow-env", "--allow-sys"],
  check: ["check"],
  lint: ["lint"],
};

/**
 * Has Deno check, lint or run notebooks' cells, each notebook as a program of its own. Only one
 * notebook can be run at a time.
 *
 * @param options.cells Run only this many of the code cells, from the first on.
 * @param options.config The deno.json to use; by default the nearest one upwards from the notebook.
 */
export async function actOnCells(
  action: Action,
  paths: string[],
  options: { cells?: number; signal?: AbortSignal; config?: string } = {},
): Promise<Ran> {
  const { cells, signal } = options;
  const folder = await makeTempFolder({ prefix: "cells-" });
  try {
    const programs = new Map<string, { path: string; program: NotebookProgram }>();
    for (const path of paths) {
      const notebook = parseNotebook(await readNotebookText(path), path);
      const file = `${nameOf(path)}.ts`;
      const program = programOf(notebook, cells);
      programs.set(file, { path, program });
      await Deno.writeTextFile(join(folder, file), program.text);
    }
    const config = options.config ??
      await nearestConfig(dirname(await Deno.realPath(paths[0])));
    const { success, stdout, stderr } = await outputOf(Deno.execPath(), {
      args: [
        ...COMMANDS[action],
        "--quiet",
        ...(config ? ["--config", config] : []),
        ...[...programs.keys()].map((file) => join(folder, file)),
      ],
      cwd: action === "run" ? dirname(await Deno.realPath(paths[0])) : undefined,
      env: { NO_COLOR: "1" },
      signal,
    });
    let place: CellPlace | undefined;
    const told = (bytes: Uint8Array) =>
      new TextDecoder().decode(bytes).replaceAll(
        /(?:file:\/\/)?[^\s"()]*[\\/]([\w.-]+\.ts):(\d+)(?::\d+)?/g,
        (text, file, line) => {
          const found = programs.get(file);
          const at = found?.program.locate(Number(line));
          if (!found || !at) return text;
          place ??= at;
          return `${relative(Deno.cwd(), found.path)}, cell ${at.cell}, line ${at.line}`;
        },
      );
    return { success, stdout: told(stdout), stderr: told(stderr), place };
  } finally {
    await removeTempFolder(folder);
  }
}
