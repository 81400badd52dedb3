/** `deno task bench` as a user runs it. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { run, runHere } from "../support/commands.ts";

/** The smallest network, once, and nobody to compare it with. */
const QUICK = ["--workload", "spiral", "--r1", "without", "--no-torch", "--no-stock"];

Deno.test("deno task bench --help shows its options, and examples that are options of its own", async () => {
  const { code, stdout } = await runHere("bench", "--help");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Usage: deno task bench");
  const [options, examples] = stdout.split("Examples:");
  const used = examples.match(/--[a-z0-9-]+/g)!;
  assert(used.length > 4);
  for (const option of used) assertStringIncludes(options, `  ${option}`);
});

const wrong: [string[], string][] = [
  [["--workload", "mpl"], "It must be one of mlp, goodfellow2014, spiral"],
  [["--workload", "mlp,"], "It must be one of mlp"],
  [["--backends", "gpu"], "It must be one of wasm, cpu, webgpu"],
  [["--r1", "maybe"], "It must be one of both, with, without"],
  [["--rounds", "0"], "integer of at least 1"],
  [["--steps", "1.5"], "integer of at least 1"],
  [["--jsn"], "unknown option '--jsn'"],
  [["mlp"], "too many arguments"],
];
for (const [args, message] of wrong) {
  Deno.test(`bench ${args.join(" ")} is a wrong argument: exit code 2`, async () => {
    const { code, stderr } = await runHere("bench", ...args);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, message);
    assertFalse(/\n\s+at /.test(stderr), "no stack");
  });
}

Deno.test("--json is data, with nothing else on stdout and no progress in a pipe", async () => {
  const few = ["--no-autodiff", "--rounds", "2", "--steps", "1"];
  const { code, stdout, stderr } = await run("bench", ...QUICK, ...few, "--json");
  assertEquals(code, 0, stderr);
  const { machine, versions, settings, workloads, growth } = JSON.parse(stdout);
  assertEquals(Object.keys(machine), ["processor", "cores", "system", "load"]);
  assertEquals(versions.deno, Deno.version.deno);
  assertEquals(settings, { rounds: 2, steps: 1 });
  assertEquals(growth, []);
  assertEquals(workloads.length, 1);
  const [{ workload, penalty, batchSize, rows }] = workloads;
  assertEquals([workload, penalty, batchSize], ["spiral", false, 256]);
  assertEquals(rows.length, 1);
  const [row] = rows;
  assertEquals(row.row, { variant: "ours", backend: "wasm" });
  assertEquals(row.ms.length, 2);
  assert(row.min > 0 && row.min <= row.median && row.median <= row.max);
  assert(/^(warning {2}the machine is not quiet.*\n)?$/.test(stderr), stderr);
});

Deno.test("--verify compares the rows and times nothing", async () => {
  const { code, stdout, stderr } = await run("bench", ...QUICK, "--verify");
  assertEquals(code, 0, stderr);
  assertEquals(stdout.split("\n").filter((line) => line.endsWith("agrees")).length, 2, stdout);
});
