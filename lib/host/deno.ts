/**
 * The host in Deno, in a program and in a notebook.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers";
import { fileURLToPath } from "node:url";
import { Worker, workerData } from "node:worker_threads";
import { constants, gunzipSync, type ZlibOptions } from "node:zlib";
import { isFile, isFolder } from "./deno_files.ts";
import { GzipError } from "./gzip_error.ts";
import { type Asset, type Host, type UserFiles } from "./host.ts";
import { offeredOutlet } from "./outlet.ts";

const files: UserFiles = {
  isFile,
  isFolder,
  list: async (folder) =>
    (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort(),
  size: async (path) => (await Deno.stat(path)).size,
  read: (path) => Deno.readFile(path),
  write: async (path, bytes) => {
    await Deno.writeFile(path, bytes);
    return await Deno.realPath(path);
  },
  join,
};

export const host: Host = {
  architecture: Deno.build.arch,
  NotFound: Deno.errors.NotFound,
  files,
  get jupyter() {
    const offered = offeredOutlet();
    if (offered) return offered;
    try {
      return Deno.jupyter;
    } catch {
      return undefined; // Outside the kernel, even reading it throws.
    }
  },

  asset: (name) => Deno.readFile(placeOf(name)),
  assetNow: (name) => Deno.readFileSync(placeOf(name)),
  placeOf,

  environment(name) {
    try {
      return Deno.env.get(name);
    } catch {
      return undefined;
    }
  },
  prepareGraphics,

  threads: true,
  startThread(data) {
    const worker = new Worker(inProject("lib/wasm/worker.ts"), { workerData: data });
    worker.on("error", () => {});
    worker.unref();
    return worker;
  },
  threadData: <T>() => Promise.resolve(workerData as T),

  sha256(...parts) {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part);
    return hash.digest("hex");
  },
  gunzip: (packed, mostBytes) => gunzip(packed, { maxOutputLength: mostBytes }),
  gunzipStart: (beginning) => gunzip(beginning, { finishFlush: constants.Z_SYNC_FLUSH }),

  nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),

  inspect: (value, options) => Deno.inspect(value, options),
};

function placeOf(name: Asset): string {
  const [, inPackage] = name.match(/^npm:(.*)/) ?? [];
  return fileURLToPath(inPackage ? import.meta.resolve(inPackage) : inProject(name));
}

function inProject(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}

/**
 * What the user has set stays.
 *
 * Deno would load OpenGL as well. When the process ends, its libEGL frees the state of every thread
 * that used it, and so does the thread on which `deno test` ran the tests, which ends at that
 * moment: one process in 100 to 400 crashed because of this (`docs/experiments.md`, section 7).
 */
function prepareGraphics(): void {
  if (Deno.build.os !== "linux") return;
  const { env } = Deno;
  if (env.get("DENO_WEBGPU_BACKEND") === undefined) env.set("DENO_WEBGPU_BACKEND", "vulkan");
  // Mesa complains on stderr if it is missing.
  if (!env.get("XDG_RUNTIME_DIR")) env.set("XDG_RUNTIME_DIR", "/tmp");
}

// deno-lint-ignore require-await
async function gunzip(packed: Uint8Array, options: ZlibOptions): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { buffer, byteOffset, length } = gunzipSync(packed, options);
    return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    throw new GzipError(
      code === "ERR_BUFFER_TOO_LARGE" ? "longer" : code === "Z_BUF_ERROR" ? "truncated" : "damaged",
      message,
    );
  }
}
