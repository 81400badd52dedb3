/** A sweep by two workers, one of them killed and the sweep itself too, is the sweep of one machine. */
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { ended, inTempFolder, start } from "../support/commands.ts";
import { RedisServer } from "./support/redis_server.ts";
import { WorkerProcess } from "./support/workers.ts";

const ARGS = ["--presets", "tiny,ring", "--seeds", "1..3", "--steps", "200", "--log-every", "50"];

function sweep(out: string, url?: string): Deno.ChildProcess {
  return start("sweep", [...ARGS, "--out", out], { env: { GAN_WORKBOOK_QUEUE: url } });
}

async function runsIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(join(folder, "runs")));
    return entries.map(({ name }) => name).filter((name) => name.endsWith(".json")).sort();
  } catch {
    return [];
  }
}

/** A file of the folder without what depends on where a run was made. */
async function comparable(folder: string, name: string): Promise<unknown> {
  const text = await Deno.readTextFile(join(folder, name));
  if (name === "results.csv") {
    return text.split("\n").map((line) => line.split(",").slice(0, -4).join(","));
  }
  const { made: _, ...rest } = JSON.parse(text);
  return rest;
}

Deno.test("two presets and three seeds by two workers, killed and resumed, are equal to a local sweep", () =>
  inTempFolder(async (folder) => {
    await using server = await RedisServer.start();
    const fast = ["--lost-after", "2"];
    await using first = new WorkerProcess(server.url, fast);
    await using _second = new WorkerProcess(server.url, fast);
    const queued = join(folder, "queued");
    const asker = sweep(queued, server.url);
    const end = ended(asker);
    while ((await runsIn(queued)).length < 1) await new Promise((then) => setTimeout(then, 20));
    asker.kill("SIGKILL");
    first.signal("SIGKILL");
    await end;
    await using _third = new WorkerProcess(server.url, fast);
    const { code, stderr } = await ended(sweep(queued, server.url));
    assertEquals(code, 0, stderr);
    const local = join(folder, "local");
    assertEquals((await ended(sweep(local))).code, 0);
    const names = await runsIn(local);
    assertEquals(names.length, 6);
    assertEquals(await runsIn(queued), names);
    for (const name of ["results.csv", ...names.map((name) => join("runs", name))]) {
      assertEquals(await comparable(queued, name), await comparable(local, name), name);
    }
  }));
