/**
 * The table of what a training step costs on a GPU, counted from its dispatches, in Markdown.
 *
 *   deno run -R -E tools/step_cost.ts [preset] [batch]
 *
 * @module
 */
import { type DispatchCost, estimatedSeconds, stepCosts } from "@/engine/gpu/cost.ts";
import { findPreset } from "@/gan/presets.ts";

/** The first cell of the table's heading. */
export const COST_HEADING = "dispatch";

/** Of an NVIDIA H100 through Deno's WebGPU. */
const LIMITS = {
  maxComputeWorkgroupStorageSize: 48 * 1024,
  maxComputeInvocationsPerWorkgroup: 1024,
};
/**
 * Of the same card. A dispatch was measured, and there are 132 multiprocessors. The others are
 * guesses: a third of its 67 TFLOP/s, and what its memory gives (its caches give more).
 */
const RATES = { dispatch: 4e-6, multiprocessors: 132, flop: 22e12, bytes: 3e12 };

/** The table, a line for each dispatch that is unlike those before it, and the sums. */
export function stepCostTable(preset: string, batchSize?: number): string {
  const { options } = findPreset(preset);
  const costs = stepCosts(
    { ...options, batchSize: batchSize ?? options.batchSize, seed: 1 },
    LIMITS,
  );
  const kinds = Map.groupBy(costs, (cost) => JSON.stringify(cost));
  const lines = [...kinds.values()].map((same) => cellsOf(same[0].name, same.length, same));
  const head = [
    COST_HEADING,
    "times",
    "workgroups",
    "threads",
    "KiB",
    "MFLOP",
    "read",
    "written",
    "µs",
  ];
  return tableOf(head, [...lines, cellsOf("the whole step", costs.length, costs)]);
}

/** A line for dispatches: of the same kind, or of a whole step. */
function cellsOf(name: string, times: number, costs: DispatchCost[]): string[] {
  const [{ groups, threads, groupBytes }] = costs;
  const sum = (of: (cost: DispatchCost) => number) =>
    costs.reduce((total, cost) => total + of(cost), 0);
  const own = new Set(costs.map(({ name }) => name)).size === 1
    ? [String(groups), String(threads), (groupBytes / 1024).toFixed(1)]
    : ["", "", ""];
  return [
    name,
    String(times),
    ...own,
    (sum(({ flop }) => flop) / 1e6).toFixed(1),
    (sum(({ read }) => read) / 1e6).toFixed(1),
    (sum(({ written }) => written) / 1e6).toFixed(1),
    (estimatedSeconds(costs, RATES) * 1e6).toFixed(0),
  ];
}

function tableOf(head: string[], rows: string[][]): string {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (cells: string[]) =>
    `| ${
      cells.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join(
        " | ",
      )
    } |`;
  const rule = widths.map((width, i) => i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`);
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

if (import.meta.main) {
  const [preset = "mlp", batch] = Deno.args;
  console.log(stepCostTable(preset, batch === undefined ? undefined : Number(batch)));
}
