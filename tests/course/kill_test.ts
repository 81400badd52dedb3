/** A class is graded whole, whatever kills the command, and however often it is started at once. */
import { assert, assertEquals } from "@std/assert";
import { inFolderOnDisk } from "../support/commands.ts";
import { gradeAndKill } from "../support/killed_grading.ts";
import { gateTest } from "../support/gate.ts";

gateTest(
  "two commands at a time in one folder, killed again and again: nobody is lost, graded twice or given other points",
  () =>
    inFolderOnDisk(async (folder) => {
      const result = await gradeAndKill(folder, {
        students: 15,
        kills: 3,
        jobs: 4,
        withinMs: 4000,
      });
      assertEquals(result.totals, result.expected);
      assertEquals([result.rows, result.twice], [15, []]);
      assertEquals([result.left, result.processes], [[], []]);
      const { code, line } = result.ends.at(-1)!;
      assertEquals(code, 0, line);
      for (const { code, line } of result.ends) {
        // Of two that are started at once, one works and the other says so.
        assert(code === 0 || /another command is writing there/.test(line), `${code}: ${line}`);
      }
    }),
  { ignore: Deno.build.os === "windows" },
);
