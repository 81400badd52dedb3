/** Jobs in a pool of processes on this machine. */
import { hostname } from "node:os";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { JobFailed } from "@/jobs/job_errors.ts";
import { LocalExecutor } from "@/jobs/local_executor.ts";
import { QUEUE_VARIABLE } from "@/jobs/queue_address.ts";
import { orderOfKind, sleepOrder, TEST_PROGRAM } from "../support/jobs.ts";

async function withExecutor(
  size: number,
  act: (executor: LocalExecutor, told: string[]) => Promise<void>,
): Promise<void> {
  const told: string[] = [];
  await using executor = await LocalExecutor.start({
    program: TEST_PROGRAM,
    size,
    pauseMs: 1,
    onTrouble: (line) => told.push(line),
  });
  await act(executor, told);
}

interface Look {
  variables: string[];
  net: string;
  process: number;
}

Deno.test("jobs come back with their results, whatever they print, and say where they were done", () =>
  withExecutor(2, async (executor) => {
    const shares: number[] = [];
    const runs = [1, 2, 3, 4, 5].map((seed) =>
      executor.run(sleepOrder(seed), { onProgress: (share) => shares.push(share) })
    );
    const done = await Promise.all(runs);
    assertEquals(done.map(({ result }) => result), [2, 4, 6, 8, 10].map((twice) => ({ twice })));
    assertEquals(shares, [0.5, 0.5, 0.5, 0.5, 0.5]);
    const { made } = done[0];
    assertEquals(made.host, hostname());
    assert(made.seconds >= 0 && made.cores > 0);
    assertEquals((await executor.run(orderOfKind("print"))).result, "printed");
  }));

Deno.test("a process is kept for the next job, has no network and does not know the queue", async () => {
  Deno.env.set(QUEUE_VARIABLE, "redis://:secret@host");
  try {
    await withExecutor(1, async (executor) => {
      const looks = [
        (await executor.run(orderOfKind("look"))).result,
        (await executor.run(orderOfKind("look"))).result,
      ] as unknown as Look[];
      assertEquals(looks[0].process, looks[1].process);
      assertEquals(looks.map(({ net }) => net), ["prompt", "prompt"]);
      assertEquals(looks[0].variables.includes(QUEUE_VARIABLE), false);
      assertEquals(looks[0].variables.includes("PATH"), true);
    });
  } finally {
    Deno.env.delete(QUEUE_VARIABLE);
  }
});

Deno.test("a machine's failure is tried three times more, and a failure of the job is not", () =>
  withExecutor(1, async (executor, told) => {
    const machine = executor.run(sleepOrder(1, { end: "machine fails" }));
    assertMatch((await assertRejects(() => machine, JobFailed)).message, /there is no bed/);
    assertEquals(told.length, 3);
    const own = executor.run(sleepOrder(2, { end: "fails" }));
    assertMatch((await assertRejects(() => own, JobFailed)).message, /must be lucky, got 2/);
    assertEquals(told.length, 3);
    const other = executor.run(orderOfKind("dance"));
    assertMatch((await assertRejects(() => other, JobFailed)).message, /must be one of sleep/);
  }));

Deno.test("a job that ends its process twice is set aside and named, and others go on", () =>
  withExecutor(1, async (executor, told) => {
    const bad = executor.run(sleepOrder(1, { end: "process ends" }));
    const good = executor.run(sleepOrder(2));
    const { message } = await assertRejects(() => bad, JobFailed);
    assertMatch(message, /^nap 1 is set aside.* 2 times: ended with exit code 9$/);
    assertEquals(told.length, 1);
    assertEquals((await good).result, { twice: 4 });
  }));

Deno.test("a job that is given up ends at once", () =>
  withExecutor(1, async (executor) => {
    const stop = new AbortController();
    const began = performance.now();
    const run = executor.run(sleepOrder(1, { ms: 60_000 }), {
      signal: stop.signal,
      onProgress: () => {},
    });
    setTimeout(() => stop.abort(new Error("enough")), 300);
    await assertRejects(() => run, Error, "enough");
    assert(performance.now() - began < 10_000);
    assertEquals((await executor.run(sleepOrder(2))).result, { twice: 4 });
  }));
