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
import { GpuMachine, type GpuProgram } from "@/engine/gpu/gpu_machine.ts";
import { OP_BYTES } from "@/engine/operation_protocol.ts";
import { PlannedStep } from "@/engine/planned_step.ts";
import { disposeGan } from "@/gan/gan.ts";
import { DispatchClock } from "./dispatch_clock.ts";
import { describeOperation, ganOf, type Profile, type ProfileLine } from "./profile.ts";
import { type RowTask } from "./row.ts";
import { median } from "./statistics.ts";

/** Knows which programs it has run. */
class WatchedMachine extends GpuMachine {
  ran: GpuProgram[] = [];

  override run(program: GpuProgram, late?: () => void): void {
    super.run(program, late);
    this.ran.push(program);
  }
}

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
  const machine = new WatchedMachine(clock.device);
  const gan = await ganOf(task);
  const planned = new PlannedStep(gan, machine, new PlannedEngine(machine));
  /** Takes steps and waits for them; milliseconds of each. */
  const take = async (count: number) => {
    const start = performance.now();
    for (let i = 1; i < count; i++) planned.step();
    await planned.step().read();
    return (performance.now() - start) / count;
  };
  try {
    await take(2);
    await clock.compare();
    machine.ran = [];
    await take(1);
    const dispatches = machine.ran.flatMap((program) =>
      program.dispatches.map((dispatch) => lineOf(program, dispatch))
    );
    const fitting = Math.max(1, Math.min(steps, Math.floor(clock.left / dispatches.length)));
    const wholeMs = await take(fitting);
    clock.timed = "passes";
    await take(fitting);
    const gpuMs = sum(await clock.read()) / fitting / 1000;
    clock.timed = "dispatches";
    await take(fitting);
    const times = await clock.read();
    clock.timed = "nothing";
    return {
      where: "webgpu",
      steps: fitting,
      wholeMs,
      gpuMs,
      emptyMicroseconds: await clock.emptyMicroseconds(),
      nanosecondsPerTick: clock.nanosecondsPerTick,
      lines: withTimes(dispatches, times),
    };
  } finally {
    planned.release();
    machine.finish();
    disposeGan(gan);
    clock.stop();
  }
}

function lineOf(
  { words }: GpuProgram,
  { offset, groups }: GpuProgram["dispatches"][number],
): Omit<ProfileLine, "microseconds"> {
  const own = new Int32Array(words, offset, OP_BYTES / 4);
  return { ...describeOperation(own, true), groups: [...groups] };
}

/**
 * The lines of a step with the medians of their times, which are those of one step after another.
 *
 * @throws {RangeError} If they are not of whole steps.
 */
export function withTimes(
  lines: Omit<ProfileLine, "microseconds">[],
  times: number[],
): ProfileLine[] {
  if (times.length === 0 || times.length % lines.length !== 0) {
    throw new RangeError(
      `Cannot profile a step: the times must be of whole steps of ${lines.length} dispatches, got ${times.length}`,
    );
  }
  return lines.map((line, i) => ({
    ...line,
    microseconds: median(times.filter((_, at) => at % lines.length === i)),
  }));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
