/**
 * A profile for a reader.
 *
 * @module
 */
import { tableText } from "@/plot/table.ts";
import { type Profile, type ProfileLine } from "./profile.ts";
import { plural } from "./row.ts";

/** A profile as two tables: operation by operation, and their sums by kind. */
export function profileText(profile: Profile): string {
  const { where, steps, lines } = profile;
  const total = sum(lines, ({ microseconds }) => microseconds);
  const share = (microseconds: number) => (100 * microseconds / total).toFixed(1);
  const onGpu = lines.some(({ groups }) => groups);
  const table = tableText({
    headings: [
      `${where}, operation by operation`,
      ...(onGpu ? ["workgroups"] : []),
      "µs",
      "% of the step",
      "speed",
    ],
    rows: lines.map((line) => [
      line.name,
      ...(onGpu ? [String(line.groups)] : []),
      line.microseconds.toFixed(1),
      share(line.microseconds),
      speedOf(line),
    ]),
    numeric: [false, ...(onGpu ? [true] : []), true, true, true],
  });
  const kinds = [...Map.groupBy(lines, ({ name }) => name.split(" ")[0])].map(([name, members]) => {
    const microseconds = sum(members, (line) => line.microseconds);
    const flop = sum(members, (line) => line.flop ?? 0);
    const bytes = sum(members, (line) => line.bytes ?? 0);
    return { name, count: members.length, microseconds, flop, bytes };
  });
  const byKind = tableText({
    headings: ["kind", "number", "µs", "% of the step", "speed"],
    rows: kinds.map((kind) => [
      kind.name,
      String(kind.count),
      kind.microseconds.toFixed(1),
      share(kind.microseconds),
      speedOf(kind),
    ]),
    numeric: [false, true, true, true, true],
  });
  const medians = `${(total / 1000).toFixed(3)} ms in all, medians of ${plural(steps, "step")}`;
  return [table, byKind, [medians, ...remarks(profile)].join("; ") + "."].join("\n\n");
}

/** What the clocks said of whole steps. */
function remarks({ wholeMs, emptyMicroseconds, nanosecondsPerTick }: Profile): string[] {
  const said = [`${wholeMs.toFixed(3)} ms in one go`];
  if (emptyMicroseconds !== undefined) {
    said.push(`${emptyMicroseconds.toFixed(1)} µs for a dispatch that does next to nothing`);
  }
  if (nanosecondsPerTick !== undefined && nanosecondsPerTick !== 1) {
    said.push(`a tick of the GPU's clock was found to be ${nanosecondsPerTick.toPrecision(3)} ns`);
  }
  return said;
}

/** Arithmetic in a unit of time, or bytes where there is little of it. */
function speedOf(
  { flop, bytes, microseconds }: Pick<ProfileLine, "flop" | "bytes" | "microseconds">,
): string {
  if (microseconds === 0) return "";
  if (flop) return flopText(flop / microseconds / 1000);
  return bytes ? `${(bytes / microseconds / 1000).toFixed(0)} GB/s` : "";
}

/** `138 GFLOP/s`, `2.51 TFLOP/s`. */
export function flopText(gigaflops: number): string {
  return gigaflops < 1000
    ? `${gigaflops.toPrecision(3)} GFLOP/s`
    : `${(gigaflops / 1000).toPrecision(3)} TFLOP/s`;
}

function sum<T>(items: T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
