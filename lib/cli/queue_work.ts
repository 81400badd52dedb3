/**
 * What `deno task worker` does with its arguments: signals, output, and a folder of its own.
 *
 * @module
 */
import { findAdapter } from "@/backend.ts";
import { unenforced } from "@/course/system_tools.ts";
import { checkFolderToMake } from "@/io/outputs.ts";
import { endProcess, stoppedBySignal } from "@/io/signals.ts";
import { ownVersion } from "@/jobs/own_version.ts";
import { ProcessPool } from "@/jobs/process_pool.ts";
import { type QueueAddress } from "@/jobs/queue_address.ts";
import { workForQueue } from "@/jobs/queue_worker.ts";
import { WorkFolder } from "@/jobs/work_folder.ts";
import { type WorkerFlags } from "./worker.ts";

/** The program of the processes that do jobs. */
const JOB_PROGRAM = new URL("./job_program.ts", import.meta.url);

/** A terminal and deno task both send a signal: within this time it is the same one. */
const ECHO_MS = 1000;

const SIGTERM = 128 + 15;

/** Works until it is stopped; the exit code. */
export async function workAsAsked(queue: QueueAddress, flags: WorkerFlags): Promise<number> {
  const { jobs, once, lostAfter, dir, ifGone } = flags;
  if (dir !== undefined) await checkFolderToMake(dir);
  for (const line of await unenforced()) console.error(`warning: ${line}`);
  const adapter = await findAdapter();
  const backend = adapter && !adapter.software ? `webgpu, ${adapter.name}` : "wasm";
  const version = await ownVersion();
  await using folder = await WorkFolder.make(dir);
  await using pool = new ProcessPool({ program: JOB_PROGRAM, size: jobs, folder: folder.path });
  using stop = new StopByStages();
  const size = jobs === 1 ? "one job at a time" : `${jobs} jobs at a time`;
  console.error(`worker   ${queue.shown}, ${size}, ${backend}\nversion  ${version}`);
  const done = await workForQueue(queue, {
    version,
    backend,
    pool,
    jobs,
    once,
    ifGone,
    lostAfterMs: 1000 * lostAfter,
    onNotice: (line) => console.error(`warning: ${line}`),
    onJob: (label, how) => console.error(`${label}: ${how}`),
    stop: stop.first.signal,
    giveBack: stop.second.signal,
  });
  console.error(`Done: ${done} ${done === 1 ? "job" : "jobs"}`);
  return stop.code ?? 0;
}

/**
 * The first signal lets jobs in hand end, the second gives them back, the third ends the process.
 * SIGTERM comes from a system that will not wait long: it gives back at once.
 */
class StopByStages implements Disposable {
  code?: number;
  readonly first = new AbortController();
  readonly second = new AbortController();
  readonly #listening: Disposable;

  constructor() {
    let last = -Infinity;
    this.#listening = stoppedBySignal((code) => {
      if (performance.now() - last < ECHO_MS) return;
      last = performance.now();
      if (this.second.signal.aborted) return void endProcess(code);
      if (code === SIGTERM || this.first.signal.aborted) {
        console.error("Giving the jobs in hand back");
        this.second.abort();
      } else console.error("Stopping after the jobs in hand. Ctrl-C again gives them back");
      this.code = code;
      this.first.abort();
    });
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}
