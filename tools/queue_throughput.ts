/**
 * Measures the queue: submissions graded by real workers beside the same class graded here, jobs
 * that sleep by up to 64 simulated workers, and the memory of the one who asks for 20,000 jobs.
 *
 *   deno run -A tools/queue_throughput.ts real [--students 200] [--rounds 3]
 *   deno run -A tools/queue_throughput.ts simulated [--ms 500] [--seconds 20]
 *   deno run -A tools/queue_throughput.ts memory [--count 20000]
 *   deno run -A tools/queue_throughput.ts class [--count 20000] [--heap 160]
 *
 * It needs redis-server. Simulated workers are one process that has all their connections; a worker
 * there waits as long as a job takes, so they cost this machine what a queue costs and no more. The
 * last one is about the folder of grades and has no queue: every result is there at once. It grades
 * a class and then grades it again, with all results known, each in a process of its own, whose heap
 * can be limited, in MiB.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseAssignment } from "@/course/assignment.ts";
import { gradeClass } from "@/course/class.ts";
import { type Executor } from "@/jobs/executor.ts";
import { jobOrder, type Json } from "@/jobs/job.ts";
import { parseQueueAddress } from "@/jobs/queue_address.ts";
import { QueueExecutor } from "@/jobs/queue_executor.ts";
import { workForQueue } from "@/jobs/queue_worker.ts";
import { ended } from "../tests/support/commands.ts";
import { grade, makeClass, resultTimes } from "../tests/queue/support/chaos.ts";
import { RedisServer } from "../tests/queue/support/redis_server.ts";
import { WorkerProcess } from "../tests/queue/support/workers.ts";
import { processorSeconds, processorSecondsOf } from "./processor_time.ts";

const VERSION = "measured";
const SELF = fileURLToPath(import.meta.url);

const { values, positionals: [what, place, size] } = parseArgs({
  allowPositionals: true,
  options: {
    students: { type: "string", default: "200" },
    rounds: { type: "string", default: "3" },
    ms: { type: "string", default: "500" },
    seconds: { type: "string", default: "20" },
    count: { type: "string", default: "20000" },
    heap: { type: "string" },
  },
});

/** Submissions per second between a tenth and nine tenths of the results. */
async function rateOf(out: string): Promise<number> {
  const times = [...(await resultTimes(out)).values()].toSorted((a, b) => a - b);
  const [from, to] = [0.1, 0.9].map((share) => Math.floor(share * (times.length - 1)));
  return 1000 * (to - from) / (times[to] - times[from]);
}

async function real(students: number, rounds: number): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "throughput-" });
  try {
    await makeClass(folder, students);
    await using server = await RedisServer.start();
    const here: { rate: number; seconds: number }[] = [];
    // Each round has them all, so that a busy machine slows them alike.
    for (let round = 0; round < rounds; round++) {
      for (const workers of [0, 1, 2, 3]) {
        const out = `out_${round}_${workers}`;
        const own = await gradeBy(workers, { folder, out, server });
        if (workers === 0) here.push(own);
        const who = workers === 0 ? "here, 2 at a time" : `${workers} workers`;
        console.log(
          `${who}: ${own.rate.toFixed(2)} a second, ${
            (own.rate / here[round].rate).toFixed(2)
          } of here; ${(own.seconds / students).toFixed(3)} s of processor time for each, ${
            (own.seconds / here[round].seconds).toFixed(2)
          } of here`,
        );
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Grades a class by so many workers, or here; its rate, and the processor time of all together. */
async function gradeBy(
  workers: number,
  { folder, out, server }: { folder: string; out: string; server: RedisServer },
): Promise<{ rate: number; seconds: number }> {
  const crew = Array.from({ length: workers }, () => new WorkerProcess(server.url));
  const before = processorSeconds(server.pid);
  const asker = grade(folder, out, workers > 0 ? server.url : undefined);
  const [own, { code, stderr }] = await Promise.all([processorSecondsOf(asker), ended(asker)]);
  if (code !== 0) throw new Error(`Cannot measure: grading ended with ${code}: ${stderr}`);
  const theirs = crew.reduce((sum, { pid }) => sum + processorSeconds(pid), 0);
  const queue = workers > 0 ? processorSeconds(server.pid) - before : 0;
  await Promise.all(crew.map((worker) => worker[Symbol.asyncDispose]()));
  return { rate: await rateOf(join(folder, out)), seconds: own + theirs + queue };
}

/** Starts a process of simulated workers. */
function crewOf(server: RedisServer, workers: number): Deno.ChildProcess {
  const args = ["run", "-A", "--no-check", SELF, "crew", server.url, String(workers)];
  return new Deno.Command(Deno.execPath(), { args, stdout: "null" }).spawn();
}

/** The process of simulated workers, with one job at a time each. */
async function crew(address: string, workers: number): Promise<void> {
  const never = new AbortController().signal;
  await Promise.all(Array.from({ length: workers }, () =>
    workForQueue(parseQueueAddress(address), {
      version: VERSION,
      backend: "none",
      jobs: 1,
      lostAfterMs: 30_000,
      onNotice: console.error,
      onJob: () => {},
      stop: never,
      giveBack: never,
      pool: {
        run: async ({ job: { settings, seed } }) => {
          const ms = Number(settings.ms);
          await new Promise((resolve) => setTimeout(resolve, ms));
          return {
            result: { seed, text: "x".repeat(Number(settings.resultBytes)) },
            made: { host: "simulated", cores: 1, seconds: ms / 1000 },
          };
        },
      },
    })));
}

interface Load {
  count: number;
  ms: number;
  /** Of the submission and of the result, in bytes. */
  bytes: number;
  resultBytes: number;
}

/** Has jobs done; calls `onDone` after each. */
async function ask(server: RedisServer, load: Load, onDone: (done: number) => void): Promise<void> {
  const { count, ms, bytes, resultBytes } = load;
  await using executor = await QueueExecutor.open(parseQueueAddress(server.url), {
    version: VERSION,
    onNotice: console.error,
  });
  let [next, done] = [0, 0];
  const one = async () => {
    while (next < count) {
      const seed = next++;
      // No two texts are alike, and they do not shrink much.
      const noise = crypto.getRandomValues(new Uint8Array(Math.min(65_536, Math.round(bytes / 2))));
      const order = jobOrder({
        kind: "sleep",
        version: VERSION,
        seed,
        settings: { ms, resultBytes },
        texts: { submission: noise.toHex() },
        label: `nap ${seed}`,
      });
      await executor.run(order);
      await executor.forget(order);
      onDone(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, executor.window) }, one));
}

async function simulated(ms: number, seconds: number): Promise<void> {
  for (const workers of [1, 2, 4, 8, 16, 32, 64]) {
    await using server = await RedisServer.start();
    const process = crewOf(server, workers);
    const count = Math.round(workers * seconds * 1000 / ms);
    const times: number[] = [];
    const before = processorSeconds(Deno.pid) - processorSeconds(process.pid);
    await ask(server, { count, ms, bytes: 30_000, resultBytes: 4000 }, () => {
      times.push(performance.now());
    });
    const [theirs, redis] = [process.pid, server.pid].map(processorSeconds);
    const own = processorSeconds(Deno.pid) - theirs - redis - before;
    process.kill("SIGKILL");
    await process.status;
    const [from, to] = [0.1, 0.9].map((share) => Math.floor(share * (count - 1)));
    const each = (seconds: number) => (1000 * seconds / count).toFixed(2);
    const rate = 1000 * (to - from) / (times[to] - times[from]);
    const linear = workers * 1000 / ms;
    console.log(
      `${workers} workers: ${rate.toFixed(1)} jobs a second, ${
        (rate / linear).toFixed(3)
      } of ${linear}; ms of processor time for each job: asking ${each(own)}, working ${
        each(theirs)
      }, Redis ${each(redis)}`,
    );
  }
}

async function memory(count: number): Promise<void> {
  await using server = await RedisServer.start();
  const process = crewOf(server, 64);
  const client = server.client();
  const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  let most = 0;
  const look = setInterval(async () => {
    const [, used] = (await client.info("memory")).match(/used_memory:(\d+)/)!;
    most = Math.max(most, Number(used));
  }, 250);
  await ask(server, { count, ms: 100, bytes: 100_000, resultBytes: 8000 }, (done) => {
    if (done % Math.round(count / 10) !== 0) return;
    console.log(`${done} done: ${mb(Deno.memoryUsage().rss)} MiB here, ${mb(most)} MiB in Redis`);
  });
  clearInterval(look);
  const [, left] = (await client.info("memory")).match(/used_memory:(\d+)/)!;
  console.log(`Redis had ${mb(most)} MiB at most, and has ${mb(Number(left))} MiB at the end`);
  client.disconnect();
  process.kill("SIGKILL");
  await process.status;
}

/** The most memory that this process has had (Linux). */
function mostOf(): string {
  const [, kib] = Deno.readTextFileSync("/proc/self/status").match(/VmHWM:\s*(\d+)/)!;
  return `${(Number(kib) / 1024).toFixed(0)} MiB`;
}

/** The memory of grading a class whose results come at once: what its tables and pages take. */
async function classMemory(count: number): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "class-" });
  const limit = values.heap === undefined ? [] : [`--v8-flags=--max-old-space-size=${values.heap}`];
  const args = ["run", "-A", "--no-check", ...limit, SELF, "once", folder, String(count)];
  try {
    for (let i = 0; i < count; i++) {
      const student = join(folder, "in", `student_${i}`);
      await Deno.mkdir(student, { recursive: true });
      await Deno.writeTextFile(join(student, "a1_theory.ipynb"), `{"number": ${i}}`);
    }
    for (const run of ["graded", "graded again"]) {
      console.log(`${count} submissions, ${run}:`);
      const { success } = await new Deno.Command(Deno.execPath(), { args }).spawn().status;
      if (!success) throw new Error("Cannot measure: grading has failed");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Grades a class whose results come at once. */
async function gradeOnce(folder: string, count: number): Promise<void> {
  const mb = () => `${(Deno.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB, ${mostOf()} at most`;
  const name = "notebooks/assignments/a1_theory.ipynb";
  const assignment = parseAssignment(await Deno.readTextFile(name), name);
  let asked = 0;
  // As in a class: one check of seven does not hold, and what students have written is their own.
  const resultOf = (number: number): Json => ({
    status: "graded",
    notes: [],
    marks: assignment.items.map(({ id, kind, points }, i): Json => {
      if (kind !== "check") {
        const answer = `An answer of ${number}. `.repeat(20);
        return { id, outcome: "by hand", message: "", answer, digest: String(number) };
      }
      if ((number + i) % 7 !== 0) return { id, outcome: "right", points, message: "" };
      const code = `const own = (x: number) => x + ${number};\n`.repeat(12);
      const message = `expected 1, got ${number % 5}`;
      return { id, outcome: "wrong", points: 0, message, got: String(number % 5), code };
    }),
  });
  const made = { host: "none", cores: 1, seconds: 0 };
  const executor: Executor = {
    window: 512,
    run: () => Promise.resolve({ result: resultOf(asked++), made }),
    forget: () => Promise.resolve(),
    standing: () => Promise.resolve({ workers: 1, failures: 0, lost: 0 }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  console.log(`before: ${mb()}`);
  let told = -1;
  await gradeClass(assignment, {
    submissions: join(folder, "in"),
    out: join(folder, "out"),
    jobs: 1,
    seed: 1,
    elsewhere: { executor, version: VERSION },
    onProgress: (done) => {
      if (done % Math.round(count / 4) !== 0 || done === told) return;
      told = done;
      console.log(`${done} graded: ${mb()}`);
    },
  });
  console.log(`tables and pages written: ${mb()}`);
}

if (what === "crew") await crew(place, Number(size));
else if (what === "real") await real(Number(values.students), Number(values.rounds));
else if (what === "simulated") await simulated(Number(values.ms), Number(values.seconds));
else if (what === "memory") await memory(Number(values.count));
else if (what === "class") await classMemory(Number(values.count));
else if (what === "once") await gradeOnce(place, Number(size));
else throw new RangeError(`Cannot measure ${what}: it must be real, simulated, memory or class`);
Deno.exit(0);
