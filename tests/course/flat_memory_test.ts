/** A class is graded, and its tables are made, without being in memory as a whole. */
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { inTempFolder } from "../support/commands.ts";

const PROGRAM = fileURLToPath(new URL("../support/large_class_program.ts", import.meta.url));
const STUDENTS = 120;
/** Of each result. The program itself takes 6 MB, and a result that is being written some copies. */
const BYTES = 200_000;
/** Of 24 MB: 7 to 11 were used, and 31 and 48 when the results were held. */
const MOST = 18_000_000;

Deno.test("a class that is graded, and graded again, is never in memory as a whole", () =>
  inTempFolder(async (folder) => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", PROGRAM]
        .concat(folder, String(STUDENTS), String(BYTES)),
    }).output();
    const grown = new TextDecoder().decode(stdout).trim().split("\n").map(Number);
    assertEquals(grown.length, 2);
    for (const bytes of grown) assert(bytes < MOST, `${bytes} bytes were in use`);
  }));
