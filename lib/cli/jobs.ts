/**
 * `deno task jobs`: its arguments. What is done with them, `queue_jobs.ts`, is loaded when they are
 * known, so that help and a wrong argument load no package but commander.
 *
 * @module
 */
import { type Command } from "commander";
import { type QueueAddress } from "@/jobs/queue_address.ts";
import { taskCommand } from "./place.ts";
import { createProgram, integerArgument, main } from "./program.ts";
import { addQueueOptions, type QueueFlags, queueNeeded } from "./queue_options.ts";

export async function run(args: string[]): Promise<number> {
  let code = 0;
  const program = createProgram("jobs", "Jobs in a queue: what there is, and what to do with it.");
  const command = (name: string, description: string): Command =>
    addQueueOptions(
      program.command(name).description(description).allowExcessArguments(false)
        .showHelpAfterError(`(${taskCommand("jobs", name, "--help")} shows the options)`),
    );
  const queueFor = (name: string, flags: QueueFlags): QueueAddress =>
    queueNeeded(flags, program.commands.find((each) => each.name() === name)!);
  command("list", "lists workers, and jobs that wait, are under way or have failed")
    .option("--most <n>", "how many jobs of each state are listed", integerArgument(0), 20)
    .option("--json", "print JSON instead of text")
    .action(async (flags: QueueFlags & { most: number; json?: boolean }) => {
      code = await (await actions()).listJobs(queueFor("list", flags), flags);
    });
  for (
    const [name, description] of [
      ["retry", "has jobs that failed done again"],
      ["cancel", "removes jobs that wait or have failed; what is under way comes to its end"],
    ] as const
  ) {
    command(name, description)
      .argument("[ids...]", "beginnings of the ids that list shows")
      .option("--all", "all of these jobs")
      .action(async (ids: string[], flags: QueueFlags & { all?: boolean }) => {
        if ((ids.length > 0) === (flags.all === true)) {
          program.error(`error: ${name} needs ids, or the option --all, and not both`);
        }
        code = await (await actions()).changeJobs(queueFor(name, flags), { ...flags, name, ids });
      });
  }
  await program.parseAsync(args, { from: "user" });
  return code;
}

const actions = () => import("./queue_jobs.ts");

if (import.meta.main) await main(() => run(Deno.args));
