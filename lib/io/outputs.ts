/**
 * Files that a command writes, but never over what it reads, nor over what a person made.
 *
 * A file that is made here carries a seal, a digest of what is in it. A sealed file is as a command
 * left it and may be replaced by the next one; a file that was changed since, or never had a seal,
 * is a person's.
 *
 * @module
 */
import { dirname } from "node:path";
import { host } from "@/host/host.ts";
import { isFolder, isSameFile, statIfThere } from "./files.ts";
import { type Remedy, withRemedies } from "@/remedy.ts";

/** A file must not be written, because it is read or a person made it. */
export class OutputRefusedError extends Error {
  override name = "OutputRefusedError";
}

export interface OutputRules {
  /** Files that the command reads. */
  inputs: string[];
  /** Whether a file with these bytes may be replaced. */
  ours: (bytes: Uint8Array) => boolean;
  /** What an earlier command would have left there, for messages: `a page of report`. */
  kind: string;
  /** Whether the user wants it to be replaced, whatever it is. */
  overwrite?: boolean;
}

/**
 * Refuses to write a file that is read, or that is not an earlier output.
 *
 * @throws {OutputRefusedError} Saying which of the two, and what to do.
 */
export async function checkOutput(file: string, rules: OutputRules): Promise<void> {
  const { inputs, ours, kind, overwrite } = rules;
  const info = await statIfThere(file);
  if (!info) return;
  if (info.isDirectory) throw refusal(file, "it must be a file, got a folder");
  for (const input of inputs) {
    if (!await isSameFile(file, input)) continue;
    throw refusal(
      file,
      `${
        input === file ? "it is a file that" : `it is the same file as ${input}, which`
      } this command reads`,
      { do: "give", setting: "place" },
    );
  }
  // A device or a pipe holds nothing that could be lost.
  if (overwrite || !info.isFile || info.size === 0 || ours(await Deno.readFile(file))) return;
  throw refusal(
    file,
    `there is already a file, and it is not ${kind}, or has been changed since`,
    { do: "give", setting: "overwrite" },
    { do: "give", setting: "place" },
  );
}

/** @throws {OutputRefusedError} If the folder that a file is to be in is not there. */
export async function checkOutputFolder(file: string): Promise<void> {
  if (await isFolder(file) || !(await isFolder(dirname(file)))) {
    throw refusal(file, "it must be a file in a folder that exists");
  }
}

/** @throws {OutputRefusedError} If a folder cannot be made, because something else is there. */
export async function checkFolderToMake(folder: string): Promise<void> {
  for (let at = folder;; at = dirname(at)) {
    const info = await statIfThere(at);
    if (info?.isDirectory) return;
    if (info) throw refusal(folder, `it must be a folder, and ${at} is a file`);
    if (at === dirname(at)) return;
  }
}

function refusal(file: string, rule: string, ...remedies: Remedy[]): OutputRefusedError {
  return withRemedies(new OutputRefusedError(`Cannot write ${file}: ${rule}`), ...remedies);
}

const SEAL = /<!-- gan-workbook: sha256 ([0-9a-f]{64}) -->\n$/;

/** A page with its seal, a comment at its end. */
export function sealedPage(html: string): string {
  return `${html}<!-- gan-workbook: sha256 ${host.sha256(html)} -->\n`;
}

/** Whether a page is as `sealedPage` made it. */
export function isSealedPage(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  const match = text.match(SEAL);
  return match !== null && match[1] === host.sha256(text.slice(0, match.index));
}
