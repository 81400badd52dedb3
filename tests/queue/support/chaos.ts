/** A class graded by workers of a queue, while workers, the queue and the one who asks are killed again and again. */
import { join } from "node:path";
import { type Notebook, notebookText, parseNotebook } from "@/notebook/document.ts";
import { ended, start } from "../../support/commands.ts";
import {
  cell,
  changed,
  smallAssignment,
  smallNotebook,
  submission,
} from "../../support/submissions.ts";
import { type OwnNetwork } from "./own_network.ts";
import { type RedisServer } from "./redis_server.ts";
import { WorkerProcess } from "./workers.ts";

/** Makes a class of submissions, no two of them alike. */
export async function makeClass(folder: string, students: number): Promise<void> {
  await Deno.writeTextFile(join(folder, "small.ipynb"), notebookText(smallNotebook()));
  const assignment = smallAssignment();
  const right = changed(assignment, []);
  const kinds = [
    ...[right, right, right],
    changed(assignment, [["return 2 * x;", "return x > 3 ? x : 2 * x;"]]),
    submission(assignment, {}),
  ].map((text) => parseNotebook(text, "small.ipynb"));
  for (let i = 0; i < students; i++) {
    const student = join(folder, "in", `student_${String(i).padStart(4, "0")}`);
    await Deno.mkdir(student, { recursive: true });
    const own: Notebook = structuredClone(kinds[i % kinds.length]);
    own.cells.push(cell(`My number is ${i}.`, { id: "own", type: "markdown" }));
    await Deno.writeTextFile(join(student, "small.ipynb"), notebookText(own));
  }
}

/** Grades the class, here or by the queue at `url`. */
export function grade(folder: string, out: string, url?: string): Deno.ChildProcess {
  const [name, submissions, to] = ["small.ipynb", "in", out].map((name) => join(folder, name));
  const args = ["grade", name, "--submissions", submissions, "--out", to];
  return start("assignment", args, { env: { GAN_WORKBOOK_QUEUE: url } });
}

export interface Kills {
  workers: number;
  queue: number;
  asker: number;
}

/** When each result was written. */
export async function resultTimes(folder: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  const results = join(folder, ".results");
  try {
    for await (const { name } of Deno.readDir(results)) {
      if (!name.startsWith("student")) continue;
      times.set(name, Number((await Deno.stat(join(results, name))).mtime));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return times;
}

/** Workers in separate folders, and in these networks, of which some are killed and replaced. */
class Crew implements AsyncDisposable {
  readonly #workers: WorkerProcess[];

  constructor(
    private readonly folder: string,
    private readonly server: RedisServer,
    private readonly networks: (OwnNetwork | undefined)[],
  ) {
    this.#workers = networks.map((_, i) => this.#begin(i));
  }

  #begin(i: number): WorkerProcess {
    const network = this.networks[i];
    const args = ["--lost-after", "3", "--dir", join(this.folder, `worker_${i}`)];
    const url = network ? this.server.urlAt(network.address) : this.server.url;
    return new WorkerProcess(url, args, network?.through);
  }

  /** Kills a worker, and starts another in its folder. */
  async replace(i: number): Promise<void> {
    await this.#workers[i][Symbol.asyncDispose]();
    this.#workers[i] = this.#begin(i);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker[Symbol.asyncDispose]()));
  }
}

/** What has become of the class. */
export interface Chaos {
  /** Of the command that was not killed. */
  code: number;
  stderr: string;
  /** Results that were there at a kill and have been written again since. */
  twice: string[];
  /** Results at each kill. */
  known: number[];
}

/**
 * Grades the class of `folder` into `queued` by workers, the first of which is never killed.
 *
 * Kills come as results come, spread evenly over them: so none is left over when all is graded.
 */
export async function gradeInChaos(
  folder: string,
  server: RedisServer,
  { students, kills, networks }: {
    students: number;
    kills: Kills;
    /** One for each worker; undefined is the machine's own. */
    networks: (OwnNetwork | undefined)[];
  },
): Promise<Chaos> {
  const out = join(folder, "queued");
  await using crew = new Crew(folder, server, networks);
  let asker = grade(folder, "queued", server.url);
  let end = ended(asker);
  const acts = spread(kills, students);
  const chaos: Chaos = { code: -1, stderr: "", twice: [], known: [] };
  const written = new Map<string, number>();
  while (acts.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const times = await resultTimes(out);
    if (times.size < acts[0].at) continue;
    for (const [name, time] of times) {
      if (written.has(name) && written.get(name) !== time) chaos.twice.push(name);
      written.set(name, time);
    }
    const { what } = acts.shift()!;
    chaos.known.push(times.size);
    // At a moment that has nothing to do with a result.
    await new Promise((resolve) => setTimeout(resolve, 400 * Math.random()));
    if (what === "workers") await crew.replace(1 + (acts.length % 2));
    else if (what === "queue") {
      await server.kill();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await server.begin();
    } else {
      asker.kill("SIGKILL");
      await end;
      asker = grade(folder, "queued", server.url);
      end = ended(asker);
    }
  }
  const { code, stderr } = await end;
  return { ...chaos, code, stderr };
}

/** Each kill at a number of results, spread over the first nine tenths of the class. */
function spread(kills: Kills, students: number): { what: keyof Kills; at: number }[] {
  return (Object.entries(kills) as [keyof Kills, number][]).flatMap(([what, count]) =>
    Array.from({ length: count }, (_, i) => ({
      what,
      at: Math.floor(0.9 * students * (i + 0.5) / count),
    }))
  ).toSorted((a, b) => a.at - b.at);
}
