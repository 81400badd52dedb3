/**
 * The kernelspec: how Jupyter starts the workbook's kernel (`lib/jupyter`), or Deno's own.
 *
 * @module
 */
import { homedir, userInfo } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeTextAtomically } from "@/io/files.ts";
import { withRemedies } from "@/remedy.ts";
import { KERNEL_SCRIPT } from "./classic.ts";

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

export interface KernelOptions {
  /** What Jupyter's menus call it. */
  displayName?: string;
  /** Deno's own kernel, without our fixes. */
  plain?: boolean;
  /** Check the types of each cell while it runs. */
  types?: boolean;
}

/** How Jupyter starts Deno's own kernel, after the program's path. */
const PLAIN = ["jupyter", "--kernel", "--conn", "{connection_file}"];

/**
 * The kernel of the Deno that runs this, by its absolute path, since npx puts no Deno on the PATH.
 *
 * The default way to interrupt is a signal, which ends Deno's own kernel; and errors are coloured
 * for terminals, which pages show as garbage. V8's flags make training about twice as fast.
 */
export function kernelSpec(options: KernelOptions = {}): KernelSpec {
  const { displayName = "Deno", plain = false, types = false } = options;
  const [config, main] = ["../../deno.json", "../jupyter/main.ts"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url))
  );
  const own = ["run", "--quiet", "--allow-all", "--config", config, main];
  return {
    argv: [
      Deno.execPath(),
      ...plain ? PLAIN : [...own, "--conn", "{connection_file}", ...types ? ["--types"] : []],
    ],
    display_name: displayName,
    language: "typescript",
    interrupt_mode: "message",
    // Not V8's flags for wide registers: notebooks calculate more than they train, and after a wide
    // product Math.exp is slow (docs/experiments.md, section 12).
    env: { NO_COLOR: "1" },
  };
}

/**
 * The file of a kernel in a folder in which Jupyter looks for data.
 *
 * @throws {RangeError} If Jupyter does not take the name.
 */
export function kernelFile(dataFolder: string, name: string): string {
  if (!/^[a-z0-9._-]+$/i.test(name) || /^\.+$/.test(name)) {
    throw new RangeError(
      `Cannot install the kernel: its name must be of letters, digits, ".", "_" and "-", got "${name}"`,
    );
  }
  return join(dataFolder, "kernels", name, "kernel.json");
}

/** The file of the script that Notebook 6 runs with a kernel. */
export function kernelScriptFile(dataFolder: string, name: string): string {
  return join(dirname(kernelFile(dataFolder, name)), "kernel.js");
}

/**
 * Whether a kernel.json is as this module or `deno jupyter --install` writes it, with nothing
 * added, so that it may be replaced.
 */
export function isDenoKernel(bytes: Uint8Array): boolean {
  try {
    const own = kernelSpec();
    const found = JSON.parse(new TextDecoder().decode(bytes)) as KernelSpec;
    const known = (part: object, whole: object) => Object.keys(part).every((key) => key in whole);
    const [program, ...args] = found.argv;
    const ours = args.some((argument) => /lib[\\/]jupyter[\\/]main\.ts$/.test(argument));
    return known(found, own) && known(found.env ?? {}, own.env) && /deno/i.test(program) &&
      (ours || args.join() === PLAIN.join());
  } catch {
    return false;
  }
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
  options: KernelOptions = {},
): Promise<string> {
  const file = kernelFile(dataFolder, name);
  await Deno.mkdir(dirname(file), { recursive: true });
  await writeTextAtomically(file, JSON.stringify(kernelSpec(options), null, 2) + "\n");
  await writeTextAtomically(kernelScriptFile(dataFolder, name), KERNEL_SCRIPT);
  return dirname(file);
}

/**
 * The user's folder of Jupyter data, where Jupyter looks on this system.
 *
 * @param account The home of the user's account, where the environment names none.
 * @throws {Error} If it cannot be known, or is not the same from every folder.
 */
export function userDataFolder(
  os: typeof Deno.build.os = Deno.build.os,
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
  account: () => string | undefined = accountHome,
): string {
  const own = absolute("JUPYTER_DATA_DIR", env("JUPYTER_DATA_DIR"));
  if (own) return own;
  const variable = os === "windows" ? "USERPROFILE" : "HOME";
  const home = () => {
    const found = absolute(variable, env(variable)) ?? account();
    if (found && isAbsolute(found)) return found;
    throw withRemedies(
      new Error(
        `Cannot install the kernel: ${variable} or the account must name the user's home, but neither does`,
      ),
      { do: "give", setting: "jupyterData" },
    );
  };
  if (os === "windows") {
    const appData = absolute("APPDATA", env("APPDATA"));
    return appData ? join(appData, "jupyter") : join(home(), ".jupyter", "data");
  }
  if (os === "darwin") return join(home(), "Library", "Jupyter");
  const data = absolute("XDG_DATA_HOME", env("XDG_DATA_HOME"));
  return join(data ?? join(home(), ".local", "share"), "jupyter");
}

/** A folder that the environment names; it must not depend on where a program is started. */
function absolute(name: string, value: string | undefined): string | undefined {
  if (!value) return undefined;
  if (isAbsolute(value)) return value;
  throw withRemedies(
    new Error(`Cannot install the kernel: ${name} must be an absolute path, got ${value}`),
    { do: "give", setting: "jupyterData" },
  );
}

/** What the system says about the account that runs this. */
function accountHome(): string | undefined {
  try {
    return userInfo().homedir ?? homedir();
  } catch {
    return undefined; // The account has no entry.
  }
}
