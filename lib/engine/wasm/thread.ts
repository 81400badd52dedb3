/**
 * A thread of the machine: sleeps until there is a list of operations, then takes chunks of it.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { abandon, CONTROL, COUNTER_BYTES, instantiate, STATE, type ThreadData } from "./machine.ts";

const { memory, state, ...modules } = await host.threadData<ThreadData>();
const { run } = instantiate({ ...modules, memory });
const control = new Int32Array(memory.buffer, 0, CONTROL.words);
let seen = Atomics.load(control, CONTROL.generation);
Atomics.store(control, state, STATE.idle);
while (true) {
  Atomics.wait(control, CONTROL.generation, seen);
  seen = Atomics.load(control, CONTROL.generation);
  // The invitation may be over by now.
  if (Atomics.compareExchange(control, state, STATE.invited, STATE.busy) !== STATE.invited) {
    continue;
  }
  const [address, operations, counters] = control.subarray(CONTROL.job, CONTROL.job + 3);
  try {
    run(address, operations, counters);
  } catch (error) {
    // Nobody waits for what this thread will not do.
    abandon(new Int32Array(memory.buffer, counters, operations * COUNTER_BYTES / 4));
    Atomics.store(control, state, STATE.failed);
    Atomics.notify(control, state);
    throw error;
  }
  Atomics.store(control, state, STATE.idle);
  Atomics.notify(control, state);
}
