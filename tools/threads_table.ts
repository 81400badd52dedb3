/**
 * How a training step would scale with threads, by counting chunks and waits, in Markdown: the table
 * of docs/performance.md.
 *
 *   deno run -R -E tools/threads_table.ts [preset]
 *
 * @module
 */
import { dryPlan } from "@/engine/dry_plan.ts";
import { PlacedWord } from "@/engine/operation_protocol.ts";
import { makespan } from "@/engine/wasm/makespan.ts";
import { arrange, type Arranged } from "@/engine/wasm/arrange.ts";
import { findPreset } from "@/gan/presets.ts";

const THREADS = [1, 2, 4, 8, 16];
/**
 * Of one core of an AMD EPYC (Zen 4) and of its memory, seen in the profile of docs/performance.md;
 * that all cores together read and write 100 GB/s is a guess.
 */
const SPEEDS = { flop: 92e9, bytes: 35e9, allBytes: 100e9, chunk: 0.3e-6 };
/** Drawing of a batch, and of the noise of the next step: by the first of several threads. */
const [GATE, DRAWN] = [0.4e-3, 0.6e-3];

/** The step of a preset, as so many threads run it. */
export function stepOf(preset: string, threads: number): Arranged {
  const { lists, gate } = dryPlan({ ...findPreset(preset).options, trainRows: undefined, seed: 1 });
  return arrange(lists.step.map(({ words }) => words), lists.step.indexOf(gate!), threads);
}

/** The same without what helps many threads: each operation waits for the one before. */
function waitingForEach(arranged: Arranged): Arranged {
  return {
    ...arranged,
    list: arranged.list.map((each) => {
      const words = each.words.slice();
      words[PlacedWord.Ahead] = 0;
      return { ...each, words };
    }),
  };
}

/** The table. */
export function threadsTable(preset: string): string {
  const time = (arranged: Arranged, threads: number) =>
    makespan(arranged, threads, { ...SPEEDS, gate: GATE, joins: GATE + DRAWN });
  const one = time(stepOf(preset, 1), 1);
  const rows = THREADS.map((threads) => {
    const step = stepOf(preset, threads);
    const [now, each] = [time(step, threads), time(waitingForEach(step), threads)];
    return [
      threads,
      (1000 * now.seconds).toFixed(1),
      (one.seconds / now.seconds).toFixed(1),
      now.waits,
      `${(100 * now.waiting / (threads * now.seconds)).toFixed(0)} %`,
      (one.seconds / each.seconds).toFixed(1),
    ].join(" | ");
  });
  return [
    "threads | ms | times one thread | waits | of the time | times one, each waiting for the one before",
    "---: | ---: | ---: | ---: | ---: | ---:",
    ...rows,
  ].map((row) => `| ${row} |`).join("\n");
}

if (import.meta.main) console.log(threadsTable(Deno.args[0] ?? "mlp"));
