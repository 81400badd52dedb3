/** Rows that are timed in turns, by programs that make up their times. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { type RowResult, type TimedRow, timeRows, turnsOf } from "@/bench/measure.ts";
import { type Row } from "@/bench/row.ts";
import { TaskFiles } from "@/bench/task_files.ts";
import { createWorkload } from "@/bench/workload.ts";

/** Takes 400 ms a step by its own word; the eager one ends when it is asked for the fourth time. */
const PYTHON = `#!/bin/sh
ends=no
grep -q '"cuda":"eager"' "$2" && ends=yes
grep -q '"cuda":"compile"' "$2" && { echo '{"unavailable": "no compiler"}'; exit 0; }
echo '{"ready": {"torch": "9.9"}}'
asked=0
while read -r line; do
  case "$line" in
    *time*)
      asked=$((asked + 1))
      [ $ends = yes ] && [ $asked = 4 ] && { echo "out of memory" >&2; exit 3; }
      echo '{"msPerStep": 400}';;
    *memory*) echo '{"peakBytes": 5}';;
    *) echo '{}';;
  esac
done
`;

Deno.test("a row whose process ends is left out with its last words, and the others go on", async () => {
  const rows: Row[] = ["eager", "compile", "graph"].map((way) => ({ variant: "cuda", way } as Row));
  const files = await TaskFiles.create();
  try {
    const python = join(files.folder, "python");
    await Deno.writeTextFile(python, PYTHON, { mode: 0o755 });
    const group = { workload: createWorkload("spiral", false), rows };
    const settings = { rounds: 3, python };
    const turns: string[] = [];
    const results = await timeRows(group, settings, files, (what) => turns.push(what));
    assertEquals(results.map(({ row }) => row), rows);
    const [eager, compile, graph] = results as [RowResult, RowResult, TimedRow];
    if (eager.status !== "not run") throw new Error("The row that ended was timed");
    assertEquals(eager.failed, true);
    assertStringIncludes(
      eager.reason,
      "Cannot time PyTorch CUDA, eager: its process ended with code 3",
    );
    assertStringIncludes(eager.reason, "out of memory");
    assertEquals(compile, { status: "not run", row: rows[1], reason: "no compiler" });
    // As many steps of 400 ms as are about a second.
    assertEquals([graph.steps, graph.ms, graph.peakBytes], [3, [400, 400, 400], 5]);
    assertEquals(graph.ofCuda, { graph: 1 });
    // A row that is not run has no turns.
    assertEquals(turnsOf(group, settings) - turns.length, settings.rounds + 1);
  } finally {
    await files.remove();
  }
});
