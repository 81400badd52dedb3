/**
 * Counts what a step asks of TensorFlow.js, of the GPU and of our own engine.
 *
 * @module
 */
import { type Calls } from "./row.ts";
import { WasmMachine, type WasmProgram } from "@/engine/wasm/wasm_machine.ts";
import { tf } from "@/tf.ts";

/**
 * The calls of one step: half of what three steps have more than one, so that what is done once in
 * a run (the last read-back) does not count.
 *
 * @param take Takes a number of steps and waits for them.
 */
export async function countCalls(take: (steps: number) => Promise<void>): Promise<Calls> {
  const one = await counted(() => take(1));
  const three = await counted(() => take(3));
  const perStep = (name: keyof Calls) => (three[name]! - one[name]!) / 2;
  const calls: Calls = { kernels: perStep("kernels") };
  if (tf.getBackend() === "webgpu") {
    // The last step of an epoch has one more dispatch, for its report.
    const dispatches = Math.floor(perStep("dispatches"));
    return { ...calls, dispatches, submits: perStep("submits") };
  }
  if (three.programs === 0) return calls;
  return { ...calls, programs: perStep("programs"), operations: perStep("operations") };
}

async function counted(run: () => Promise<void>): Promise<Calls> {
  const calls = { kernels: 0, dispatches: 0, submits: 0, programs: 0, operations: 0 };
  const undo = [
    count(WasmMachine.prototype, "run", (program) => {
      calls.programs++;
      calls.operations += (program as WasmProgram).operations;
    }),
    // The registry's own entries: what is put into them is what runs.
    ...tf.getKernelsForBackend(tf.getBackend()).map((kernel) =>
      count(kernel, "kernelFunc", () => calls.kernels++)
    ),
  ];
  if (tf.getBackend() === "webgpu") {
    undo.push(
      count(GPUComputePassEncoder.prototype, "dispatchWorkgroups", () => calls.dispatches++),
      count(
        GPUComputePassEncoder.prototype,
        "dispatchWorkgroupsIndirect",
        () => calls.dispatches++,
      ),
      count(GPUQueue.prototype, "submit", () => calls.submits++),
    );
  }
  try {
    await run();
  } finally {
    for (const restore of undo) restore();
  }
  return calls;
}

/** Replaces `owner[name]` with a counting function; returns what restores it. */
function count<K extends string>(
  owner: { [name in K]: unknown },
  name: K,
  seen: (argument: unknown) => void,
) {
  const original = owner[name] as (...args: unknown[]) => unknown;
  owner[name] = function (this: unknown, ...args: unknown[]) {
    seen(args[0]);
    return original.apply(this, args);
  };
  return () => void (owner[name] = original);
}
