/** A step on a GPU by the GPU's own clock: every dispatch is timed, and what is computed stays. */
import { assert, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { DispatchClock, tickBetween } from "@/bench/dispatch_clock.ts";
import { profileOnGpu } from "@/bench/gpu_profile.ts";
import { type Profile, withTimes } from "@/bench/profile.ts";
import { createWorkload } from "@/bench/workload.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { disposeGan } from "@/gan/gan.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";
import { everything } from "../support/planned_cases.ts";
import { tinyGan } from "../support/gans.ts";
import { planOn } from "../support/planned.ts";

const testOnGpu = (name: string, test: () => Promise<void>) =>
  testOnBackends(name, test, ["webgpu"]);

const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;

testOnGpu("a step that is timed dispatch by dispatch gives the same bits", async () => {
  const [timed, plain] = [tinyGan(), tinyGan()];
  const clock = new DispatchClock(device());
  const a = planOn(new GpuMachine(clock.device), timed);
  const b = planOn(new GpuMachine(device()), plain);
  for (const mode of ["nothing", "passes", "dispatches"] as const) {
    clock.timed = mode;
    const [x, y] = [await a.step().read(), await b.step().read()];
    assertEquals(x, y, mode);
  }
  clock.timed = "nothing";
  assertEquals(await everything(timed), await everything(plain));
  a.release();
  b.release();
  for (const gan of [timed, plain]) disposeGan(gan);
  clock.stop();
});

testOnGpu("each dispatch has a time of its own, and a longer one has a longer time", async () => {
  const clock = new DispatchClock(device());
  const { device: given } = clock;
  const code = /* wgsl */ `
    @group(0) @binding(0) var<storage, read_write> memory: array<f32>;
    @compute @workgroup_size(1) fn main(@builtin(workgroup_id) group: vec3u) {
      var sum = 0.0;
      for (var i = 0u; i < 2000u; i++) { sum = sum * 0.5 + memory[i % 16u]; }
      memory[group.x % 16u] = sum;
    }`;
  const pipeline = given.createComputePipeline({
    layout: "auto",
    compute: { module: given.createShaderModule({ code }) },
  });
  const buffer = given.createBuffer({ size: 64, usage: GPUBufferUsage.STORAGE });
  const group = given.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer } }],
  });
  const run = (...counts: number[]) => {
    const encoder = given.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (const count of counts) pass.dispatchWorkgroups(count);
    pass.end();
    given.queue.submit([encoder.finish()]);
  };
  clock.timed = "dispatches";
  run(1);
  await clock.read();
  // The least of several, since another program may interrupt any of them.
  const least = [Infinity, Infinity, Infinity];
  for (let round = 0; round < 5; round++) {
    run(4000, 1, 4000);
    const times = await clock.read();
    assertEquals(times.length, 3);
    times.forEach((time, i) => least[i] = Math.min(least[i], time));
  }
  assertLess(least[1], Math.min(least[0], least[2]) / 4);
  clock.timed = "passes";
  run(4000, 1, 4000);
  const whole = await clock.read();
  assertEquals(whole.length, 1);
  assertGreater(whole[0], least[0]);
  clock.timed = "nothing";
  run(1);
  assertEquals(await clock.read(), []);
  buffer.destroy();
  clock.stop();
});

testOnGpu("a tick is as long as the processor's clock says", async () => {
  const clock = new DispatchClock(device());
  await clock.compare();
  // WebGPU's rule, which this driver follows.
  assertEquals(clock.nanosecondsPerTick, 1);
  const empty = await clock.emptyMicroseconds();
  assert(empty > 0 && empty < 1e5);
  clock.stop();
});

Deno.test("ticks that are no nanoseconds are noticed, and a late look is not", () => {
  const look = (now: number, ticks: number) => ({ now, ticks: BigInt(ticks) });
  // 100 ms in ticks of 10 ns, and of a nanosecond with one look 8 ms late.
  assertEquals(tickBetween(look(5, 7), look(105, 7 + 1e7)), 10);
  assertEquals(tickBetween(look(5, 7), look(105, 7 + 108e6)), 1);
});

testOnGpu("a profile has a line for each dispatch, with its sides and its arithmetic", async () => {
  const { options } = createWorkload("spiral", true);
  const small = { ...options, batchSize: 16, generatorBatchSize: undefined };
  const tensors = tf.memory().numTensors;
  const profile = await profileOnGpu({ options: small }, device(), 2) as Profile;
  assertEquals(tf.memory().numTensors, tensors);
  assertEquals([profile.where, profile.steps], ["webgpu", 2]);
  const { lines } = profile;
  assert(lines.length > 20 && lines.length <= 60);
  for (const { name, microseconds } of lines) assert(microseconds > 0, name);
  const names = lines.map(({ name }) => name);
  for (const name of ["forward 512 → 512, 16 rows", "loss of D", "adjoint 512 → 512, 16 rows"]) {
    assert(names.includes(name), name);
  }
  const forward = lines[names.indexOf("forward 512 → 512, 16 rows")];
  assertEquals(forward.flop, 2 * 512 * 512 * 16);
  assert(profile.wholeMs > 0 && profile.emptyMicroseconds! > 0);
});

Deno.test("a device without timestamp-query says so, and that is no failure", async () => {
  const without = { features: new Set() } as unknown as GPUDevice;
  const { options } = createWorkload("spiral", false);
  const profile = await profileOnGpu({ options }, without, 1);
  assert("failure" in profile && profile.failure.includes("timestamp-query"));
});

Deno.test("the time of a line is its median over the steps", () => {
  const lines = [{ name: "a" }, { name: "b" }];
  const times = [1, 10, 3, 20, 500, 30];
  assertEquals(withTimes(lines, times, 3).map(({ microseconds }) => microseconds), [3, 20]);
  assertThrows(() => withTimes(lines, times.slice(2), 3), RangeError, "3 steps of 2 operations");
});
