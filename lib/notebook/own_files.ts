/**
 * Files that a notebook makes for its reader to keep.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { display } from "./display.ts";
import { escapeHtml } from "./figure_html.ts";
import { sizeInWords } from "./file_size.ts";

/**
 * Hands the reader a file. On a page, a link below the cell saves it; elsewhere it is written beside
 * the notebook, in place of one of that name, and the output says where.
 *
 * @throws {RangeError} If the name is no plain name of a file.
 */
export async function offerFile(name: string, bytes: Uint8Array): Promise<void> {
  if (!/^[^\s./\\][^/\\]*$/.test(name)) {
    throw new RangeError(
      `Cannot offer a file: its name must be one such as samples.npy, without a folder, got "${name}"`,
    );
  }
  const text = `${name}, ${sizeInWords(bytes.length)}: ${await given(name, bytes)}`;
  // The class is for pages, where a link takes the place of the words.
  const html = `<p class="workbook-file">${escapeHtml(text)}</p>`;
  await display({ "text/plain": text, "text/html": html });
}

/** Hands it over, and says where it is. */
async function given(name: string, bytes: Uint8Array): Promise<string> {
  const { jupyter, files } = host;
  if (jupyter?.keep) {
    jupyter.keep(name, bytes.slice());
    return "once you have run this cell, a link below it saves the file.";
  }
  try {
    return `it is at ${await files.write(name, bytes)}`;
  } catch (error) {
    // A program may be started without the right to write.
    if ((error as Error).name !== "NotCapable") throw error;
    return "it was not written, since this program may not write files (deno run --allow-write)";
  }
}
