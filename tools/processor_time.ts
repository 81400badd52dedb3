/** Processor time of processes, as Linux counts it. */

/** The clock of /proc ticks a hundred times a second. */
const TICK_S = 0.01;

/** Seconds that a process has computed, with those below it and those of them that have ended. */
export function processorSeconds(pid: number): number {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    // utime, stime, cutime and cstime: fields 14 to 17 of proc(5).
    const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_S;
    const below = [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).split(" ").filter(Boolean)
    );
    return below.reduce((sum, child) => sum + processorSeconds(Number(child)), own);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0; // It has ended.
    throw error;
  }
}

/** Follows a process to its end; what it had computed when it was seen last. */
export async function processorSecondsOf(child: Deno.ChildProcess): Promise<number> {
  let seconds = 0;
  const timer = setInterval(() => {
    seconds = Math.max(seconds, processorSeconds(child.pid));
  }, 100);
  await child.status;
  clearInterval(timer);
  return seconds;
}
