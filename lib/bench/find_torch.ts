/**
 * The Python that has PyTorch: not always the first on the PATH.
 *
 * @module
 */
import { isNoProgram } from "@/io/processes.ts";

const CANDIDATES = ["python3", "/usr/bin/python3"];

/** The first of the candidates that can import PyTorch; undefined if none can. */
export async function findTorch(candidates = CANDIDATES): Promise<string | undefined> {
  for (const python of candidates) {
    if (await canImportTorch(python)) return python;
  }
  return undefined;
}

async function canImportTorch(python: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(python, {
      args: ["-c", "import torch"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (isNoProgram(error)) return false;
    throw error;
  }
}

/** Why there is no row of PyTorch, and what to do about it. */
export const NO_TORCH = `no PyTorch: \`import torch\` works in none of ${
  CANDIDATES.join(", ")
} (Debian: apt-get install python3-torch libopenblas0-pthread)`;
