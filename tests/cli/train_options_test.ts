/** What `deno task train` can be asked for beside a plain run: `--set`, `--csv`, `--gif` and their like. */
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeCheckpoint } from "@/gan/checkpoint.ts";
import { ended, inTempFolder, run, runFrom, runHere, start } from "../support/commands.ts";
import { readEvents } from "../support/event_files.ts";
import { smallDataSet, writeDataSet } from "../support/idx_files.ts";

/** On MNIST an epoch is 62 steps and samples are measured. */
const MNIST = ["--preset", "tiny", "--backend", "wasm"];
/** Here it is six, and they are not: the classifier knows MNIST's digits only. */
const DATA = await writeDataSet(smallDataSet());
globalThis.addEventListener("unload", () => Deno.removeSync(DATA, { recursive: true }));
const SMALL = [...MNIST, "--data", DATA];

const jsonLines = async (file: string) =>
  (await Deno.readTextFile(file)).trimEnd().split("\n").map((line) => JSON.parse(line));
const stepsOf = (records: { step: number }[]) => records.map(({ step }) => step);

async function arraysOf(folder: string, step: number): Promise<Record<string, number[]>> {
  const name = `step-${String(step).padStart(6, "0")}.safetensors`;
  const { arrays } = decodeCheckpoint(
    await Deno.readFile(join(folder, "checkpoints", name)),
    name,
  );
  return Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, [...data]]));
}

const WRONG: [args: string[], message: string][] = [
  [["--set", "batchSize"], "It must be name=value"],
  [["--set", "epochs=3"], "use --epochs"],
  [["--set", "batchSize=many"], 'batchSize must be an integer of at least 1, got "many"'],
  [["--set", "generatorOptimiser.learningrate=1"], "nearest is generatorOptimiser.learningRate;"],
  [["--set", "generatorOptimiser.learningRate=-1"], "finite and greater than 0, got -1"],
  [["--set", "generatorOptimiser.learningRate=0,1"], 'greater than 0, got "0,1"'],
  [
    ["--batch-size", "8", "--set", "batchSize=9"],
    "Leave --batch-size out, or leave --set batchSize out",
  ],
  [["--preset", "ring", "--set", "toy=line"], "the 1 numbers of a row of the data, got 2"],
  [["--port", "8080"], "add --serve"],
  [["--serve", "--port", "99999"], "at most 65535"],
  [["--tensorbord"], "Did you mean --tensorboard?"],
  [["--gfi"], "Did you mean --gif?"],
  [["--csvv"], "Did you mean --csv?"],
  [["--opne"], "Did you mean --open?"],
  [["--sreve"], "Did you mean --serve?"],
  [["--no-qualty"], "Did you mean --no-quality?"],
  [["--help-option"], "Did you mean --help-options?"],
];

Deno.test("an option that is mistyped is a wrong argument: exit code 2, with what is right", async () => {
  for (const [args, message] of WRONG) {
    const { code, stdout, stderr } = await runHere("train", ...args, "--run", "/nowhere/run");
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertStringIncludes(stderr, message);
  }
});

Deno.test("--help has --set and what is kept and shown, --help-options the options of the preset that is named", async () => {
  const help = await runHere("train", "--help");
  assertEquals(help.code, 0);
  for (
    const name of ["set", "help-options", "csv", "tensorboard", "gif", "serve", "port", "open"]
  ) {
    assertMatch(help.stdout, new RegExp(`^  --${name}( |$)`, "m"));
  }
  const options = await runHere("train", "--help-options", "--preset", "goodfellow2014");
  assertEquals(options.code, 0);
  assertMatch(options.stdout, /generatorOptimiser\.momentum\.initial +0\.5\n/);
  assertMatch(options.stdout, /discriminator\.layers\.N\.pieces +5, 5, –|pieces +5, 5\n/);
});

Deno.test("--set is in the config, and a resumed run refuses another value", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    const name = "generatorOptimiser.learningRate";
    const begun = await run(
      "train",
      ...SMALL,
      "--set",
      `${name}=0.001`,
      "--steps",
      "2",
      "--run",
      out,
    );
    assertEquals(begun.code, 0, begun.stderr);
    const { options, commands } = JSON.parse(await Deno.readTextFile(join(out, "config.json")));
    assertEquals(options.generatorOptimiser.learningRate, 0.001);
    assertEquals(options.discriminatorOptimiser.learningRate, 0.0002);
    const report = await Deno.readTextFile(join(out, "report.html"));
    assertStringIncludes(report, `--set ${name}=0.001`);
    assertStringIncludes(report, "(preset: 0.0002)");
    assertEquals(commands.length, 1);
    const go = ["train", "--run", out, "--resume", "--steps", "4"] as const;
    const other = await run(...go, "--set", `${name}=0.002`);
    assertEquals(other.code, 2);
    assertStringIncludes(
      other.stderr,
      `Cannot resume with another ${name}: the run was begun with 0.001, got 0.002`,
    );
    assertEquals((await run(...go, "--set", `${name}=1e-3`)).code, 0);
  }));

Deno.test("samples are measured after each epoch, a resumed run goes on with it, and nothing else changes", () =>
  inTempFolder(async (folder) => {
    const [whole, parts, without] = ["whole", "parts", "without"].map((name) => join(folder, name));
    const steps = ["--steps", "124"];
    const all = ["--csv", "--gif"];
    assertEquals((await run("train", ...MNIST, ...steps, "--run", whole)).code, 0);
    assertEquals((await run("train", ...MNIST, "--steps", "70", ...all, "--run", parts)).code, 0);
    // A process that was killed had not measured the last one yet.
    const [first] = await jsonLines(join(parts, "quality.jsonl"));
    await Deno.writeTextFile(join(parts, "quality.jsonl"), JSON.stringify(first) + "\n");
    assertEquals(
      (await run("train", "--resume", ...steps, "--tensorboard", "--run", parts)).code,
      0,
    );
    const off = [...steps, "--no-quality", "--run", without];
    assertEquals((await run("train", ...MNIST, ...off)).code, 0);

    const [own, resumed] = await Promise.all(
      [whole, parts].map((path) => jsonLines(join(path, "quality.jsonl"))),
    );
    assertEquals(stepsOf(own), [62, 124]);
    assertEquals(stepsOf(resumed), [62, 70, 124]);
    assertEquals(resumed.filter(({ step }) => step !== 70), own);
    for (const { samples, figures, shares } of own) {
      assertEquals([samples, shares.length], [1000, 10]);
      assert(figures.score >= 1 && figures.score <= 10 && figures.frechet > 2);
      assert(Math.abs(shares.reduce((sum: number, share: number) => sum + share) - 1) < 1e-9);
    }
    const expected = await arraysOf(whole, 124);
    assertEquals(await arraysOf(parts, 124), expected);
    assertEquals(await arraysOf(without, 124), expected);

    const events = stepsOf(await jsonLines(join(parts, "metrics.jsonl")));
    const csv = (await Deno.readTextFile(join(parts, "metrics.csv"))).trimEnd().split("\n");
    assertEquals(csv.slice(1).map((row) => Number(row.split(",")[0])), events);
    const board = join(parts, "tensorboard");
    const [{ name }] = await Array.fromAsync(Deno.readDir(board));
    const read = readEvents(await Deno.readFile(join(board, name)));
    assertEquals(stepsOf(read.filter(({ scalars }) => "loss/D" in scalars)), events);
    assertEquals(stepsOf(read.filter(({ images }) => "samples" in images)), [124]);
    assertEquals(stepsOf(read.filter(({ scalars }) => "quality/score" in scalars)), [62, 70, 124]);
    const report = await Deno.readTextFile(join(parts, "report.html"));
    assertStringIncludes(report, "Fréchet distance");
    assertStringIncludes(report, 'href="samples.gif"');
  }));

Deno.test("other images are not measured, and the report says why", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    assertEquals((await run("train", ...SMALL, "--steps", "6", "--run", out)).code, 0);
    const report = await Deno.readTextFile(join(out, "report.html"));
    assertMatch(report, /Not measured: the classifier .* knows MNIST&#39;s digits only/);
  }));

Deno.test("a toy distribution is measured by its modes", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    const narrow = (player: string, layers: number) =>
      Array.from({ length: layers }, (_, i) => ["--set", `${player}.layers.${i}.width=8`]).flat();
    const args = ["--preset", "ring", "--batch-size", "8", "--backend", "wasm", "--steps", "200"]
      .concat(narrow("generator", 4), narrow("discriminator", 3));
    const { code, stderr } = await run("train", ...args, "--run", out);
    assertEquals(code, 0, stderr);
    const [{ samples, figures }] = await jsonLines(join(out, "quality.jsonl"));
    assertEquals([samples, Object.keys(figures)], [2500, ["modes", "highQuality"]]);
    assertStringIncludes(await Deno.readTextFile(join(out, "report.html")), "Covered modes");
  }));

Deno.test("D(x) and D(G(z)) are explained once, before the numbers", () =>
  inTempFolder(async (folder) => {
    const { stderr } = await run("train", ...SMALL, "--steps", "20", "--run", join(folder, "run"));
    const lines = stderr.split("\n");
    const at = lines.findIndex((line) => line.startsWith("D(x) and D(G(z)) say"));
    assert(at > 0 && lines[at + 1].startsWith("step "), stderr);
    assertEquals(stderr.split("how real D finds").length, 2);
  }));

Deno.test("a run typed in another folder is told of as it is found from there", () =>
  inTempFolder(async (folder) => {
    const { code, stdout, stderr } = await runFrom(
      folder,
      "train",
      ...SMALL,
      ...["--steps", "6", "--run", "my run", "--gif"],
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, join("my run", "report.html"));
    assert((await Deno.stat(join(folder, "my run", "samples.gif"))).size > 1000);
    const gif = join(folder, "x.gif");
    const made = await runFrom(folder, "sample", "--run", "my run", "--out", "x.gif");
    assertEquals(made.code, 0, made.stderr);
    assertEquals(await Deno.readFile(gif), await Deno.readFile(join(folder, "my run/samples.gif")));
    for (const [name, value] of [["seed", "3"], ["count", "4"], ["pretrained", "mlp"]]) {
      const { code, stderr } = await runFrom(folder, "sample", "--out", gif, `--${name}`, value);
      assertEquals(code, 2);
      assertStringIncludes(stderr, `so --${name} does not apply`);
    }
  }));

Deno.test("--serve shows the training at the address that it prints, and ends with it", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    const args = [...SMALL, "--steps", "1000000", "--quiet", "--serve", "--run", out];
    const child = start("train", args);
    const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!said.includes("\n")) said += (await reader.read()).value ?? "";
    const [url] = said.match(/http:\/\/127\.0\.0\.1:\d+\//)!;
    let page = await fetch(url);
    while (page.status === 503) {
      await page.body?.cancel();
      page = await fetch(url);
    }
    assertStringIncludes(await page.text(), "GAN training: preset tiny");
    const events = await fetch(`${url}events?after=-1`);
    const stream = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    let heard = "";
    while (!heard.includes("event: events")) heard += (await stream.read()).value ?? "";
    child.kill("SIGINT");
    for (let part = await stream.read(); !part.done; part = await stream.read()) {
      heard += part.value;
    }
    assertMatch(heard, /event: end\ndata: \{"text":"The training was stopped at step \d+/);
    reader.releaseLock();
    await child.stderr.cancel().catch(() => {});
    await child.stdout.cancel();
    assertEquals((await child.status).code, 130);
    await fetch(url).then(() => assert(false, "it listens still"), () => {});
    assertEquals((await run("train", "--resume", "--steps", "1000001", "--help")).code, 0);
  }));

Deno.test("a port that another program has is told of, before anything is begun", () =>
  inTempFolder(async (folder) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const out = join(folder, "run");
    const args = [...SMALL, "--steps", "1", "--serve", "--port", String(port), "--run", out];
    const { code, stderr } = await ended(start("train", args));
    assertEquals(code, 1);
    assertMatch(stderr, new RegExp(`^error: Cannot show the training on port ${port} .*--port`));
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  }));
