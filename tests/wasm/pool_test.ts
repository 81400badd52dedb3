/** The pool of threads, on jobs that are a few instructions: who takes part, and who fails. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  assemble,
  countDown,
  forever,
  i32,
  type Instructions,
  local,
  returnIf,
  sequence,
  type WasmFunction,
} from "@/wasm/assembler.ts";
import { CONTROL_BYTES, ThreadPool } from "@/wasm/pool.ts";
import { type StartedThread } from "@/host/host.ts";
import { type ThreadData } from "@/wasm/thread.ts";

/** Words behind the pool's: the next task, how many were done, how often a job was abandoned. */
const [NEXT, DONE, ABANDONED] = [0, 1, 2].map((word) => CONTROL_BYTES + 64 * word);
const ALL = 20_000;

const addOne = (address: Instructions): Instructions => [
  ...address,
  ...i32.constant(1),
  ...i32.atomicAdd,
];
const UNREACHABLE = [0x00];
const ifTrue = (then: Instructions): Instructions => [0x04, 0x40, ...then, 0x0b];

/**
 * run(next, done, all, fatal, turns): takes tasks from the counter at `next` and counts them at `done`, until
 * all are taken. A task is a loop of so many turns. Whoever takes task `fatal` fails.
 */
const run: WasmFunction = {
  name: "run",
  parameters: 5,
  locals: { integers: 2, vectors: 0 },
  body: forever(
    ...[addOne(local.get(0)), local.tee(5), local.get(2), i32.atLeast, returnIf],
    // The task is `fatal` if it is neither less nor more.
    ...[local.get(5), local.get(3), i32.atLeast],
    ifTrue(sequence(local.get(3), local.get(5), i32.atLeast, ifTrue(UNREACHABLE))),
    ...[local.get(4), local.set(6), countDown(6)],
    ...[addOne(local.get(1)), local.set(5)],
  ),
};

/** abandon(next, done, …): counts its calls at `done` + 64. */
const abandon: WasmFunction = {
  name: "abandon",
  parameters: 5,
  locals: { integers: 0, vectors: 0 },
  body: sequence(addOne([...local.get(1), ...i32.constant(64), ...i32.add]), local.set(0)),
};

/** A pool whose job is `run`; `job` begins it anew, and `word` reads a counter. */
function tasks(threads: number, start?: (data: ThreadData) => StartedThread) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const bytes = assemble({ pages: 1, maximumPages: 1 }, [run, abandon]);
  const pool = new ThreadPool(memory, { tasks: new WebAssembly.Module(bytes) }, threads, start);
  const words = new Int32Array(memory.buffer);
  const word = (address: number) => Atomics.load(words, address / 4);
  const job = ({ all = ALL, fatal = ALL, turns = 1 } = {}) => {
    for (const address of [NEXT, DONE, ABANDONED]) Atomics.store(words, address / 4, 0);
    return [NEXT, DONE, all, fatal, turns];
  };
  return { pool, job, word };
}

/** Lets the other threads come up. */
async function comeUp(pool: ThreadPool, threads: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (pool.threads < threads && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assertEquals(pool.threads, threads);
}

/** Waits without letting go. */
function waitFor(condition: () => boolean): void {
  const deadline = performance.now() + 60_000;
  while (!condition() && performance.now() < deadline);
  assert(condition());
}

for (const threads of [1, 2, 4]) {
  Deno.test(`every task is done once, by ${threads} threads`, async () => {
    const { pool, job, word } = tasks(threads);
    assert(pool.share(job()));
    await comeUp(pool, threads);
    for (let i = 0; i < 20; i++) {
      assert(pool.share(job()));
      assertEquals(word(DONE), ALL);
    }
    pool.run(job());
    assertEquals(word(DONE), ALL);
    pool.stop();
    assertEquals(pool.threads, 1);
    assert(pool.share(job()));
    assertEquals([word(DONE), word(ABANDONED)], [ALL, 0]);
  });
}

Deno.test("the others begin while this thread does something else first", async () => {
  const { pool, job, word } = tasks(2);
  pool.share(job());
  await comeUp(pool, 2);
  // All of it is done by the other thread before this one takes part.
  assert(pool.share(job(), () => waitFor(() => word(DONE) === ALL)));
  pool.stop();
});

Deno.test("a job is over when every thread is done with what it took, and not before", async () => {
  const { pool, job, word } = tasks(2);
  pool.share(job());
  await comeUp(pool, 2);
  for (let i = 0; i < 3; i++) {
    // The one task, of some 10 ms or more, is the other thread's.
    const slow = job({ all: 1, turns: 2 ** 24 });
    assert(pool.share(slow, () => waitFor(() => word(NEXT) > 0)));
    assertEquals(word(DONE), 1);
  }
  pool.stop();
});

Deno.test("where what comes first fails the job is done all the same, and the pool goes on", async () => {
  const { pool, job, word } = tasks(2);
  pool.share(job());
  await comeUp(pool, 2);
  const failing = () => {
    throw new Error("no batch");
  };
  assertThrows(() => pool.share(job(), failing), Error, "no batch");
  assertEquals(word(DONE), ALL);
  assert(pool.share(job()));
  pool.stop();
});

Deno.test("a thread that fails abandons its job, is told of, and is gone; the others go on", async () => {
  const { pool, job, word } = tasks(3);
  pool.share(job());
  await comeUp(pool, 3);
  // This thread takes no task before another one has failed.
  assertEquals(pool.share(job({ fatal: 7 }), () => waitFor(() => word(ABANDONED) === 1)), false);
  assertEquals([pool.threads, word(DONE)], [2, ALL - 1]);
  assert(pool.share(job()));
  assertEquals(word(DONE), ALL);
  pool.stop();
});

Deno.test("where this thread fails it abandons the job, the others are waited for, and all go on", () => {
  const { pool, job, word } = tasks(1);
  assertThrows(() => pool.share(job({ fatal: 7 })), WebAssembly.RuntimeError, "unreachable");
  assertEquals([word(DONE), word(ABANDONED)], [7, 1]);
  assert(pool.share(job()));
  assertEquals(word(DONE), ALL);
});

Deno.test("a host that starts no thread, or whose threads never come up, costs nothing but time", () => {
  const none = () => {
    throw new Error("not permitted");
  };
  const never = () => ({ terminate: () => {} });
  for (const start of [none, never]) {
    const { pool, job, word } = tasks(3, start);
    for (let i = 0; i < 3; i++) {
      assert(pool.share(job()));
      assertEquals([word(DONE), pool.threads], [ALL, 1]);
    }
  }
});

Deno.test("threads are started by the first job that is shared, and only then", () => {
  let started = 0;
  const { pool, job } = tasks(4, () => {
    started++;
    return { terminate: () => started-- };
  });
  pool.run(job());
  assertEquals([started, pool.alone], [0, false]);
  for (let i = 0; i < 2; i++) pool.share(job());
  assertEquals(started, 3);
  pool.stop();
  assertEquals([started, pool.alone], [0, true]);
  assertEquals(tasks(1).pool.alone, true);
});
