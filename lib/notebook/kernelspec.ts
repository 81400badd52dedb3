/**
 * The kernelspec: how Jupyter starts the Deno kernel.
 *
 * @module
 */
import { join } from "node:path";
import { v8Flags } from "@/kernels/engine/v8_flags.ts";

/** The name that the notebooks ask for. */
export const KERNEL_NAME = "deno";

/** What Jupyter's `kernel.json` holds. */
export interface KernelSpec {
  argv: string[];
  display_name: string;
  language: string;
  interrupt_mode: "message" | "signal";
  env: Record<string, string>;
}

/**
 * The kernel of the Deno that runs this, by its absolute path: npx puts none on the PATH.
 *
 * The default way to interrupt is a signal, which ends this kernel; and its errors are coloured for
 * terminals, which pages show as garbage. V8's flags make training about twice as fast.
 */
export function kernelSpec(displayName = "Deno"): KernelSpec {
  return {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: displayName,
    language: "typescript",
    interrupt_mode: "message",
    env: { NO_COLOR: "1", DENO_V8_FLAGS: v8Flags() },
  };
}

/**
 * Writes the kernelspec into a folder in which Jupyter looks for data.
 *
 * @returns The kernelspec's folder.
 * @throws {RangeError} If Jupyter does not take the name.
 */
export async function writeKernelSpec(
  dataFolder: string,
  name = KERNEL_NAME,
  displayName?: string,
): Promise<string> {
  if (!/^[a-z0-9._-]+$/i.test(name)) {
    throw new RangeError(
      `Cannot install the kernel: its name must be of letters, digits, ".", "_" and "-", got "${name}"`,
    );
  }
  const folder = join(dataFolder, "kernels", name);
  await Deno.mkdir(folder, { recursive: true });
  const text = JSON.stringify(kernelSpec(displayName), null, 2) + "\n";
  await Deno.writeTextFile(join(folder, "kernel.json"), text);
  return folder;
}

/** The user's folder of Jupyter data, where Jupyter looks on this system. */
export function userDataFolder(
  os: typeof Deno.build.os = Deno.build.os,
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): string {
  const own = env("JUPYTER_DATA_DIR");
  if (own) return own;
  const home = (os === "windows" ? env("USERPROFILE") : env("HOME")) ?? ".";
  if (os === "windows") return join(env("APPDATA") ?? join(home, "AppData", "Roaming"), "jupyter");
  if (os === "darwin") return join(home, "Library", "Jupyter");
  return join(env("XDG_DATA_HOME") || join(home, ".local", "share"), "jupyter");
}
