/**
 * The files of a data set in MNIST's format, as people have them: packed or not, under the names of
 * any of the sites that offer them.
 *
 * @module
 */
import { GzipError } from "@/host/gzip_error.ts";
import { host } from "@/host/host.ts";
import { beyondLimit, MOST_BYTES, readLimited } from "@/host/limits.ts";
import { idxSize } from "./idx.ts";

const { advice, isFile, isFolder, join, list } = host.files;

/** What follows an error that says that a file is missing. */
const ADVICE = advice ? `. ${advice}` : "";

/** Names that an error lists. */
const MOST_NAMES = 5;

export interface ImageFile {
  path: string;
  /** Unpacked. */
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads the file `name` from a folder, where it may also have `.idx` for `-idx`, any case, and
 * `.gz` or not. Its content tells whether it is packed.
 *
 * @param names All that the folder must hold, for the error.
 * @throws {Error} The host's `NotFound` if there is no such file; files with similar names are
 * listed.
 * @throws {RangeError} If it has more than `mostBytes` bytes, or is a damaged gzip file.
 */
export async function readImageFile(
  folder: string,
  name: string,
  names: readonly string[],
  mostBytes = MOST_BYTES,
): Promise<ImageFile> {
  const entries = await listFolder(folder);
  const alike = entries.filter((entry) => standardName(entry) === name);
  for (const entry of [name, `${name}.gz`, ...alike]) {
    const path = await fileOf(join(folder, entry), name);
    if (path) return { path, bytes: await readUnpacked(path, mostBytes) };
  }
  throw new host.NotFound(
    `Cannot read the images of ${folder}: it must hold ${
      names.join(", ")
    }, each as it is or with .gz; ${name} is missing${await nearMiss(
      folder,
      entries,
      name,
    )}${ADVICE}`,
  );
}

/** The file at that path; where there is a folder instead, as in some archives, the file in it. */
async function fileOf(path: string, name: string): Promise<string | undefined> {
  if (await isFile(path)) return path;
  for (const entry of await isFolder(path) ? await listFolder(path) : []) {
    const inner = join(path, entry);
    if (standardName(entry) === name && await isFile(inner)) return inner;
  }
}

async function listFolder(folder: string): Promise<string[]> {
  if (await isFolder(folder)) return await list(folder);
  const found = await isFile(folder) ? "is a file" : "is not there";
  throw new host.NotFound(
    `Cannot read the images of ${folder}: it must be a folder with the four files, and it ${found}${ADVICE}`,
  );
}

/** The name without `.gz`, in lower case, with MNIST's hyphen before `idx`. */
function standardName(entry: string): string {
  return entry.toLowerCase().replace(/\.gz$/, "").replace(/[._]idx(\d)/, "-idx$1");
}

/** What there is instead. */
async function nearMiss(folder: string, entries: string[], name: string): Promise<string> {
  const part = name.split("-idx")[0];
  const like = entries.filter((entry) =>
    entry.toLowerCase().replaceAll(/[_ ]/g, "-").includes(part)
  );
  if (like.length > 0) {
    return `. There is ${shortList(like)}: is it the file, under another name or not yet complete?`;
  }
  const below = await folderBelow(folder, entries, name);
  if (below) return `. There is one in ${below}: is that the folder?`;
  return entries.length === 0 ? ". The folder is empty" : `. There is ${shortList(entries)}`;
}

/** A folder in this one, or in one of those, that has the file. */
async function folderBelow(
  folder: string,
  entries: string[],
  name: string,
  depth = 2,
): Promise<string | undefined> {
  for (const entry of entries) {
    const path = join(folder, entry);
    if (!(await isFolder(path))) continue;
    // A folder that may not be read cannot help.
    const within = await listFolder(path).catch(() => []);
    if (within.some((one) => standardName(one) === name)) return path;
    const found = depth > 1 ? await folderBelow(path, within, name, depth - 1) : undefined;
    if (found) return found;
  }
}

function shortList(names: string[]): string {
  return names.slice(0, MOST_NAMES).join(", ") + (names.length > MOST_NAMES ? ", …" : "");
}

/**
 * The bytes of a file, unpacked if it is a packed IDX array.
 *
 * @throws {RangeError} If it has more than `mostBytes` bytes, or is a damaged gzip file.
 */
export async function readUnpacked(
  path: string,
  mostBytes = MOST_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readLimited(path, mostBytes);
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? await unpack(path, bytes, mostBytes) : bytes;
}

/** More than the header of any array that is read. */
const HEADER = 16;

/**
 * Unpacks what the array's own header promises and at most one byte more, so that a hostile file
 * cannot fill the memory.
 */
async function unpack(
  path: string,
  packed: Uint8Array,
  mostBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const beginning = await host.gunzipStart(packed.subarray(0, 4096));
    const promised = idxSize(beginning);
    // Something else: the beginning is enough to tell what.
    if (promised === undefined) return beginning;
    if (promised > mostBytes) throw beyondLimit(path, promised, mostBytes);
    return await host.gunzip(packed, Math.max(HEADER, promised + 1));
  } catch (error) {
    throw error instanceof GzipError
      ? new RangeError(`Cannot read ${path}: ${ruleOf(error)}`)
      : error;
  }
}

function ruleOf({ fault, message }: GzipError): string {
  if (fault === "longer") return "once unpacked it must end where its header says, got more bytes";
  const found = fault === "truncated" ? "one that is truncated" : `a damaged one (${message})`;
  return `it must be a whole gzip file, got ${found}`;
}
