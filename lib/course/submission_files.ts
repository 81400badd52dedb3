/**
 * The files of a folder of submissions, or of the archive that a learning platform makes of one:
 * what is there, at which path, and how to read it.
 *
 * @module
 */
import { basename, join, relative, sep } from "node:path";
import { unlessAbsent } from "@/io/files.ts";
import { withRemedies } from "@/remedy.ts";
import { Archive, ArchiveError, type ArchiveFile } from "./archive.ts";
import { GraderFailure } from "./failure.ts";
import { mayBeNotebook } from "./notebook_names.ts";

/** A file that was found. */
export interface FoundFile {
  /** Where it lies below the submissions, with / between its parts. */
  path: string;
  /** Its own name, without what a platform has put before it. */
  name: string;
  kind: "file" | "link" | "other";
  size: number;
  /** When it was last changed. */
  modified?: Date;
  /**
   * @throws {GraderFailure} If the machine does not let it be read.
   * @throws {ArchiveError} If an archive does not.
   */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Something at the top. */
export interface TopEntry {
  name: string;
  kind: FoundFile["kind"] | "folder";
  /** The file, unless it is a folder. */
  file?: FoundFile;
}

/** Where submissions come from, without what systems and editors leave behind. */
export interface Source extends Disposable {
  /** What lies at the top, sorted. */
  top(): Promise<TopEntry[]>;
  /**
   * All files below a folder at the top that are not hidden, sorted.
   *
   * @throws {GraderFailure} If the machine does not let them be listed.
   */
  below(folder: string): Promise<FoundFile[]>;
  /** The source that begins at a folder at the top. */
  at(folder: string): Source;
  /** Whether a folder at the top has these in it. */
  has(folder: string, names: string[]): Promise<boolean>;
}

/** Names that nobody handed in. */
const LITTER = new Set(
  "__macosx .ds_store thumbs.db desktop.ini .ipynb_checkpoints .git __pycache__ .venv node_modules"
    .split(" "),
);

/** Deeper folders are not looked into. */
const MAX_DEPTH = 8;
/** A student with more files than this has handed in something else. */
const MAX_FILES = 5_000;

/** Whether a name is that of something which systems and editors leave behind. */
function isLitter(name: string): boolean {
  return LITTER.has(name.toLowerCase()) || name.startsWith("._") || /^(~\$|\.~lock\.)/.test(name);
}

/** A folder of submissions. */
export class FolderSource implements Source {
  private constructor(
    private readonly folder: string,
    private readonly hidden: (path: string) => boolean,
  ) {}

  /**
   * @param out Where the grades are written: it is nobody's submission.
   * @param ownFiles Files there, where that is the folder of the submissions itself.
   * @throws {Deno.errors.NotFound} If there is no such folder.
   * @throws {RangeError} If `out` is a folder in it that somebody has handed in: it would not be
   *   graded.
   */
  static async open(folder: string, out: string, ownFiles: Set<string>): Promise<FolderSource> {
    const root = await Deno.realPath(folder);
    const grades = await unlessAbsent(Deno.realPath(out));
    if (grades?.startsWith(root + sep)) await this.#assertNothingHandedIn(root, grades, out);
    const own = grades === root ? [...ownFiles].map((name) => join(root, name)) : [grades];
    return new FolderSource(root, (path) => own.includes(path));
  }

  /** Grades that are written among the submissions must not hide one of them. */
  static async #assertNothingHandedIn(root: string, grades: string, out: string): Promise<void> {
    const files = await new FolderSource(root, () => false).below(relative(root, grades));
    const found = files.find(({ name }) => mayBeNotebook(name) || /\.zip$/i.test(name));
    if (!found) return;
    throw withRemedies(
      new RangeError(
        `Cannot write the grades to ${out}: it is one of the folders that were handed in, with ${found.path} in it`,
      ),
      { do: "give", setting: "out" },
    );
  }

  async top(): Promise<TopEntry[]> {
    const found: TopEntry[] = [];
    for await (const { name, isDirectory, isFile, isSymlink } of Deno.readDir(this.folder)) {
      const path = join(this.folder, name);
      if (isLitter(name) || this.hidden(path)) continue;
      const kind = isDirectory ? "folder" : isFile ? "file" : isSymlink ? "link" : "other";
      found.push(
        kind === "folder" ? { name, kind } : { name, kind, file: fileAt(path, name, kind) },
      );
    }
    return found.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  async below(folder: string): Promise<FoundFile[]> {
    const found: FoundFile[] = [];
    const walk = async (parts: string[]): Promise<void> => {
      const at = join(this.folder, folder, ...parts);
      for await (const { name, isDirectory, isFile, isSymlink } of Deno.readDir(at)) {
        const path = join(at, name);
        if (isLitter(name) || name.startsWith(".") || this.hidden(path)) continue;
        if (isDirectory) {
          if (parts.length < MAX_DEPTH) await walk([...parts, name]);
        } else if (found.length < MAX_FILES) {
          // A name that is not UTF-8 leads to no file.
          const isNamed = !name.includes("\ufffd");
          const kind = isFile && isNamed ? "file" : isSymlink ? "link" : "other";
          found.push(fileAt(path, [folder, ...parts, name].join("/"), kind));
        }
      }
    };
    try {
      await walk([]);
    } catch (error) {
      throw failure(join(this.folder, folder), error);
    }
    return found.sort((a, b) => a.path < b.path ? -1 : 1);
  }

  at(folder: string): Source {
    return new FolderSource(join(this.folder, folder), this.hidden);
  }

  async has(folder: string, names: string[]): Promise<boolean> {
    try {
      for (const name of names) {
        if (!await unlessAbsent(Deno.lstat(join(this.folder, folder, name)))) return false;
      }
      return true;
    } catch (error) {
      // The reader of the folder is told. Any other error of the system does not say what is there.
      if (error instanceof Deno.errors.PermissionDenied) return false;
      throw error;
    }
  }

  [Symbol.dispose](): void {}
}

function fileAt(file: string, path: string, kind: FoundFile["kind"]): FoundFile {
  return {
    path,
    name: basename(path),
    kind,
    get size() {
      try {
        return kind === "file" ? Deno.lstatSync(file).size : 0;
      } catch (error) {
        throw failure(file, error);
      }
    },
    get modified() {
      try {
        return Deno.lstatSync(file).mtime ?? undefined;
      } catch (error) {
        throw failure(file, error);
      }
    },
    async read() {
      try {
        return await Deno.readFile(file);
      } catch (error) {
        throw failure(file, error);
      }
    },
  };
}

function failure(path: string, error: unknown): GraderFailure {
  return new GraderFailure(`read ${path}`, error);
}

/** A class's archive. */
export class ArchiveSource implements Source {
  private constructor(
    private readonly archive: Archive,
    private readonly files: { parts: string[]; file: ArchiveFile }[],
  ) {}

  /** @throws {RangeError} If it cannot be read. */
  static async open(path: string): Promise<ArchiveSource> {
    try {
      const archive = await Archive.open(path);
      const files = archive.files.map((file) => ({ parts: partsOf(file), file }));
      return new ArchiveSource(archive, files.filter(({ parts }) => parts.length > 0));
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      throw new RangeError(
        `Cannot grade ${path}: submissions must be a folder or a zip archive, and this file cannot be read as one: ${error.message}`,
      );
    }
  }

  top(): Promise<TopEntry[]> {
    const found = new Map<string, TopEntry>();
    for (const { parts: [name, ...rest], file } of this.files) {
      if (rest.length > 0 || file.kind === "folder") found.set(name, { name, kind: "folder" });
      else found.set(name, { name, kind: file.kind, file: foundIn(file, name) });
    }
    const sorted = [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
    return Promise.resolve(sorted);
  }

  below(folder: string): Promise<FoundFile[]> {
    const found = this.files.filter(({ parts, file }) =>
      parts[0] === folder && parts.length > 1 && file.kind !== "folder" &&
      !parts.slice(1).some((part) => part.startsWith("."))
    ).map(({ parts, file }) => foundIn(file, parts.join("/")));
    return Promise.resolve(found.sort((a, b) => a.path < b.path ? -1 : 1));
  }

  at(folder: string): Source {
    const files = this.files.filter(({ parts }) => parts[0] === folder)
      .map(({ parts, file }) => ({ parts: parts.slice(1), file }));
    return new ArchiveSource(this.archive, files.filter(({ parts }) => parts.length > 0));
  }

  has(folder: string, names: string[]): Promise<boolean> {
    const there = new Set(
      this.files.filter(({ parts }) => parts[0] === folder).map(({ parts }) => parts[1]),
    );
    return Promise.resolve(names.every((name) => there.has(name)));
  }

  [Symbol.dispose](): void {
    this.archive[Symbol.dispose]();
  }
}

/** The parts of a path in an archive; none where it is something that a system leaves behind. */
function partsOf({ path }: ArchiveFile): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.some(isLitter) ? [] : parts;
}

function foundIn({ kind, size, modified, read }: ArchiveFile, path: string): FoundFile {
  const found = { path, name: basename(path), size, modified, read };
  return { ...found, kind: kind === "folder" ? "other" : kind };
}

/** More of a student's archive is not read. */
const MAX_ARCHIVE_BYTES = 100 * 2 ** 20;

/**
 * The files of an archive that a student handed in.
 *
 * @throws {ArchiveError} If it cannot be read.
 * @throws {GraderFailure} If the machine does not let it be read.
 */
export async function filesInArchive(file: FoundFile): Promise<FoundFile[]> {
  using archive = await Archive.open(await archiveBytes(file));
  return archive.files.flatMap((entry, i) => {
    const parts = partsOf(entry);
    if (parts.length === 0 || entry.kind === "folder") return [];
    if (parts.some((part) => part.startsWith("."))) return [];
    const read = async () => {
      using again = await Archive.open(await archiveBytes(file));
      return await again.files[i].read();
    };
    const { modified } = file; // What a student's own archive says is the student's word.
    return [{ ...foundIn(entry, [file.path, ...parts].join("/")), modified, read }];
  });
}

async function archiveBytes(file: FoundFile): Promise<Uint8Array> {
  if (file.size > MAX_ARCHIVE_BYTES) {
    throw new ArchiveError(`it is larger than ${MAX_ARCHIVE_BYTES / 2 ** 20} MiB`);
  }
  return await file.read();
}
