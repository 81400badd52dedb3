/**
 * The program of the processes that do jobs: what can be done, by its kind.
 *
 * @module
 */
import { answerJobs } from "@/jobs/job_process.ts";

if (import.meta.main) {
  await answerJobs({
    grade: async () => (await import("@/course/grading_job.ts")).gradeAsJob,
    train: async () => (await import("@/sweep/training_job.ts")).trainAsJob,
    sleep: async () => (await import("@/jobs/simulated_job.ts")).sleepAsJob,
  });
  Deno.exit(0);
}
