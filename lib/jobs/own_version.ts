/**
 * The version of this code and what it runs on. Two machines with the same one do a job alike.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** What a result can depend on. */
const FILES = ["deno.json", "deno.lock"];
const FOLDERS = ["lib", "data"];

/** How many digits of the digest are shown. */
const DIGITS = 12;

let own: Promise<string> | undefined;

/**
 * The version in one line: a digest of the library, its data and its packages, then Deno and the
 * system.
 */
export function ownVersion(): Promise<string> {
  return own ??= versionOf(PROJECT);
}

async function versionOf(project: string): Promise<string> {
  const files = [...FILES];
  for (const folder of FOLDERS) await addFiles(project, folder, files);
  const whole = createHash("sha256");
  for (const file of files.toSorted()) {
    const bytes = await Deno.readFile(join(project, file));
    whole.update(`${file}\n${createHash("sha256").update(bytes).digest("hex")}\n`);
  }
  const { os, arch } = Deno.build;
  return `${whole.digest("hex").slice(0, DIGITS)} on Deno ${Deno.version.deno}, ${os} ${arch}`;
}

async function addFiles(project: string, folder: string, files: string[]): Promise<void> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(join(project, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) await addFiles(project, path, files);
    else if (isFile && !name.startsWith(".")) files.push(path);
  }
}
