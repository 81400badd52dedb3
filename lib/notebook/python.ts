/**
 * The Python that Jupyter's tools are installed for: not always the first on the PATH.
 *
 * @module
 */
import { delimiter } from "node:path";
import { isNoProgram, outputOf } from "@/io/processes.ts";

/** A Python with nbclient. */
export interface Python {
  executable: string;
  /** Keeps the user's own settings and kernels out of it. */
  env: Record<string, string>;
}

const CANDIDATES = ["python3", "/usr/bin/python3", "python"];

/**
 * Finds a Python with nbclient.
 *
 * @param jupyterFolder Where Jupyter finds its kernels, and leaves what it leaves.
 * @throws {Error} If there is none; the message says what to install.
 */
export async function findPython(jupyterFolder: string): Promise<Python> {
  const env = {
    JUPYTER_PATH: [jupyterFolder, Deno.env.get("JUPYTER_PATH")].filter(Boolean).join(delimiter),
    JUPYTER_DATA_DIR: jupyterFolder,
    JUPYTER_CONFIG_DIR: jupyterFolder,
    JUPYTER_RUNTIME_DIR: jupyterFolder,
    // The reader need not see Python's warnings about its own packages.
    PYTHONWARNINGS: "ignore",
    // The folder of our own scripts belongs to the project, or to a cache: nothing is left in it.
    PYTHONDONTWRITEBYTECODE: "1",
    NO_COLOR: "1",
  };
  for (const executable of CANDIDATES) {
    const python = { executable, env };
    const found = await runPython(python, ["-c", "import nbclient, nbformat"])
      .then(({ success }) => success, (error) => {
        if (isNoProgram(error)) return false;
        throw error;
      });
    if (found) return python;
  }
  throw new Error(
    `Cannot run notebooks: it needs a Python with nbclient, found none among ${
      CANDIDATES.join(", ")
    }. Debian: apt-get install python3-nbclient. Elsewhere: python3 -m pip install nbclient`,
  );
}

/** Runs Python to its end. */
export async function runPython(
  { executable, env }: Python,
  args: string[],
): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const { success, stdout, stderr } = await outputOf(executable, { args, env });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, stdout: text(stdout), stderr: text(stderr) };
}
