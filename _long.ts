import { useBackend } from "@/backend.ts";
import { measure, samplesOf, spiralOptions } from "@/experiments/collapse.ts";
import { edgesOf, mapOf, warpedGrid } from "@/experiments/latent_map.ts";
import { toyData } from "@/data/toy.ts";
import { nearestOnSpiral } from "@/eval/coverage.ts";
import { createGan } from "@/gan/gan.ts";
import { train } from "@/gan/train.ts";
const { engine } = await useBackend("wasm");
for (const [seed, extra] of [[1, 0], [1, 0.003]] as const) {
  const gan = createGan({ ...spiralOptions("healthier", 64), gradientPenalty: extra, seed }, toyData("spiral"));
  const t = performance.now();
  for (const steps of [600, 1200, 2400, 4800]) {
    for await (const _ of train(gan, { steps, logEvery: 100 }, engine));
    const g = await warpedGrid(mapOf(gan), 101);
    const e = edgesOf(g).map((x) => x.stretch).sort((a, b) => b - a);
    const arcs = Array.from({ length: 10201 }, (_, i) => nearestOnSpiral(g.x[2 * i], g.x[2 * i + 1]));
    const j = edgesOf(g).map(({ from, to }) => Math.abs(arcs[from].arc - arcs[to].arc));
    console.log(extra, steps, JSON.stringify(measure("spiral", await samplesOf(gan))), "max", e[0], "q99", e[202], "jumps", j.filter((x) => x > 1).length / j.length, ((performance.now() - t) / 1000).toFixed(1));
  }
}
