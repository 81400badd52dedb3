/**
 * Where a class is graded: here, by a grader in a folder, which somebody can remove meanwhile; or
 * elsewhere, by jobs (`grading_job.ts`).
 *
 * @module
 */
import { isFile } from "@/io/files.ts";
import { oneLine } from "@/io/system_error.ts";
import { EndOfWork } from "./attempts.ts";
import { Grader, type Grading } from "./grade.ts";

/** Where submissions are graded. */
export interface GradingPlace {
  /** @param kept Marks that are known and need not be found again. */
  grade(text: string, signal?: AbortSignal, kept?: Grading): Promise<Grading>;
  /** The result of a submission that cannot be graded. */
  nothing(status: string): Promise<Grading>;
  /** Is told that the result of a text is kept in the folder of grades. */
  kept?(text: string): Promise<void>;
  close(): Promise<void>;
}

export class Workplace implements GradingPlace {
  /** Graders so far; the last one works. */
  #graders: Promise<Grader>[] = [];

  private constructor(private readonly startGrader: () => Promise<Grader>) {}

  /** @throws What `startGrader` throws. */
  static async open(startGrader: () => Promise<Grader>): Promise<Workplace> {
    const place = new Workplace(startGrader);
    await place.#start();
    return place;
  }

  /**
   * Grades a notebook's text, in a new folder if the old one is gone.
   *
   * @param kept Marks that are known: only the other items are graded.
   * @throws {EndOfWork} If the new one is gone as well, or cannot be made.
   */
  async grade(text: string, signal?: AbortSignal, kept?: Grading): Promise<Grading> {
    const current = this.#graders.at(-1)!;
    const grader = await current;
    try {
      return await grader.grade(text, signal, kept);
    } catch (error) {
      if (signal?.aborted || await isWhole(grader)) throw error;
      const next = this.#graders.at(-1) === current ? this.#renew(error) : this.#graders.at(-1)!;
      return await (await next).grade(text, signal, kept);
    }
  }

  async nothing(status: string): Promise<Grading> {
    return (await this.#graders[0]).nothing(status);
  }

  /** Removes the folders; one that stays is reported, and the next run removes it. */
  async close(): Promise<void> {
    for (const started of this.#graders) {
      const grader = await started.catch(() => undefined); // Told where it was started.
      await grader?.[Symbol.asyncDispose]();
    }
  }

  #start(): Promise<Grader> {
    const started = this.startGrader();
    this.#graders.push(started);
    return started;
  }

  async #renew(cause: unknown): Promise<Grader> {
    const gone = "Cannot grade: the grader's working folder was removed while it worked";
    if (this.#graders.length > 1) {
      throw new EndOfWork(
        `${gone}, twice. Find out what removes it, and run the same command again`,
        {
          cause,
        },
      );
    }
    try {
      return await this.#start();
    } catch (error) {
      throw new EndOfWork(`${gone}, and a new one cannot be made: ${oneLine(error)}`, {
        cause: error,
      });
    }
  }
}

/** Whether the programs of submissions' processes are still there. */
async function isWhole({ program }: Grader): Promise<boolean> {
  for (const path of Object.values(program.paths)) if (!await isFile(path)) return false;
  return true;
}
