/**
 * The program of the processes that train the runs of a sweep on this machine. It knows no other
 * jobs, and so nothing of grading, which students do not get.
 *
 * @module
 */
import { answerJobs } from "@/jobs/job_process.ts";
import { trainAsJob } from "@/sweep/training_job.ts";

if (import.meta.main) {
  await answerJobs({ train: () => Promise.resolve(trainAsJob) });
  Deno.exit(0);
}
