/**
 * A site as one archive to hand out, with a line that says how to serve it.
 *
 * The same site gives the same bytes: nothing of the time, the place and the machine is in it.
 *
 * @module
 */
import { type Unzipped, unzipSync, type ZipOptions, zipSync } from "fflate";
import { join } from "node:path";
import { host } from "@/host/host.ts";
import { filesIn, LIST, parseList } from "@/site/build/site_folder.ts";

/** The folder that the archive is unpacked to. */
const TOP = "gan-workbook";

/** The program in a site that serves it. */
export const PROGRAM = "serve.ts";

/** What is packed already: it would take time and become no smaller. */
const PACKED = /\.(gz|jpg|png|woff2)$/;

/** fflate writes the local time of a date: this one is the same in all time zones. */
const TIME = new Date(1980, 0, 1);

/** Files that everybody may read, as Unix has it in an archive. */
const READABLE = { os: 3, attrs: 0o100644 << 16 };

/** What a site says of itself to who has unpacked it. */
export function readmeText(denoVersion: string): string {
  const run = `run --allow-net=127.0.0.1 --allow-read=. ${PROGRAM}`;
  return `The GAN workbook
================

Open index.html in a browser to read it: text, mathematics and pictures need nothing else.

To run its cells, your browser must get the pages from a server. With Node.js 20 or later on your
computer, type this line in this folder, and open the address that it prints:

    npx -y deno@${denoVersion} ${run}

If you have Deno, the line is

    deno ${run}

It serves this folder to your own computer alone, and reads nothing else; Ctrl-C ends it. Any other
server of files will do as well, such as

    python3 -m http.server --bind 127.0.0.1

A browser that has opened the book once keeps it, and needs neither a server nor a network from then
on. What you write stays in your browser.
`;
}

/** A site as a zip archive. */
export async function packSite(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const files: Record<string, [Uint8Array, ZipOptions]> = {};
  for (const file of await filesIn(folder)) {
    const bytes = await Deno.readFile(join(folder, file));
    files[`${TOP}/${file}`] = [bytes, { level: PACKED.test(file) ? 0 : 9, ...READABLE }];
  }
  return zipSync(files, { mtime: TIME });
}

/** Whether these are the bytes of an archive as {@link packSite} made it. */
export function isPackedSite(bytes: Uint8Array): boolean {
  let files: Unzipped;
  try {
    files = unzipSync(bytes);
  } catch {
    return false; // It is no archive, or a damaged one.
  }
  const { [`${TOP}/${LIST}`]: text, ...own } = files;
  const list = text && parseList(new TextDecoder().decode(text));
  return list !== undefined &&
    Object.keys(own).length === Object.keys(list.files).length &&
    Object.entries(list.files).every(([file, digest]) => {
      const bytes = own[`${TOP}/${file}`];
      return bytes && host.sha256(bytes) === digest;
    });
}
