/**
 * Where the time of a planned training step on the processor goes. Each operation is run and timed
 * by itself, so the sum is a little more than a step takes in one go.
 *
 * @module
 */
import { PlannedEngine } from "@/engine/engine.ts";
import { OP_BYTES } from "@/engine/operation_protocol.ts";
import { PlannedStep } from "@/engine/planned_step.ts";
import { WasmMachine, type WasmProgram } from "@/engine/wasm/wasm_machine.ts";
import { disposeGan } from "@/gan/gan.ts";
import { describeOperation, ganOf, type Profile } from "./profile.ts";
import { plural, type RowTask } from "./row.ts";
import { median } from "./statistics.ts";

/** Runs operation by operation when told to. */
class ProfilingMachine extends WasmMachine {
  profiling = false;
  /** Words and times of the operations, in the order in which they ran. */
  readonly ran: { words: Int32Array; microseconds: number }[] = [];

  override run(program: WasmProgram, late?: () => void): void {
    if (!this.profiling) return super.run(program, late);
    late?.();
    for (let i = 0; i < program.operations; i++) {
      const address = program.address + i * OP_BYTES;
      const start = performance.now();
      super.run({ ...program, address, operations: 1 });
      const microseconds = 1000 * (performance.now() - start);
      this.ran.push({ words: this.words(address, OP_BYTES / 4), microseconds });
    }
  }
}

/** The step of a row's task, on a machine of its own. */
export async function profileOnWasm(task: RowTask, steps: number): Promise<Profile> {
  const gan = await ganOf(task);
  const machine = new ProfilingMachine({ relaxed: true }, task.threads);
  const planned = new PlannedStep(gan, machine, new PlannedEngine(machine));
  const take = () => {
    const start = performance.now();
    for (let i = 0; i < steps; i++) planned.step();
    return (performance.now() - start) / steps;
  };
  take();
  const wholeMs = take();
  machine.profiling = true;
  take();
  const { ran, threads } = machine;
  planned.release();
  disposeGan(gan);
  machine.stop();
  const inStep = ran.length / steps;
  const lines = ran.slice(0, inStep).map(({ words }, i) => ({
    ...describeOperation(words, false),
    microseconds: median(
      Array.from({ length: steps }, (_, step) => ran[step * inStep + i].microseconds),
    ),
  }));
  return { where: `wasm, ${plural(threads, "thread")}`, steps, wholeMs, lines };
}
