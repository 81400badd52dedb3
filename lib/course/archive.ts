/**
 * Zip archives that strangers made: their entries are listed, and a file is read up to a limit.
 * Nothing is written, so a path that leads out of an archive does no harm; it is refused all the
 * same.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { crc32, inflateRawSync } from "node:zlib";
// @ts-types="@types/yauzl"
import yauzl, { type Entry, type ZipFile } from "yauzl";

/** An archive that is not read; the message is the reason. */
export class ArchiveError extends Error {
  override name = "ArchiveError";
}

/** A file in an archive. */
export interface ArchiveFile {
  /** With / between its parts, relative to the archive. */
  path: string;
  kind: "file" | "folder" | "link";
  /** Bytes once unpacked, as the archive says; `read` holds it to that. */
  size: number;
  /** When it was last changed; in old archives, in the time zone of this computer. */
  modified: Date;
  /** @throws {ArchiveError} If it is encrypted, damaged or larger than what it says. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** No class's archive has more entries than this. */
const MAX_ENTRIES = 100_000;
const STORED = 0;
const DEFLATED = 8;
/** The bits of a file's kind among Unix attributes, and their value for a link. */
const KIND = 0o170000;
const LINK = 0o120000;

/** An archive that is open. */
export class Archive implements Disposable {
  private constructor(private readonly zip: ZipFile, readonly files: ArchiveFile[]) {}

  /**
   * Lists an archive.
   *
   * @param source A path, or the bytes of the archive.
   * @throws {ArchiveError} If it is damaged, encrypted, or has a path that leads out of it.
   */
  static async open(source: string | Uint8Array): Promise<Archive> {
    let zip: ZipFile | undefined;
    try {
      zip = typeof source === "string"
        ? await yauzl.openPromise(source, { autoClose: false })
        : await yauzl.fromBufferPromise(Buffer.from(source), {});
      if (zip.entryCount > MAX_ENTRIES) {
        throw new ArchiveError(`it has ${zip.entryCount} files, at most ${MAX_ENTRIES} are read`);
      }
      const files: ArchiveFile[] = [];
      for await (const entry of zip.eachEntry()) files.push(fileOf(zip, entry));
      return new Archive(zip, files);
    } catch (error) {
      if (typeof source === "string") zip?.close();
      throw asArchiveError(error);
    }
  }

  [Symbol.dispose](): void {
    this.zip.close();
  }
}

function fileOf(zip: ZipFile, entry: Entry): ArchiveFile {
  const folder = entry.fileName.endsWith("/");
  const link = (entry.externalFileAttributes >>> 16 & KIND) === LINK;
  return {
    path: folder ? entry.fileName.slice(0, -1) : entry.fileName,
    kind: folder ? "folder" : link ? "link" : "file",
    size: entry.uncompressedSize,
    modified: entry.getLastModDate(),
    read: () => readEntry(zip, entry),
  };
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Uint8Array<ArrayBuffer>> {
  if (entry.isEncrypted()) throw new ArchiveError("it is encrypted");
  const { compressionMethod: method, uncompressedSize: size } = entry;
  if (method !== STORED && method !== DEFLATED) {
    throw new ArchiveError(`its compression (method ${method}) is not known here`);
  }
  try {
    // Unpacked here: the library's stream goes on after an error, and nobody listens for the next
    // one.
    const stream = await zip.openReadStreamPromise(entry, { decodeFileData: false });
    const parts: Uint8Array[] = [];
    for await (const part of stream) parts.push(part);
    const packed = Buffer.concat(parts);
    const bytes = method === STORED
      ? packed
      : inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
    if (bytes.length !== size || crc32(bytes) !== entry.crc32) {
      throw new ArchiveError("it is damaged: its size or its checksum is wrong");
    }
    return new Uint8Array(bytes);
  } catch (error) {
    throw asArchiveError(error);
  }
}

/** The library's errors speak of the format; those of the system are not the archive's fault. */
function asArchiveError(error: unknown): Error {
  if (error instanceof ArchiveError) return error;
  const { message, code } = error as Error & { code?: string };
  if (code === "ERR_BUFFER_TOO_LARGE") {
    return new ArchiveError("it is damaged: it holds more than it says");
  }
  if (code !== undefined && !code.startsWith("Z_")) return error as Error;
  if (/^(invalid relative path|absolute path|invalid characters)/.test(message)) {
    return new ArchiveError(`it has a path that leads out of it (${message})`);
  }
  return new ArchiveError(`it is damaged or no zip archive (${message})`);
}
