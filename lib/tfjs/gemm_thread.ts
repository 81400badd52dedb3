/**
 * A thread that helps with matrix products: sleeps until there is a job, then takes panels.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { CONTROL, instantiate, STATE, type ThreadData, work } from "./gemm.ts";

const { module, memory, state } = await host.threadData<ThreadData>();
const exports = instantiate(module, memory);
const control = new Int32Array(memory.buffer);
let seen = Atomics.load(control, CONTROL.generation);
Atomics.store(control, state, STATE.idle);
while (true) {
  Atomics.wait(control, CONTROL.generation, seen);
  seen = Atomics.load(control, CONTROL.generation);
  // The invitation may be over by now.
  if (Atomics.compareExchange(control, state, STATE.invited, STATE.busy) !== STATE.invited) {
    continue;
  }
  try {
    work(control, exports);
  } catch (error) {
    Atomics.store(control, state, STATE.failed);
    Atomics.notify(control, state);
    throw error;
  }
  Atomics.store(control, state, STATE.idle);
  Atomics.notify(control, state);
}
