/** One command at a time writes to a folder, and what holds its lock is a process and not a file. */
import { join } from "node:path";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FolderLock, FolderLockedError } from "@/io/lock.ts";
import { inTempFolder, ROOT, startProgram } from "../support/commands.ts";
import { injectFaults, systemError } from "../support/faults.ts";

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

Deno.test("a folder that is locked is refused, whoever holds it, and free after its release", () =>
  inTempFolder(async (folder) => {
    const first = await FolderLock.take(folder);
    const error = await assertRejects(() => FolderLock.take(folder), FolderLockedError);
    assert(error.message.startsWith(`Cannot write to ${folder}: another command is writing there`));
    first.release();
    using _second = await FolderLock.take(folder);
  }));

Deno.test("nothing is left of a lock; of one that is to stay, its file", () =>
  inTempFolder(async (folder) => {
    const made = join(folder, "a", "b");
    (await FolderLock.take(made)).release();
    assertEquals(names(made), []);
    (await FolderLock.take(folder, { name: "lock", keep: true })).release();
    assertEquals(names(folder).sort(), ["a", "lock"]);
  }));

Deno.test("a process that is killed leaves its folder unlocked, whatever files stay", () =>
  inTempFolder(async (folder) => {
    const program = join(folder, "hold.ts");
    const module = new URL("../../lib/io/lock.ts", import.meta.url).href;
    await Deno.writeTextFile(
      program,
      `import { FolderLock } from ${JSON.stringify(module)};
await FolderLock.take(${JSON.stringify(folder)});
console.log("held");
setInterval(() => {}, 1000);`,
    );
    // It stands outside of the project, and lib/io imports by "@/".
    const config = `--config=${join(ROOT, "deno.json")}`;
    const child = startProgram(program, [], {}, [config, "--allow-read", "--allow-write"]);
    const reader = child.stdout.getReader();
    assertEquals(new TextDecoder().decode((await reader.read()).value), "held\n");
    await assertRejects(() => FolderLock.take(folder), FolderLockedError);
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    await child.stderr.cancel();
    assert(names(folder).includes(".lock"));
    using _own = await FolderLock.take(folder);
  }));

Deno.test("of many that want a folder at once, one at a time has it", () =>
  inTempFolder(async (folder) => {
    let [held, most, times] = [0, 0, 0];
    const want = async () => {
      for (let i = 0; i < 20; i++) {
        try {
          using _lock = await FolderLock.take(folder);
          most = Math.max(most, ++held);
          times++;
          await Promise.resolve();
          held--;
        } catch (error) {
          if (!(error instanceof FolderLockedError)) throw error;
        }
      }
    };
    await Promise.all([want(), want(), want(), want()]);
    assertEquals(most, 1);
    assert(times >= 20, `${times}`);
    assertEquals(names(folder), []);
  }));

Deno.test("a lock knows when its folder has been removed or replaced", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "out");
    using lock = await FolderLock.take(out);
    assert(lock.holds());
    await Deno.remove(out, { recursive: true });
    assertEquals(lock.holds(), false);
    using other = await FolderLock.take(out);
    assertEquals([lock.holds(), other.holds()], [false, true]);
    lock.release();
    assert(other.holds(), "the file of another lock was removed");
  }));

Deno.test("a file system without locks is told, not passed over", () =>
  inTempFolder(async (folder) => {
    using _ = injectFaults(({ name }) =>
      name === "file.tryLock" ? systemError("ENOLCK") : undefined
    );
    const error = await assertRejects(() => FolderLock.take(folder), Error);
    assert(/^Cannot lock .*\.lock: ENOLCK/.test(error.message), error.message);
    assert(error.message.includes("choose a folder on a file system that has locks"));
  }));
