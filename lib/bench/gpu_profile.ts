/**
 * Where the time of a planned training step on a GPU goes, dispatch by dispatch, by the GPU's own
 * clock.
 *
 * A dispatch has a compute pass of its own while it is timed, so the sum is a little more than the
 * passes of a step take as they are. Several steps are asked for before their times are read: a GPU
 * that waits in between would be a slower one.
 *
 * @module
 */
import { PlannedEngine } from "@/engine/engine.ts";
import { stepCosts } from "@/engine/gpu/cost.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { tilesNamed } from "@/engine/gpu/tile_names.ts";
import { PlannedStep } from "@/engine/planned_step.ts";
import { disposeGan } from "@/gan/gan.ts";
import { DispatchClock } from "./dispatch_clock.ts";
import { ganOf, type Profile, withTimes } from "./profile.ts";
import { type RowTask } from "./row.ts";

/**
 * The step of a row's task, on a machine of its own on this device; or why there are no times.
 *
 * @param steps Over which medians are taken; fewer where the device has no room for as many times.
 */
export async function profileOnGpu(
  task: RowTask,
  device: GPUDevice,
  steps: number,
): Promise<Profile | { failure: string }> {
  if (!DispatchClock.works(device)) {
    return { failure: "this device has no timestamp-query, so the GPU's clock cannot be read" };
  }
  const clock = new DispatchClock(device);
  const tiles = tilesNamed(task.tiles ?? "auto", device.limits);
  const machine = new GpuMachine(clock.device, tiles);
  const gan = await ganOf(task);
  const planned = new PlannedStep(gan, machine, new PlannedEngine(machine));
  /** Takes steps, and waits for the last. */
  const take = async (count: number) => {
    for (let i = 0; i < count; i++) planned.step(false);
    await machine.read(0, 1);
  };
  try {
    await take(2);
    await clock.compare();
    const dispatches = stepCosts(task.options, device.limits, tiles).map(
      ({ name, groups, flop, read, written }) => ({ name, groups, flop, bytes: read + written }),
    );
    const fitting = Math.max(1, Math.min(steps, Math.floor(clock.left / dispatches.length)));
    clock.timed = "passes";
    await take(fitting);
    const wholeMs = sum(await clock.read()) / fitting / 1000;
    clock.timed = "dispatches";
    await take(fitting);
    const times = await clock.read();
    clock.timed = "nothing";
    return {
      where: task.tiles === undefined ? "webgpu" : `webgpu, tiles ${task.tiles}`,
      steps: fitting,
      wholeMs,
      emptyMicroseconds: await clock.emptyMicroseconds(),
      nanosecondsPerTick: clock.nanosecondsPerTick,
      lines: withTimes(dispatches, times, fitting),
    };
  } finally {
    planned.release();
    machine.finish();
    disposeGan(gan);
    clock.stop();
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
