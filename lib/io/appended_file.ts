/**
 * A file that grows record by record while a program runs.
 *
 * @module
 */
import { writeAtomically } from "./files.ts";

export class AppendedFile implements Disposable {
  private constructor(readonly path: string, private readonly file: Deno.FsFile) {}

  /** Writes the beginning, replacing what was there, and opens the file to append to it. */
  static async begin(path: string, beginning: Uint8Array | string): Promise<AppendedFile> {
    await writeAtomically(path, bytesOf(beginning));
    return new AppendedFile(path, await Deno.open(path, { append: true }));
  }

  /**
   * Adds a record in one write, unless the disk fills up meanwhile: then the next write says so.
   */
  async append(record: Uint8Array | string): Promise<void> {
    const bytes = bytesOf(record);
    for (let at = 0; at < bytes.length;) at += await this.file.write(bytes.subarray(at));
  }

  close(): void {
    this.file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function bytesOf(record: Uint8Array | string): Uint8Array {
  return typeof record === "string" ? new TextEncoder().encode(record) : record;
}
