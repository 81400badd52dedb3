/**
 * The files of a folder of submissions, or of the archive that a learning platform makes of one: what there
 * is, at which path, and how to read it.
 *
 * @module
 */
import { basename, join } from "node:path";
import { Archive, ArchiveError } from "./archive.ts";

/** A file that was found. */
export interface FoundFile {
  /** Relative to the submissions, with / between its parts. */
  path: string;
  kind: "file" | "link" | "other";
  size: number;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What there is to take in. Disposing of it closes the archive. */
export interface Files extends Disposable {
  /** Folders at the top, those without a file included. */
  folders: string[];
  files: FoundFile[];
  /** What was not looked into, and why; nothing is said of what a system or an editor leaves behind. */
  leftOut: LeftOut[];
}

/** What is not graded, for the instructor. */
export interface LeftOut {
  path: string;
  reason: string;
}

/** What systems and editors leave behind: nobody handed it in. */
const LITTER = new Set(
  "__macosx .ds_store thumbs.db desktop.ini .ipynb_checkpoints .git __pycache__ .venv node_modules"
    .split(" "),
);

/** Deeper folders are not looked into. */
const MAX_DEPTH = 8;
/** A student's folder with more files than this is not looked into any further. */
const MAX_FILES_OF_ONE = 5_000;

function isLitter(name: string): boolean {
  return LITTER.has(name.toLowerCase()) || name.startsWith("._") || /^(~\$|\.~lock\.)/.test(name);
}

/**
 * The files of a folder.
 *
 * @param out Where the grades are written, which may be within.
 * @throws {Deno.errors.NotFound} If there is no such folder.
 * @throws {RangeError} If a name in it is not UTF-8.
 */
export async function filesInFolder(folder: string, out: string): Promise<Files> {
  const grades = await Deno.realPath(out).catch(() => undefined);
  const found: Files = { folders: [], files: [], leftOut: [], [Symbol.dispose]: () => {} };
  if (await Deno.realPath(folder) === grades) {
    throw new RangeError(
      `Cannot grade ${folder}: the grades must not be written among the submissions; give --out another folder`,
    );
  }
  const walk = async (at: string[], of: { files: number }): Promise<void> => {
    for await (const entry of Deno.readDir(join(folder, ...at))) {
      const { name } = entry;
      const parts = [...at, name];
      const path = parts.join("/");
      const full = join(folder, ...parts);
      if (isLitter(name)) continue;
      if (name.includes("\ufffd")) {
        throw new RangeError(
          `Cannot grade ${folder}: the name of each student's folder must be UTF-8, got ${path}; rename it`,
        );
      }
      if (!entry.isDirectory) {
        if (++of.files > MAX_FILES_OF_ONE && at.length > 0) continue;
        const kind = entry.isFile ? "file" : entry.isSymlink ? "link" : "other";
        const size = kind === "file" ? (await Deno.lstat(full)).size : 0;
        found.files.push({ path, kind, size, read: () => Deno.readFile(full) });
        continue;
      }
      if (await Deno.realPath(full) === grades) continue;
      if (at.length === 0) {
        const reason = await noStudent(full, name);
        if (reason) {
          found.leftOut.push({ path: `${path}/`, reason });
          continue;
        }
        found.folders.push(name);
      }
      if (parts.length >= MAX_DEPTH) {
        found.leftOut.push({ path: `${path}/`, reason: "folders this deep are not looked into" });
        continue;
      }
      const own = at.length === 0 ? { files: 0 } : of;
      await walk(parts, own);
      if (at.length === 0 && own.files > MAX_FILES_OF_ONE) {
        const reason = `only the first ${MAX_FILES_OF_ONE} of its ${own.files} files are looked at`;
        found.leftOut.push({ path: `${path}/`, reason });
      }
    }
  };
  await walk([], { files: 0 });
  return sorted(found);
}

/** Why a folder is nobody's, if so. */
async function noStudent(path: string, name: string): Promise<string | undefined> {
  if (name.startsWith(".")) return "a hidden folder";
  const names = new Set<string>();
  for await (const entry of Deno.readDir(path)) names.add(entry.name);
  return names.has("grades.json") && names.has(".results") ? "a folder of grades" : undefined;
}

/**
 * The files of an archive.
 *
 * @throws {RangeError} If it cannot be read.
 */
export async function filesInArchive(path: string): Promise<Files> {
  let archive: Archive;
  try {
    archive = await Archive.open(path);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    throw new RangeError(
      `Cannot grade ${path}: submissions are a folder or a zip archive, and ${error.message}`,
    );
  }
  const found: Files = {
    folders: [],
    files: [],
    leftOut: [],
    [Symbol.dispose]: () => archive[Symbol.dispose](),
  };
  const folders = new Set<string>();
  for (const { path, kind, size, read } of archive.files) {
    const parts = path.split("/").filter((part) => part !== "" && part !== ".");
    if (parts.length === 0 || parts.some(isLitter)) continue;
    if (kind === "folder" || parts.length > 1) folders.add(parts[0]);
    if (kind !== "folder") found.files.push({ path: parts.join("/"), kind, size, read });
  }
  for (const name of folders) {
    if (name.startsWith(".")) found.leftOut.push({ path: `${name}/`, reason: "a hidden folder" });
    else found.folders.push(name);
  }
  found.files = found.files.filter(({ path }) => !path.includes("/") || !path.startsWith("."));
  return sorted(found);
}

function sorted(files: Files): Files {
  files.folders.sort();
  files.files.sort((a, b) => a.path < b.path ? -1 : 1);
  return files;
}

/**
 * The files as if a folder at the top were the whole: an archive often holds one folder with everything in it.
 */
export function within(files: Files, top: string): Files {
  const prefix = `${top}/`;
  const own = files.files.filter(({ path }) => path.startsWith(prefix))
    .map((file) => ({ ...file, path: file.path.slice(prefix.length) }));
  const folders = new Set(
    own.filter(({ path }) => path.includes("/")).map(({ path }) => path.split("/")[0]),
  );
  const others = files.files.filter(({ path }) => !path.startsWith(prefix));
  return {
    folders: [...folders].sort(),
    files: own,
    leftOut: [
      ...files.leftOut,
      ...files.folders.filter((name) => name !== top).map((name) => ({
        path: `${name}/`,
        reason: `it lies beside ${top}/`,
      })),
      ...others.filter(({ path }) => !path.includes("/"))
        .map(({ path }) => ({ path, reason: `it lies beside ${top}/` })),
    ],
    [Symbol.dispose]: () => files[Symbol.dispose](),
  };
}

/** The last part of a path. */
export function nameOfFile({ path }: FoundFile): string {
  return basename(path);
}
