/** `deno task bench` as a user runs it. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { findAdapter } from "@/backend.ts";
import { type TimedRow } from "@/bench/measure.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { testOnBackends } from "../support/backends.ts";
import { ended, run, runHere, start } from "../support/commands.ts";
import { gateTest } from "../support/gate.ts";

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
  [["--minutes", "0"], "integer of at least 1"],
  [["--profile", "--backends", "cpu"], "--backends must have wasm or webgpu"],
  [["--tiles", "auto"], "--backends must have webgpu"],
  [["--tiles", "7x7"], "its sides must be powers of two"],
  [["--tiles", "gradients:9x9"], "gradients in tiles of 9x9"],
  [["--json", "deno.json"], "Cannot write"],
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

testOnBackends("a software adapter is timed only where --software asks for it", async () => {
  if (!(await findAdapter())!.software) return;
  const card = await run("bench", "--card", "--no-torch");
  assertEquals(card.code, 2, card.stderr);
  assertStringIncludes(card.stderr, "Cannot time a GPU: the only WebGPU adapter is software");
  const few = ["--no-autodiff", "--rounds", "1", "--steps", "1", "--backends", "webgpu"];
  const { code, stdout } = await run("bench", ...QUICK, ...few);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "not run: ours webgpu: the only WebGPU adapter is software");
}, ["webgpu"]);

/** A `python3` that has PyTorch, and answers with times that were made up. */
const PYTHON = `#!/bin/sh
case "$1" in
  -c) exit 0;;
  */torch_cuda.py) ;;
  *) exit 3;;
esac
case $(cat "$2") in
  *'"cuda":"compile"'*) echo '{"unavailable": "no compiler here"}'; exit 0;;
  *'"cuda":"graph"'*) ms=50;;
  *) ms=200;;
esac
echo '{"ready": {"torch": "9.9", "cuda": "12.8 on Some GPU"}}'
while read -r line; do
  case "$line" in
    *time*) echo "{\\"msPerStep\\": $ms}";;
    *memory*) echo '{"peakBytes": null}';;
    *) echo '{}';;
  esac
done
`;

testOnBackends(
  "one command has everything of a card, in tables and in JSON",
  async () => {
    const folder = await makeTempFolder({ prefix: "bench-card-" });
    try {
      const python = join(folder, "python3");
      await Deno.writeTextFile(python, PYTHON, { mode: 0o755 });
      const file = join(folder, "card.json");
      const few = ["--workload", "spiral", "--rounds", "1", "--steps", "1", "--r1", "without"];
      // A software adapter would take minutes for the rest.
      const less = ["--backends", "webgpu", "--no-stock", "--no-growth", "--tiles", "32x32"];
      const options = ["--card", "--software", ...few, ...less, "--json", file];
      const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
      const { code, stdout, stderr } = await ended(start("bench", options, { env }));
      assertEquals(code, 0, stderr);
      const report = JSON.parse(await Deno.readTextFile(file));
      assertEquals([report.settings.rounds, report.settings.profile], [1, true]);
      assertEquals(report.growth, []);
      assertEquals(report.versions.cuda, "12.8 on Some GPU");
      assert(report.adapter.limits.maxComputeInvocationsPerWorkgroup >= 128);
      const [{ rows }] = report.workloads;
      const gpu = rows.find(({ row }: TimedRow) =>
        row.variant === "ours" && row.tiles === "32x32"
      ) as TimedRow;
      assertEquals(Object.keys(gpu.ofCuda!), ["eager", "graph"]);
      assertEquals(gpu.ofCuda!.graph, gpu.ms[0] / 50);
      assert("lines" in gpu.profile! && gpu.profile.lines.length > 20);
      assertStringIncludes(stdout, "PyTorch CUDA, graph");
      assertStringIncludes(stdout, "ours webgpu, tiles 32x32 (software)");
      assertStringIncludes(stdout, "not run: PyTorch CUDA, torch.compile: no compiler here");
      assertStringIncludes(stdout, "webgpu, tiles 32x32, operation by operation");
    } finally {
      await removeTempFolder(folder);
    }
  },
  ["webgpu"],
  gateTest,
);

Deno.test("--verify compares the rows and times nothing", async () => {
  const { code, stdout, stderr } = await run("bench", ...QUICK, "--verify");
  assertEquals(code, 0, stderr);
  assertEquals(stdout.split("\n").filter((line) => line.endsWith("agrees")).length, 2, stdout);
});
