import { useBackend } from "@/backend.ts";
import { createToyGan } from "@/gan/toy.ts";
import { train } from "@/gan/train.ts";
import { disposeGan, samplingGenerator } from "@/gan/gan.ts";
import { GRID, RING, toyData } from "@/data/toy.ts";
import { Random } from "@/random.ts";
import { drawSamples } from "@/gan/sample.ts";
import { gridDivergence, modeCoverage, spiralCoverage } from "@/eval/coverage.ts";
const [preset, steps, every, seeds, changes = "{}"] = Deno.args;
await useBackend("wasm");
for (const seed of seeds.split(",").map(Number)) {
  const c = JSON.parse(changes);
  const gan = createToyGan(preset, { seed, ...c });
  const t = performance.now();
  for await (const e of train(gan, { steps: +steps, logEvery: +every })) {
    if (e.step % +every) continue;
    const x = await drawSamples(samplingGenerator(gan), gan.options, 2500, new Random(99));
    const toy = gan.options.toy!;
    let r = "";
    if (toy === "spiral") {
      const s = spiralCoverage(x);
      r = `cov ${s.coverage.toFixed(3)} prec ${s.precision.toFixed(3)} jsd ${
        gridDivergence(toyData("spiral").draw(2500, new Random(7)), x, {
          range: [-1, 1],
          cells: 40,
        }).toFixed(3)
      }`;
    } else if (toy === "line") {
      let m = 0, v = 0;
      for (const q of x) m += q / 2500;
      for (const q of x) v += (q - m) ** 2 / 2500;
      r = `mean ${m.toFixed(3)} sd ${Math.sqrt(v).toFixed(3)}`;
    } else {
      const s = modeCoverage(x, toy === "ring" ? RING : GRID);
      r = `modes ${s.covered} hq ${s.highQuality.toFixed(3)} [${s.counts.join(" ")}]`;
    }
    console.log(
      preset,
      changes,
      "seed",
      seed,
      "step",
      e.step,
      r,
      "D",
      e.dLoss.toFixed(3),
      "G",
      e.gLoss.toFixed(3),
      "accD",
      e.dAccuracy?.toFixed(2),
      ((performance.now() - t) / 1000).toFixed(0) + "s",
    );
  }
  disposeGan(gan);
}
