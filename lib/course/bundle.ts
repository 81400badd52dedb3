/**
 * Bundles a program into one JavaScript file that imports only what Deno brings, for processes that
 * may read no file.
 *
 * esbuild does the work; it is fetched with the project's other packages, and so is there without a
 * network. Deno says where a module is: it keeps packages in its cache and not in a folder of the
 * project.
 *
 * @module
 */
import { findPackageJSON, isBuiltin } from "node:module";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Plugin } from "esbuild";
import { systemCode } from "@/io/system_error.ts";

const LIB = dirname(dirname(fileURLToPath(import.meta.url)));

/** Gives CommonJS modules in the bundle a `require` for what Deno brings. */
const REQUIRE = `import { createRequire as $require } from "node:module";
const require = $require(import.meta.url);`;

/**
 * Bundles a program.
 *
 * @param text May import modules of `lib` by "@/", and the packages of deno.json.
 * @throws {Error} If a module is missing, or esbuild cannot be started.
 */
export async function bundle(text: string): Promise<string> {
  // Loaded only when it is needed: it starts a process of its own, which `stop` ends.
  const { build, stop } = await import("esbuild");
  try {
    const { outputFiles: [file] } = await build({
      stdin: { contents: text, resolveDir: LIB },
      bundle: true,
      write: false,
      minify: true,
      format: "esm",
      platform: "node",
      target: "esnext",
      logLevel: "silent",
      banner: { js: REQUIRE },
      plugins: [RESOLVE],
    });
    return file.text;
  } catch (error) {
    const [first] = (error as Error).message.split("\n    at ");
    throw new Error(`Cannot bundle what submissions import: ${first}`, { cause: error });
  } finally {
    await stop();
  }
}

const RESOLVE: Plugin = {
  name: "as Deno resolves",
  setup(build) {
    build.onResolve({ filter: /.*/ }, (asked) => {
      const { path, importer, kind, pluginData } = asked;
      if (pluginData === FOUND || path.startsWith(".") || isAbsolute(path)) return undefined;
      if (isBuiltin(path)) return { path: path.replace(/^(node:)?/, "node:"), external: true };
      if (path.startsWith("@/")) return { path: join(LIB, path.slice(2)) };
      if (importer === "<stdin>" || importer.startsWith(LIB)) {
        return { path: fileURLToPath(import.meta.resolve(path)) };
      }
      const found = packageOf(path, importer);
      // What a package only tries to load may be missing.
      if (!found) return kind === "require-call" ? { path, external: true } : undefined;
      const { folder, request } = found;
      return build.resolve(request, { resolveDir: folder, kind, importer, pluginData: FOUND });
    });
  },
};

/** Marks a request for a place in a package that was found already. */
const FOUND = Symbol("found");

/**
 * The folder of the package that a module of another package imports, and what to ask for there.
 */
function packageOf(
  path: string,
  importer: string,
): { folder: string; request: string } | undefined {
  const [name] = path.match(/^(@[^/]+\/)?[^/]+/)!;
  let file: string | undefined;
  try {
    file = findPackageJSON(name, pathToFileURL(importer));
  } catch (error) {
    // Deno throws where Node returns nothing; errors of the system are another matter.
    if (!["ENOENT", "ENOTDIR", undefined].includes(systemCode(error))) throw error;
  }
  if (file === undefined) return undefined;
  // By its own name, where it says what it exports; else by the file.
  const { exports } = JSON.parse(Deno.readTextFileSync(file));
  return { folder: dirname(file), request: exports ? path : `./${path.slice(name.length + 1)}` };
}
