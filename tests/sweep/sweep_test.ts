/** Trainings as jobs on this machine: the same numbers as by train, and none done twice. */
import { join } from "node:path";
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { qualityMeasure } from "@/eval/quality.ts";
import { restoreGenerator } from "@/gan/checkpoint.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { readCheckpointFile } from "@/run/read_checkpoint.ts";
import { inTempFolder, run, runHere } from "../support/commands.ts";

const TINY = ["--presets", "tiny", "--steps", "6", "--log-every", "2"];
const EVALUATION = ["--count", "100", "--against", "validation"];

/** What `runs/` holds, without where and when it was made. */
async function resultsIn(folder: string): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for await (const { name } of Deno.readDir(join(folder, "runs"))) {
    const { made: _, ...rest } = JSON.parse(await Deno.readTextFile(join(folder, "runs", name)));
    found[name] = rest;
  }
  return found;
}

Deno.test("a sweep trains as train does, goes on where it was, and leaves tables and a page", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "sweep");
    const sweep = (...more: string[]) =>
      run(
        "sweep",
        ...TINY,
        ...EVALUATION,
        "--evaluate",
        "classifier,recall",
        "--out",
        out,
        ...more,
      );
    const first = await sweep("--seeds", "1");
    assertEquals(first.code, 0, first.stderr);
    const file = join(out, "runs", "tiny_seed_1.json");
    const before = await Deno.stat(file);
    const second = await sweep("--seeds", "1,2");
    assertEquals(second.code, 0, second.stderr);
    assertEquals((await Deno.stat(file)).ino, before.ino, "what is done is not done again");
    assertMatch(second.stdout, /^recipe +runs +epoch\.score.*classifier\.score.*\ntiny +2 .* ± /);
    const csv = (await Deno.readTextFile(join(out, "results.csv"))).replace("\ufeff", "").split(
      "\n",
    );
    assertMatch(
      csv[0],
      /^name,preset,seed,steps,epoch\.score,.*,against,diverged,seconds,host,cores,backend$/,
    );
    assertEquals(csv.length, 1 + 2 + 1);
    const { runs, against } = JSON.parse(await Deno.readTextFile(join(out, "results.json")));
    const kept = runs.map(({ seed, steps }: Record<string, number>) => [seed, steps]);
    assertEquals(kept, [[1, 6], [2, 6]]);
    assertEquals([against, runs[0].against], ["validation", "validation"]);
    const page = await Deno.readTextFile(join(out, "report.html"));
    assertEquals(page.match(/<img alt="Samples of/g)?.length, 2);

    const own = join(folder, "own");
    const train = ["--preset", "tiny", "--steps", "6", "--log-every", "2", "--backend", "wasm"];
    assertEquals((await run("train", ...train, "--no-quality", "--quiet", "--run", own)).code, 0);
    const events = (await Deno.readTextFile(join(own, "metrics.jsonl"))).trim().split("\n")
      .map((line) => ({ ...JSON.parse(line), seconds: undefined }));
    const { result } = (await resultsIn(out))["tiny_seed_1.json"] as Record<string, unknown> & {
      result: { events: unknown[]; grid: string; figures: Record<string, number> };
    };
    assertEquals(
      result.events.map((event) => ({ ...event as object, seconds: undefined })),
      events,
    );
    const grid = await Deno.readFile(join(own, "samples", "step-000006.png"));
    assert(result.grid === grid.toBase64(), "the same samples");

    const metrics = ["--metrics", "classifier,recall", "--json"];
    const evaluated = await run("evaluate", "--run", own, ...EVALUATION, ...metrics);
    const { classifier, precisionRecall } = JSON.parse(evaluated.stdout);
    assertEquals(result.figures["precisionRecall.recall"], precisionRecall.recall);
    await useBackend("wasm");
    const checkpoint = join(own, "checkpoints", "step-000006.safetensors");
    const trained = await readCheckpointFile(checkpoint);
    const { options } = trained.header;
    const generator = restoreGenerator(trained);
    const { figures } = await (await qualityMeasure(options, "validation"))(generator);
    disposeNetwork(generator);
    assertAlmostEquals(result.figures["epoch.frechet"], figures.frechet, 1e-3);
    for (const name of ["score", "confidence", "covered", "klToTrain"]) {
      assertEquals(result.figures[`classifier.${name}`], classifier[name], name);
    }

    const compared = join(folder, "compare.html");
    const { code, stdout, stderr } = await run("compare", out, own, "--out", compared);
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /^tiny +3 /m);
    assert((await Deno.readTextFile(compared)).includes("3 runs side by side"));
    await Deno.writeTextFile(compared, "mine");
    assertEquals((await run("compare", out, "--out", compared)).code, 2);
    assertEquals((await run("compare", folder)).code, 2);
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace('"against":"validation"', '"against":"test"'));
    const mixed = await run("compare", out, "--out", compared, "--overwrite");
    assertEquals(mixed.code, 2);
    assertMatch(mixed.stderr, /some were with test images, others with validation images/);
  }));

Deno.test("what cannot be swept is refused before anything is trained", async () => {
  const wrong: [string[], RegExp][] = [
    [["--presets", "nothing"], /must be one of mlp/],
    [["--seeds", "5..1"], /must be like 1\.\.5/],
    [["--set", "gradientPenalties=1"], /The nearest is gradientPenalty/],
    [["--set", "gradientPenalty=1,-1"], /gradientPenalty must be/],
    [["--set", "seed=1"], /seed has an option of its own/],
    [["--presets", "ring", "--evaluate", "frechet"], /Cannot evaluate ring: it generates toy data/],
    [["--evaluate", "conditional"], /must know the digit/],
    [["--steps", "1", "--epochs", "1"], /exclude each other/],
    [["--queue", "http://host"], /must be redis:/],
  ];
  for (const [args, says] of wrong) {
    const { code, stderr } = await runHere("sweep", ...args);
    assertEquals(code, 2, stderr);
    assertMatch(stderr, says);
  }
});
