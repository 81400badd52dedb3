/**
 * Grades a class of tiny submissions by `assignment grade`, two commands at a time in one folder,
 * kills both at random moments, and says whether a submission was lost, graded twice or given other
 * points.
 *
 *   deno run -A tools/kill_grading.ts [--students 1000] [--kills 20] [--jobs 2]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { gradeAndKill } from "../tests/support/killed_grading.ts";

const { values } = parseArgs({
  options: {
    students: { type: "string", default: "1000" },
    kills: { type: "string", default: "20" },
    jobs: { type: "string", default: "2" },
    within: { type: "string", default: "15" },
  },
});
const folder = await Deno.makeTempDir({ prefix: "kill-grading-" });
const began = performance.now();
try {
  const { totals, expected, rows, twice, left, processes, ends } = await gradeAndKill(folder, {
    students: Number(values.students),
    kills: Number(values.kills),
    jobs: Number(values.jobs),
    withinMs: 1000 * Number(values.within),
    onKill: (kill, known) => console.log(`kill ${kill}: ${known} results`),
  });
  const students = Object.keys(expected);
  const report = {
    seconds: Math.round((performance.now() - began) / 1000),
    lost: students.filter((student) => totals[student] === undefined).length,
    doubled: rows - Object.keys(totals).length,
    wrong: students.filter((student) => totals[student] !== expected[student]).length,
    gradedAgain: twice.length,
    left,
    processes,
    ends: Object.entries(Object.groupBy(ends, ({ code, line }) => `${code}: ${line}`))
      .map(([end, all]) => `${all!.length} × ${end}`),
  };
  console.log(JSON.stringify(report, null, 2));
  const bad = report.lost + report.doubled + report.wrong + report.gradedAgain + left.length +
    processes.length;
  Deno.exitCode = bad === 0 && ends.at(-1)!.code === 0 ? 0 : 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}
