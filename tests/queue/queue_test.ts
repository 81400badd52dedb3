/** Jobs that go through a real Redis to workers that are real commands. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { JobFailed, QueueGoneError } from "@/jobs/job_errors.ts";
import { ownVersion } from "@/jobs/own_version.ts";
import { parseQueueAddress } from "@/jobs/queue_address.ts";
import { QueueConnection } from "@/jobs/queue_connection.ts";
import { QueueExecutor } from "@/jobs/queue_executor.ts";
import { QueueKeeper } from "@/jobs/queue_state.ts";
import { VersionError } from "@/jobs/queue_version.ts";
import { type Ended, ended, start } from "../support/commands.ts";
import { sleepOrder } from "../support/jobs.ts";
import { RedisServer } from "./support/redis_server.ts";
import { WorkerProcess } from "./support/workers.ts";

const version = await ownVersion();

async function open(server: RedisServer, told: string[] = []): Promise<QueueExecutor> {
  return await QueueExecutor.open(parseQueueAddress(server.url), {
    version,
    onNotice: (line) => told.push(line),
    lookEveryMs: 200,
  });
}

const nap = (seed: number, settings: Parameters<typeof sleepOrder>[1] = {}) =>
  sleepOrder(seed, { ...settings, version });

function jobs(server: RedisServer, ...args: string[]): Promise<Ended> {
  return ended(start("jobs", args, { env: { GAN_WORKBOOK_QUEUE: server.url } }));
}

/** What BullMQ and we have left in Redis of jobs. */
async function leftOf(server: RedisServer): Promise<string[]> {
  const client = server.client();
  const keys = await client.keys("*");
  client.disconnect();
  return keys.filter((key) => /jobs:[0-9a-f]{64}|:input:/.test(key));
}

Deno.test("a job that is asked for again is done once, until its result is kept", async () => {
  await using server = await RedisServer.start();
  await using worker = new WorkerProcess(server.url);
  {
    await using first = await open(server);
    const [one, same] = await Promise.all([first.run(nap(1)), first.run(nap(1))]);
    assertEquals(one.result, { twice: 2 });
    assertEquals(same, one);
    await first.forget(nap(1));
    assertEquals((await leftOf(server)).length, 1, "somebody else here needs it still");
  }
  await using second = await open(server);
  const { made, result } = await second.run(nap(1));
  assertEquals(result, { twice: 2 });
  assert(made.cores > 0);
  assertEquals(worker.text.match(/nap 1: done/g)?.length, 1);
  await second.forget(nap(1));
  assertEquals(await leftOf(server), []);
  assertMatch((await jobs(server, "list")).stdout, /workers {2}1\n {2}\S+: \d+ cores, 1 at a time/);
  worker.signal("SIGTERM");
  assertEquals(await worker.ended(), 143);
});

Deno.test("who has another version is refused, and is told both", async () => {
  await using server = await RedisServer.start();
  const client = server.client();
  await client.set("gan-workbook:version", "another version");
  await using worker = new WorkerProcess(server.url);
  assertEquals(await worker.ended(), 1);
  assertMatch(worker.text, /error: Cannot work for .* those who ask, another version; this is /);
  // Nothing is open there, so those who ask may change it; then it is kept for as long as jobs are open.
  await using executor = await open(server);
  executor.run(nap(1)).catch(() => {});
  while ((await leftOf(server)).length === 0) await new Promise((then) => setTimeout(then, 10));
  await client.set("gan-workbook:version", "another version");
  await assertRejects(() => open(server), VersionError, "1 is of another version");
  client.disconnect();
});

Deno.test("a job that ends its process twice is set aside; it is listed, tried again and cancelled", async () => {
  await using server = await RedisServer.start();
  await using _worker = new WorkerProcess(server.url);
  const told: string[] = [];
  await using executor = await open(server, told);
  const bad = executor.run(nap(7, { end: "process ends" }));
  const { message } = await assertRejects(() => bad, JobFailed);
  assertMatch(message, /^nap 7 is set aside.*ended with exit code 9$/);
  assertEquals((await executor.run(nap(8))).result, { twice: 16 });
  const own = executor.run(nap(9, { end: "fails" }));
  assertMatch((await assertRejects(() => own, JobFailed)).message, /must be lucky, got 9/);
  const { stdout } = await jobs(server, "list");
  assertMatch(stdout, /2 failed, 1 completed/);
  const [, id] = stdout.match(/^([0-9a-f]{12}) {2}failed {4}nap 7 is set aside/m) ?? [];
  assertEquals((await jobs(server, "retry", id)).stdout, "nap 7\n");
  assertEquals((await jobs(server, "retry", "zz")).code, 2);
  assertEquals((await jobs(server, "retry")).code, 2);
});

Deno.test("who waits for a job that is cancelled is told so", async () => {
  await using server = await RedisServer.start();
  await using executor = await open(server);
  const run = executor.run(nap(1));
  run.catch(() => {});
  while ((await leftOf(server)).length === 0) await new Promise((then) => setTimeout(then, 10));
  const { stdout, stderr } = await jobs(server, "cancel", "--all");
  assertEquals([stdout, stderr], ["nap 1\n", "1 job is cancelled\n"]);
  await assertRejects(() => run, JobFailed, "nap 1 was cancelled");
});

Deno.test("a queue that is gone is told of, waited for, and has lost nothing", async () => {
  await using server = await RedisServer.start();
  await using worker = new WorkerProcess(server.url, ["--lost-after", "5"]);
  const told: string[] = [];
  await using executor = await open(server, told);
  const runs = Array.from({ length: 40 }, (_, i) => executor.run(nap(i, { ms: 50 })));
  await Promise.race(runs);
  await server.kill();
  await worker.says(
    /warning: the queue redis:\/\/127\.0\.0\.1:\d+ does not answer \(.*\); waiting/,
  );
  await server.begin();
  const done = await Promise.all(runs);
  assertEquals(done.map(({ result }) => result), runs.map((_, i) => ({ twice: 2 * i })));
  assertEquals(told.filter((line) => /does not answer/.test(line)).length, 1);
  assertEquals(told.filter((line) => /answers again/.test(line)).length, 1);
  await worker.says(/answers again/);
});

Deno.test("a connection that fails later than another has come back tells of no second loss", async () => {
  await using server = await RedisServer.start();
  const told: string[] = [];
  using connection = new QueueConnection(parseQueueAddress(server.url), {
    onNotice: (line) => told.push(line),
  });
  const quick = await connection.ready();
  const slow = connection.client();
  await slow.ping();
  const refused = new Error("connect ECONNREFUSED");
  for (const client of [quick, slow, quick]) client.emit("error", refused);
  quick.emit("ready");
  slow.emit("error", refused);
  assertEquals(told.length, 1, "one of the two is not back");
  slow.emit("ready");
  assertMatch(told.join("\n"), /^[^\n]+ does not answer \(.*\); waiting for it\n.* answers again$/);
});

Deno.test("a queue that is gone ends the waiting if that is chosen, and a wrong password always does", async () => {
  await using server = await RedisServer.start({ password: "opensesame" });
  const address = parseQueueAddress(server.url);
  await using executor = await QueueExecutor.open(address, {
    version,
    ifGone: "end",
    onNotice: () => {},
  });
  const run = executor.run(nap(1));
  run.catch(() => {});
  const wrong = parseQueueAddress(server.url.replace("opensesame", "sesameopen"));
  const { message } = await assertRejects(
    () => QueueKeeper.open(wrong, { onNotice: () => {} }),
    QueueGoneError,
  );
  assertMatch(message, /WRONGPASS/);
  assertEquals(/sesame/.test(message), false, message);
  await server.kill();
  await assertRejects(() => run, QueueGoneError, "does not answer");
  const { code, stderr } = await jobs(server, "list", "--if-gone", "end");
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^error: The queue redis:\/\/127\.0\.0\.1:\d+ does not answer: connect ECONN/,
  );
});

Deno.test("a worker that is stopped ends its job, at the second signal gives it back; a lost one's goes to another", async () => {
  await using server = await RedisServer.start();
  const told: string[] = [];
  await using executor = await open(server, told);
  const fast = ["--lost-after", "1"];
  const run = executor.run(nap(1, { ms: 3000 }));
  const hasBegun = async ({ pid }: WorkerProcess) => {
    const inHand = new RegExp(`-${pid}-\\w+: .* in hand: nap 1`);
    while (!inHand.test((await jobs(server, "list")).stdout));
  };
  await using first = new WorkerProcess(server.url, fast);
  await hasBegun(first);
  first.signal("SIGKILL");
  await using second = new WorkerProcess(server.url, fast);
  await hasBegun(second);
  second.signal("SIGINT");
  await second.says(/Stopping after the jobs in hand/);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  second.signal("SIGINT");
  assertEquals(await second.ended(), 130);
  assertMatch(second.text, /nap 1: given back\nDone: 0 jobs/);
  await using third = new WorkerProcess(server.url, [...fast, "--once"]);
  assertEquals((await run).result, { twice: 2 });
  assertEquals(await third.ended(), 0);
  assertMatch(third.text, /Done: 1 job$/m);
  assertEquals(
    told.filter((line) => line === "nap 1: its worker is gone, and another takes it").length,
    1,
  );
});

Deno.test("a worker that waits for a queue that is not there ends when it is told to", async () => {
  // Nobody listens on this port any more.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  await using worker = new WorkerProcess(`redis://127.0.0.1:${port}`);
  await worker.says(/does not answer .*; waiting for it/);
  worker.signal("SIGTERM");
  assertEquals(await worker.ended(), 143);
  assertMatch(worker.text, /Done: 0 jobs/);
});

Deno.test("what a queue has forgotten is asked for again", async () => {
  await using server = await RedisServer.start();
  await using executor = await open(server);
  const run = executor.run(nap(1));
  while ((await leftOf(server)).length === 0) await new Promise((then) => setTimeout(then, 10));
  await server.forget();
  await using _worker = new WorkerProcess(server.url);
  assertEquals((await run).result, { twice: 2 });
});
