/** Temporary folders and child processes end with this process, at whatever moment a signal comes. */
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { ended, inTempFolder, startProgram } from "../support/commands.ts";
import { injectFaults, systemError } from "../support/faults.ts";

const ON_UNIX = { ignore: Deno.build.os === "windows" };
const PROGRAM = "tests/support/signalled_at.ts";
const RIGHTS = ["--allow-read", "--allow-write", "--allow-run"];

Deno.test({
  name: "a signal that comes as soon as a temporary folder exists leaves none behind",
  ...ON_UNIX,
  fn: () =>
    inTempFolder(async (folder) => {
      const { code, stderr } = await ended(startProgram(PROGRAM, ["folder", folder], {}, RIGHTS));
      assertEquals([code, stderr], [143, ""]);
      assertEquals([...Deno.readDirSync(folder)], []);
    }),
});

Deno.test({
  name: "a signal that comes as soon as a program has started ends that too",
  ...ON_UNIX,
  fn: () =>
    inTempFolder(async (folder) => {
      const { code, stderr } = await ended(startProgram(PROGRAM, ["program", folder], {}, RIGHTS));
      assertEquals([code, stderr], [143, ""]);
      const pid = await Deno.readTextFile(join(folder, "pid"));
      const { success } = await new Deno.Command("ps", { args: ["-p", pid] }).output();
      assertEquals(success, false, `process ${pid} has ended`);
    }),
});

Deno.test({
  name: "a signal that comes at the end of the last piece of work is not lost",
  ...ON_UNIX,
  fn: async () => {
    const { code, stderr } = await ended(startProgram(PROGRAM, ["end"], {}, RIGHTS));
    assertEquals([code, stderr], [143, ""]);
  },
});

Deno.test("a folder that something still writes to is removed at another try", () =>
  inTempFolder(async (parent) => {
    const folder = await makeTempFolder({ prefix: "work-", dir: parent });
    let refusals = 2;
    {
      using _faults = injectFaults(({ name }) =>
        name === "remove" && refusals-- > 0 ? systemError("ENOTEMPTY") : undefined
      );
      await removeTempFolder(folder);
    }
    assertEquals(refusals, -1);
    assertEquals([...Deno.readDirSync(parent)], []);
  }));

Deno.test("a folder that cannot be removed is told of", () =>
  inTempFolder(async (parent) => {
    const folder = await makeTempFolder({ prefix: "work-", dir: parent });
    const [print, said] = [console.error, [] as string[]];
    console.error = (line: string) => said.push(line);
    try {
      using _faults = injectFaults(({ name }) =>
        name === "remove" ? systemError("EIO") : undefined
      );
      await removeTempFolder(folder);
    } finally {
      console.error = print;
    }
    assertEquals(said, [`warning: ${folder} is left behind: EIO (injected)`]);
  }));
