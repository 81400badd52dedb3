/** Runs of the playground, and what tests compare of them. */
import { useBackend } from "@/backend.ts";
import { type GanOptions } from "@/gan/options.ts";
import { Simulation } from "@/playground/simulation.ts";
import { type PlaygroundSettings, settingsOf } from "@/playground/settings.ts";

/** Small enough that a step takes a fraction of a millisecond. */
export function smallSettings(
  preset = "line",
  changes: Partial<GanOptions> = {},
  width = 16,
): PlaygroundSettings {
  const settings = settingsOf(preset);
  const options = structuredClone({ ...settings.options, batchSize: 32, ...changes });
  delete options.toy;
  if (options.generatorBatchSize) options.generatorBatchSize = 2 * options.batchSize;
  for (const { layers } of [options.generator, options.discriminator]) {
    for (const layer of layers.slice(0, -1)) layer.width = Math.min(width, layer.width);
  }
  return { ...settings, options };
}

/** A run on WASM with an engine, as a page has it. */
export async function beginRun(settings: PlaygroundSettings): Promise<Simulation> {
  const { engine } = await useBackend("wasm", { threads: 1 });
  return await Simulation.begin(settings, engine);
}

/** Moves a run by whole steps. */
export function steps(run: Simulation, count: number): void {
  for (let i = 0; i < count; i++) run.step();
}

/** All that decides how a run goes on, as numbers; equal texts are equal bits. */
export function bitsOf(run: Simulation): Record<string, string> {
  const { header, arrays } = run.save();
  const { seconds: _, options: __, ...rest } = header;
  const bits = Object.entries(arrays).map(([name, { data }]) => [
    name,
    [...new Uint32Array(data.buffer, data.byteOffset, data.length)].join(),
  ]);
  return { ...Object.fromEntries(bits), header: JSON.stringify(rest), move: String(run.move) };
}

/** The arrays of one player, by their names, and of its optimiser. */
export function bitsOfPlayer(run: Simulation, player: "generator" | "discriminator") {
  return Object.fromEntries(
    Object.entries(bitsOf(run)).filter(([name]) => name.startsWith(player)),
  );
}
