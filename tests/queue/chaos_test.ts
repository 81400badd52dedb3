/** A class is graded whole by workers of a queue, whatever is killed. */
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { ended, inFolderOnDisk } from "../support/commands.ts";
import { gateTest } from "../support/gate.ts";
import { grade, gradeInChaos, type Kills, makeClass } from "./support/chaos.ts";
import { OwnNetwork } from "./support/own_network.ts";
import { RedisServer } from "./support/redis_server.ts";

const WORKERS = 3;

const read = (folder: string, out: string, name: string) =>
  Deno.readTextFile(join(folder, out, name));

async function chaos(folder: string, students: number, kills: Kills): Promise<void> {
  await makeClass(folder, students);
  await using stack = new AsyncDisposableStack();
  const networks: (OwnNetwork | undefined)[] = [];
  for (let i = 0; i < WORKERS; i++) {
    const network = await OwnNetwork.make();
    networks.push(network && stack.use(network));
  }
  const addresses = networks.flatMap((network) => network?.address ?? []);
  await using server = await RedisServer.start({ password: "opensesame", addresses });
  const began = performance.now();
  const options = { students, kills, networks };
  const { code, stderr, twice, known } = await gradeInChaos(folder, server, options);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${addresses.length} networks, ${seconds} s, results at the kills: ${known}`);
  assertEquals(code, 0, stderr);
  assertEquals(twice, [], "no result is written twice");
  const client = server.client();
  const left = (await client.keys("*")).filter((key) => /jobs:[0-9a-f]{64}|:input:/.test(key));
  client.disconnect();
  assertEquals(left, [], "nothing is left in the queue");
  assertEquals((await ended(grade(folder, "local"))).code, 0);
  for (const name of ["grades.csv", "grades.json", "by_hand.csv"]) {
    assertEquals(await read(folder, "queued", name), await read(folder, "local", name), name);
  }
  const table = (await read(folder, "queued", "grades.csv")).trim().split("\n");
  assertEquals(table.length, 1 + students);
  assertEquals(table.filter((line) => /not graded/.test(line)), []);
}

gateTest(
  "300 submissions by three workers, two of them killed 20 times, the queue three times, the asking side five times",
  () => inFolderOnDisk((folder) => chaos(folder, 300, { workers: 20, queue: 3, asker: 5 })),
);
