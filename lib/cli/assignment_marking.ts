/**
 * `deno task assignment mark`: serves the page of a grader until it is stopped, and then brings the
 * tables up to date.
 *
 * @module
 */
import { join } from "node:path";
import { changeLines } from "@/course/changes.ts";
import { publishAgain } from "@/course/publish.ts";
import { FolderLock, FolderLockedError } from "@/io/lock.ts";
import { MarkingDesk } from "@/marking/marking_desk.ts";
import { MarkingServer } from "@/marking/marking_server.ts";
import { asRequestError } from "@/run/request_error.ts";
import { type MarkFlags } from "./assignment.ts";
import { assignmentFiles, readAssignment } from "./assignment_files.ts";
import { taskCommand } from "./place.ts";
import { checkFile, checkFolder } from "./program.ts";
import { StopSignals } from "./stop_signals.ts";

/** Serves the page; the exit code. */
export async function mark(name: string, flags: MarkFlags): Promise<number> {
  const { grades: out, grader, blind = false, names = false, port } = flags;
  await checkFolder("mark", out);
  const grade = taskCommand("assignment", "grade");
  await checkFile(`mark, before ${grade} has made the grades`, join(out, "grades.json"));
  const assignment = await readAssignment((await assignmentFiles([name]))[0]);
  let decided = 0;
  {
    using stop = new StopSignals();
    using desk = await opened(() => MarkingDesk.open(assignment, { out, grader, blind, names }));
    await using server = await MarkingServer.start(desk, { port, onDecision: () => decided++ });
    console.log(`The page is at ${server.url} (Ctrl-C ends it)`);
    console.error("Who knows this address on this computer can mark: do not pass it on.");
    await new Promise<void>((resolve) => {
      stop.signal.addEventListener("abort", () => resolve());
      if (stop.signal.aborted) resolve();
    });
  }
  console.error(`${decided} decided, kept in ${join(out, "marks", `${grader}.jsonl`)}`);
  try {
    using _lock = await FolderLock.take(out);
    const { tally, byHand, changes } = await publishAgain(assignment, out);
    for (const line of [...changeLines(changes), ...byHand]) console.error(line);
    console.error(`${tally.open} answers are open`);
    console.log(join(out, "grades.csv"));
  } catch (error) {
    if (!(error instanceof FolderLockedError)) throw error;
    console.error(`Another command is writing there: run ${grade} when it has ended.`);
  }
  return 0;
}

async function opened(open: () => Promise<MarkingDesk>): Promise<MarkingDesk> {
  try {
    return await open();
  } catch (error) {
    throw error instanceof RangeError ? asRequestError(error) : error;
  }
}
