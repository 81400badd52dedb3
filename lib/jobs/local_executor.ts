/**
 * Jobs done on this machine, by a pool of processes. Nothing is to be installed, and nothing is
 * kept: what was not done when the command ends is asked for again by the next one.
 *
 * @module
 */
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { oneLine } from "@/io/system_error.ts";
import { type Executor, type JobStanding, type RunOptions } from "./executor.ts";
import { type Done, type JobOrder } from "./job.ts";
import {
  isOfMachine,
  JobFailed,
  MACHINE_RETRIES,
  MOST_DEATHS,
  ProcessDied,
  RETRY_PAUSE_MS,
  setAside,
} from "./job_errors.ts";
import { ProcessPool } from "./process_pool.ts";

export interface LocalOptions {
  /** The program of the processes. */
  program: URL;
  /** Processes at a time. */
  size: number;
  /** Is told, in one line, what the machine has refused and what is done about it. */
  onTrouble?(line: string): void;
  /** The pause before the first further try, in milliseconds. */
  pauseMs?: number;
}

export class LocalExecutor implements Executor {
  #failures = 0;

  private constructor(
    private readonly pool: ProcessPool,
    private readonly options: LocalOptions,
  ) {}

  static async start(options: LocalOptions): Promise<LocalExecutor> {
    const folder = await makeTempFolder({ prefix: "jobs-" });
    const { program, size } = options;
    return new LocalExecutor(new ProcessPool({ program, size, folder }), options);
  }

  get window(): number {
    return this.options.size;
  }

  async run(order: JobOrder, options: RunOptions = {}): Promise<Done> {
    const { onTrouble, pauseMs = RETRY_PAUSE_MS } = this.options;
    let [retries, deaths] = [0, 0];
    while (true) {
      try {
        return await this.pool.run(order, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (error instanceof ProcessDied) {
          if (++deaths >= MOST_DEATHS) throw setAside(order.label, error);
        } else if (!isOfMachine(error) || retries++ >= MACHINE_RETRIES) {
          throw new JobFailed(oneLine(error), { cause: error });
        }
        this.#failures++;
        onTrouble?.(`${order.label}: ${oneLine(error)}. Trying again`);
        await new Promise((resolve) =>
          setTimeout(resolve, pauseMs * 2 ** Math.max(0, retries - 1))
        );
      }
    }
  }

  forget(): Promise<void> {
    return Promise.resolve();
  }

  standing(): Promise<JobStanding> {
    return Promise.resolve({ workers: this.options.size, failures: this.#failures, lost: 0 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool[Symbol.asyncDispose]();
    await removeTempFolder(this.pool.options.folder);
  }
}
