/** A class is graded whole by workers of a queue, whatever is killed. */
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { ended, inTempFolder } from "../support/commands.ts";
import { gateTest } from "../support/gate.ts";
import { grade, gradeInChaos, type Kills, makeClass } from "./support/chaos.ts";
import { RedisServer } from "./support/redis_server.ts";

const read = (folder: string, out: string, name: string) =>
  Deno.readTextFile(join(folder, out, name));

async function chaos(
  folder: string,
  students: number,
  kills: Kills,
) {
  await makeClass(folder, students);
  await using server = await RedisServer.start();
  const began = performance.now();
  const { code, stderr, twice, known } = await gradeInChaos(folder, server, { students, kills });
  console.log(`queued ${((performance.now() - began) / 1000).toFixed(0)} s, kills at ${known}`);
  assertEquals(code, 0, stderr);
  assertEquals(twice, []);
  const client = server.client();
  const left = (await client.keys("*")).filter((key) => /jobs:[0-9a-f]{64}|:input:/.test(key));
  client.disconnect();
  assertEquals(left, []);
  assertEquals((await ended(grade(folder, "local"))).code, 0);
  for (const name of ["grades.csv", "grades.json", "by_hand.csv"]) {
    assertEquals(await read(folder, "queued", name), await read(folder, "local", name), name);
  }
  assertEquals(
    (await read(folder, "queued", "grades.csv")).trim().split("\n").length,
    1 + students,
  );
}

gateTest(
  "300 submissions by three workers, two of them killed 20 times, the queue three times, the asking side five times",
  () => inTempFolder((folder) => chaos(folder, 300, { workers: 20, queue: 3, asker: 5 })),
);
