/** Every command that writes into a folder leaves one alone in which another command is at work. */
import { dirname, join } from "node:path";
import { assertEquals } from "@std/assert";
import { FolderLock } from "@/io/lock.ts";
import { notebookText } from "@/notebook/document.ts";
import { inTempFolder, run } from "../support/commands.ts";
import { smallNotebook } from "../support/submissions.ts";

const busy = (folder: string, flag: string) =>
  `error: Cannot write to ${folder}: another command is writing there. Wait for it, or choose another folder with ${flag}`;

Deno.test("a folder that another command writes to is left alone, exit code 1", () =>
  inTempFolder(async (folder) => {
    const notebook = join(folder, "small.ipynb");
    await Deno.writeTextFile(notebook, notebookText(smallNotebook()));
    const [out, grades, data] = ["out", "grades", "data"].map((name) => join(folder, name));
    const kernel = join(data, "kernels", "deno");
    await Deno.mkdir(grades);
    const empty = { assignment: "small", seed: 1, items: [], students: [] };
    await Deno.writeTextFile(join(grades, "grades.json"), JSON.stringify(empty));
    const commands: [command: string[], folder: string, flag: string][] = [
      [["assignment", "release", notebook, "--out", out], out, "--out"],
      [["assignment", "report", "--grades", grades], grades, "--out"],
      [["notebooks", notebook, "--out", out], out, "--out"],
      [["kernel", "--dir", data], kernel, "--dir"],
    ];
    await Promise.all(
      commands.slice(1).map(async ([[name, ...args], locked, flag]) => {
        const { code, stderr } = await whileLocked(locked, () => run(name, ...args));
        assertEquals([code, stderr.trim()], [1, busy(locked, flag)], name);
      }),
    );
    const [[name, ...args], locked, flag] = commands[0];
    const { code, stderr } = await whileLocked(locked, () => run(name, ...args));
    assertEquals([code, stderr.trim()], [1, busy(locked, flag)], name);
    // And nothing was written anywhere.
    const names = [out, grades, kernel].map((each) =>
      [...Deno.readDirSync(each)].map((one) => one.name)
    );
    assertEquals(names, [[], ["grades.json"], []]);
  }));

async function whileLocked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await Deno.mkdir(dirname(folder), { recursive: true });
  using _lock = await FolderLock.take(folder);
  return await work();
}
