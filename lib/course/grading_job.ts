/**
 * Grading as a job: the text of an assignment and that of a submission in, marks out.
 *
 * Whoever does it runs the submission in the same sandbox as `grade` does, and first makes sure that
 * the assignment's own solution gets all points on that machine. Nobody's name is in the job.
 *
 * @module
 */
import { type Executor } from "@/jobs/executor.ts";
import { type JobOrder, jobOrder, type Json } from "@/jobs/job.ts";
import { MachineFailure, QueueGoneError } from "@/jobs/job_errors.ts";
import { type DoJob } from "@/jobs/job_process.ts";
import { oneLine } from "@/io/system_error.ts";
import { notebookText } from "@/notebook/document.ts";
import { type Assignment, parseAssignment } from "./assignment.ts";
import { EndOfWork } from "./attempts.ts";
import { GraderFailure } from "./failure.ts";
import { Grader, type Grading } from "./grade.ts";
import { assertSolutionIsFull } from "./release.ts";
import { type Limits } from "./sandbox.ts";
import { type GradingPlace } from "./workplace.ts";

/** What all jobs of a class have in common. */
export interface GradingSettings {
  seed: number;
  limits?: Partial<Limits>;
  /** The version of the code. */
  version: string;
}

/** Submissions graded by whoever does jobs. */
export class JobPlace implements GradingPlace {
  readonly #text: string;

  constructor(
    private readonly executor: Executor,
    private readonly assignment: Assignment,
    private readonly settings: GradingSettings,
  ) {
    this.#text = notebookText(assignment.notebook);
  }

  /** @throws {EndOfWork} If nobody can do jobs any more. */
  async grade(text: string, signal?: AbortSignal): Promise<Grading> {
    try {
      const { result } = await this.executor.run(this.#order(text), { signal });
      return result as unknown as Grading;
    } catch (error) {
      if (error instanceof QueueGoneError) throw new EndOfWork(error.message, { cause: error });
      throw error;
    }
  }

  nothing(status: string): Promise<Grading> {
    return Promise.resolve({ status, marks: [], notes: [] });
  }

  async kept(text: string): Promise<void> {
    await this.executor.forget(this.#order(text));
  }

  async close(): Promise<void> {}

  #order(submission: string): JobOrder {
    const { assignment: { name }, settings: { seed, limits = {}, version } } = this;
    return jobOrder({
      kind: "grade",
      version,
      seed,
      settings: { name, limits: { ...limits } },
      texts: { assignment: this.#text, submission },
      shared: ["assignment"],
      label: `a submission of ${name}`,
    });
  }
}

/** Graders that have started in this process, by all that they depend on. */
const graders = new Map<string, Promise<Grader>>();

/** Does the job. */
export const gradeAsJob: DoJob = async ({ seed, settings, texts }) => {
  const { name, limits } = settings as { name: string; limits: Partial<Limits> };
  try {
    const grader = await graderFor(texts.assignment, { name, limits, seed });
    const grading = await grader.grade(texts.submission);
    return { result: grading as unknown as Json };
  } catch (error) {
    if (error instanceof GraderFailure) throw new MachineFailure(oneLine(error), { cause: error });
    throw error;
  }
};

async function graderFor(
  text: string,
  { name, limits, seed }: { name: string; limits: Partial<Limits>; seed: number },
): Promise<Grader> {
  const key = JSON.stringify([text, name, limits, seed]);
  const started = graders.get(key) ?? startGrader(text, { name, limits, seed });
  // One class at a time is graded as a rule: an older grader is not kept.
  if (!graders.has(key)) graders.clear();
  graders.set(key, started);
  try {
    return await started;
  } catch (error) {
    graders.delete(key);
    throw error;
  }
}

async function startGrader(
  text: string,
  { name, limits, seed }: { name: string; limits: Partial<Limits>; seed: number },
): Promise<Grader> {
  const assignment = parseAssignment(text, `${name}.ipynb`);
  const grader = await Grader.start(assignment, { seed, limits });
  await assertSolutionIsFull(grader, assignment);
  return grader;
}
