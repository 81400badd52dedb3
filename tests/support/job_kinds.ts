/** A program of processes that do jobs, for tests. */
import { answerJobs } from "@/jobs/job_process.ts";
import { sleepAsJob } from "@/jobs/simulated_job.ts";

if (import.meta.main) {
  await answerJobs({
    sleep: () => Promise.resolve(sleepAsJob),
    // What a job can know and reach.
    look: () =>
      Promise.resolve(async () => ({
        result: {
          variables: Object.keys(Deno.env.toObject()),
          net: (await Deno.permissions.query({ name: "net" })).state,
          process: Deno.pid,
        },
      })),
    print: () =>
      Promise.resolve(() => {
        console.log("a line that is no answer");
        return Promise.resolve({ result: "printed" });
      }),
  });
  Deno.exit(0);
}
