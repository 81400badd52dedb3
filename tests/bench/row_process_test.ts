/** Rows are processes: what is asked, what is answered, and what happens when one is gone. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { findTorch } from "@/bench/find_torch.ts";
import { profileText } from "@/bench/profile_text.ts";
import { type Row } from "@/bench/row.ts";
import { rowCommand, RowProcess, UnavailableError } from "@/bench/row_process.ts";
import { TaskFiles } from "@/bench/task_files.ts";
import { largestDifference } from "@/bench/verify.ts";
import { createWorkload } from "@/bench/workload.ts";
import { findAdapter } from "@/backend.ts";
import { testOnBackends } from "../support/backends.ts";

const ROW: Row = { variant: "ours", backend: "wasm" };

/** A row that is this program. */
const program = (code: string, more = {}) => ({
  command: Deno.execPath(),
  args: ["eval", code],
  ...more,
});
const READY = 'console.log(JSON.stringify({ ready: { adapter: "some GPU" } }));';

Deno.test("a row that ends is a clear error: which row, how it ended, its last words", async () => {
  const process = await RowProcess.start(
    ROW,
    program(`${READY} console.error("out of memory"); Deno.exit(3);`),
  );
  assertEquals(process.ready.adapter, "some GPU");
  const { message } = await assertRejects(() => process.time(1), Error);
  assertStringIncludes(message, "Cannot time ours wasm: its process ended with code 3");
  assertStringIncludes(message, "out of memory");
  await process.stop();
});

Deno.test("a row that is killed, or never begins, is a clear error too", async () => {
  const kill = program(`${READY} Deno.kill(Deno.pid, "SIGKILL");`);
  const process = await RowProcess.start(ROW, kill);
  await assertRejects(() => process.time(1), Error, "was ended by SIGKILL, without a word");
  await process.stop();
  await assertRejects(() => RowProcess.start(ROW, program("")), Error, "ended with code 0");
});

Deno.test("a row that this machine cannot run says so, and that is no failure", async () => {
  const say = program('console.log(JSON.stringify({ unavailable: "no adapter" }));');
  await assertRejects(() => RowProcess.start(ROW, say), UnavailableError, "no adapter");
});

Deno.test("a row that is not ready in time is left out, and its process is ended", async () => {
  const sleeps = program("await new Promise((resolve) => setTimeout(resolve, 60_000));");
  const start = performance.now();
  await assertRejects(
    () => RowProcess.start(ROW, sleeps, 300),
    UnavailableError,
    "was not ready after 0.3 s",
  );
  assert(performance.now() - start < 30_000);
  const process = await RowProcess.start(ROW, program(READY), 60_000);
  await process.stop();
});

Deno.test("our rows start with V8's flags for the engine, stock ones with Deno's own", () => {
  const ours = rowCommand(ROW, "task.json", "");
  const stock = rowCommand({ variant: "stock", backend: "wasm" }, "task.json", "");
  assert("DENO_V8_FLAGS" in ours.env!);
  assertEquals(stock.without, ["DENO_V8_FLAGS"]);
});

Deno.test("a variable that a row is to do without is not there", async () => {
  Deno.env.set("BENCH_TEST_VARIABLE", "there");
  const say =
    `console.log(JSON.stringify({ ready: { it: Deno.env.get("BENCH_TEST_VARIABLE") } }));`;
  const told = async (without: string[]) => {
    const process = await RowProcess.start(ROW, program(say, { without }));
    await process.stop();
    return process.ready.it;
  };
  try {
    assertEquals(await told([]), "there");
    assertEquals(await told(["BENCH_TEST_VARIABLE"]), undefined);
  } finally {
    Deno.env.delete("BENCH_TEST_VARIABLE");
  }
});

Deno.test("our row takes steps, counts calls and tells its memory", async () => {
  const files = await TaskFiles.create();
  try {
    const { options } = createWorkload("spiral", false);
    const task = await files.write({ options: { ...options, batchSize: 16 }, threads: 1 });
    const process = await RowProcess.start(ROW, rowCommand(ROW, task, ""));
    try {
      const { msPerStep } = await process.time(2);
      assert(msPerStep > 0 && msPerStep < 60_000);
      const calls = await process.calls();
      if (process.ready.steps!.startsWith("planned")) {
        assertEquals([calls.programs, calls.kernels], [1, 0]);
        assert(calls.operations! > 10);
      } else {
        assert(calls.kernels! > 10);
      }
      const peak = await process.peakBytes();
      if (Deno.build.os === "linux") assert(peak! > 2 ** 20 && peak! < 2 ** 34);
      // Two steps were timed, and 1 + 3 were counted: the losses go on from there.
      const losses = await process.losses(3);
      assertEquals(losses.length, 3);
      assert(losses.every(({ dLoss, gLoss }) => dLoss > 0 && gLoss > 0));
    } finally {
      await process.stop();
    }
  } finally {
    await files.remove();
  }
});

testOnBackends("our row on a GPU tells its adapter and its profile", async () => {
  const adapter = (await findAdapter())!;
  const row: Row = { variant: "ours", backend: "webgpu" };
  const files = await TaskFiles.create();
  const { options } = createWorkload("spiral", false);
  const small = { ...options, batchSize: 16, generatorBatchSize: undefined };
  const start = async (software: boolean) =>
    await RowProcess.start(
      row,
      rowCommand(row, await files.write({ options: small, software }), ""),
    );
  try {
    if (adapter.software) {
      const { message } = await assertRejects(() => start(false), UnavailableError);
      assertStringIncludes(message, adapter.name);
      assertStringIncludes(message, "--software times it all the same");
    }
    const process = await start(true);
    const told = (await process.adapter())!;
    assertEquals([told.name, told.software], [adapter.name, adapter.software]);
    assert(told.limits.maxComputeWorkgroupStorageSize >= 16_384);
    assert((await process.time(2)).msPerStep > 0);
    const profile = await process.profile(1);
    assert("lines" in profile && profile.lines.length > 20);
    assert((await process.calls()).dispatches! <= 60);
    await process.stop();
  } finally {
    await files.remove();
  }
}, ["webgpu"]);

Deno.test("our row on the processor tells its profile", async () => {
  const files = await TaskFiles.create();
  try {
    const { options } = createWorkload("spiral", true);
    const task = await files.write({ options: { ...options, batchSize: 16 }, threads: 1 });
    const process = await RowProcess.start(ROW, rowCommand(ROW, task, ""));
    assertEquals(await process.adapter(), undefined);
    const profile = await process.profile(3);
    assert("lines" in profile);
    assertEquals([profile.where, profile.steps], ["wasm, 1 thread", 3]);
    assert(profile.lines.every(({ name }) => /^[a-z]/.test(name)));
    assertStringIncludes(profileText(profile), "gradient 512 × 516, 32 rows");
    const forward = profile.lines.find(({ name }) => name === "forward 512 → 512, 32 rows")!;
    assertEquals(forward.flop, 2 * 512 * 512 * 32);
    assert(forward.microseconds > 0);
    await process.stop();
  } finally {
    await files.remove();
  }
});

Deno.test("a Python that is not there, or has no PyTorch, is not found", async () => {
  assertEquals(await findTorch(["/no/such/python", "false"]), undefined);
});

Deno.test("losses differ by the largest of their differences; one that is missing is no agreement", () => {
  const a = [{ dLoss: 1, gLoss: 2 }, { dLoss: 1, gLoss: 2, penalty: 3 }];
  assertEquals(largestDifference(a, a), 0);
  assertEquals(largestDifference(a, [{ dLoss: 1, gLoss: 1.5 }, a[1]]), 0.5);
  assertEquals(largestDifference(a, [a[0], { ...a[1], penalty: 7 }]), 4);
  assertEquals(largestDifference(a, [a[0], { dLoss: 1, gLoss: 2 }]), NaN);
  assertEquals(largestDifference(a, [{ dLoss: NaN, gLoss: 2 }, a[1]]), NaN);
  assertEquals(largestDifference(a, [a[0]]), NaN);
});
