/** `deno task train` and `deno task sample` as a user runs them. */
import { join } from "node:path";
import { decode } from "fast-png";
import {
  assert,
  assertEquals,
  assertFalse,
  assertGreater,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { decodeCheckpoint } from "@/gan/checkpoint.ts";
import { PRESETS } from "@/gan/presets.ts";
import { decodeNpy } from "@/formats/npy.ts";
import { type RunConfig } from "@/run/folder.ts";
import { Random } from "@/random.ts";
import { ended, inFolderOnDisk, inTempFolder, run, runHere, start } from "../support/commands.ts";
import { smallDataSet, writeDataSet } from "../support/idx_files.ts";
import { gateTest, IN_GATE } from "../support/gate.ts";

const TINY = ["--preset", "tiny", "--backend", "wasm"];

/** 200 images: an epoch of the preset `tiny` is six steps, so that checkpoints come often. */
const DATA = await writeDataSet(smallDataSet());
globalThis.addEventListener("unload", () => Deno.removeSync(DATA, { recursive: true }));
const SMALL = [...TINY, "--data", DATA];

async function files(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** How many grids a report has: the last one in the page, the others for its script. */
function gridsOf(report: string): number {
  return report.match(/"data:image\/png;base64,/g)?.length ?? 0;
}

/** The numbers of 64 samples of a run, as the issue of a resumed run is decided. */
async function samplesOf(folder: string): Promise<Uint8Array> {
  const out = join(folder, "x.npy");
  const { code, stderr } = await run("sample", "--run", folder, "--seed", "3", "--out", out);
  assertEquals(code, 0, stderr);
  return await Deno.readFile(out);
}

/** Every array of the last checkpoint of a run. */
async function lastArrays(folder: string): Promise<Record<string, number[]>> {
  const checkpoints = join(folder, "checkpoints");
  const last = (await files(checkpoints)).filter((name) => name.endsWith(".safetensors")).at(-1)!;
  const { arrays } = decodeCheckpoint(await Deno.readFile(join(checkpoints, last)), last);
  return Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, [...data]]));
}

Deno.test("a run leaves the folder that docs/training.md describes", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    const { code, stdout, stderr } = await run("train", ...TINY, "--steps", "70", "--run", out);
    assertEquals(code, 0, stderr);
    assertEquals(
      stdout,
      `samples  ${join(out, "samples", "step-000070.png")}\nreport   ${join(out, "report.html")}\n`,
    );
    assertStringIncludes(stderr, "backend  wasm: asked for by name");
    assertStringIncludes(stderr, "step 70/70");
    assertFalse(stderr.includes("\x1b"), "no escape codes outside a terminal");
    assertFalse(stderr.includes("TensorFlow.js in Node"), "no banner");

    assertEquals(await files(out), [
      "checkpoints",
      "config.json",
      "lock",
      "metrics.jsonl",
      "quality.jsonl",
      "report.html",
      "samples",
    ]);
    // An epoch of 2,000 images is 62 steps; the last two checkpoints are kept.
    assertEquals(await files(join(out, "checkpoints")), [
      "step-000062.safetensors",
      "step-000070.safetensors",
    ]);
    assertEquals(await files(join(out, "samples")), [
      "step-000000.png",
      "step-000062.png",
      "step-000070.png",
    ]);
    const config = JSON.parse(await Deno.readTextFile(join(out, "config.json")));
    assertEquals([config.preset, config.options.seed, config.steps], ["tiny", 1, 70]);
    assertEquals([config.backend.name, config.versions.deno], ["wasm", Deno.version.deno]);

    const lines = (await Deno.readTextFile(join(out, "metrics.jsonl"))).trimEnd().split("\n");
    const events = lines.map((line) => JSON.parse(line));
    assertEquals(events.map((event) => event.step), [10, 20, 30, 40, 50, 60, 62, 70]);
    assertEquals(events.map((event) => event.epoch), [1, 1, 1, 1, 1, 1, 1, 2]);
    for (const event of events) {
      for (const name of ["dLoss", "gLoss", "dReal", "dFake", "penalty", "seconds"]) {
        assert(Number.isFinite(event[name]), `${name} of step ${event.step}`);
      }
      assert(event.dReal > 0 && event.dReal < 1 && event.dFake > 0 && event.dFake < 1);
    }
    const grid = decode(await Deno.readFile(join(out, "samples", "step-000070.png")));
    assertEquals([grid.width, grid.height], [8 * 58 + 2, 8 * 58 + 2]);

    const report = await Deno.readTextFile(join(out, "report.html"));
    assertEquals(gridsOf(report), 3);
    const markup = report.replaceAll(/<script[^>]*>.*?<\/script>/gs, "");
    assertFalse(/(src|href)="(?!data:)/.test(markup), "the report fetches nothing");
    assertFalse(report.includes("<script src"), "its script is in it");
    assertStringIncludes(report, "784 → 16");
  }));

Deno.test("stopped at 20 and resumed to 40 is bitwise the run of 40 steps", () =>
  inTempFolder(async (folder) => {
    const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
    assertEquals((await run("train", ...SMALL, "--steps", "40", "--run", whole)).code, 0);
    assertEquals((await run("train", ...SMALL, "--steps", "20", "--run", parts)).code, 0);
    const resumed = await run("train", "--resume", "--steps", "40", "--run", parts);
    assertEquals(resumed.code, 0, resumed.stderr);
    assertStringIncludes(resumed.stderr, "resumed  at step 20 of 40");
    assertEquals(await lastArrays(parts), await lastArrays(whole));
    assertEquals(await samplesOf(parts), await samplesOf(whole));
    const other = join(folder, "other");
    assertEquals(
      (await run("train", ...SMALL, "--steps", "40", "--seed", "2", "--run", other)).code,
      0,
    );
    assertNotEquals(await samplesOf(other), await samplesOf(whole));
  }));

Deno.test("Ctrl-C stops after the step, saves, and says how to go on", () =>
  inTempFolder(async (folder) => {
    const [whole, stopped] = [join(folder, "whole"), join(folder, "stopped")];
    const child = start("train", [...SMALL, "--steps", "100000", "--run", stopped]);
    await metricsReach(stopped, 20);
    child.kill("SIGINT");
    const { code, stderr } = await ended(child);
    assertEquals(code, 130);
    assertMatch(
      stderr,
      /Stopped at step (\d+) of 100000 and saved\. To go on: deno task train --run .* --resume/,
    );
    const step = Number(stderr.match(/Stopped at step (\d+)/)![1]);
    assertGreater(step, 19);
    const steps = String(step + 10);
    assertEquals((await run("train", "--resume", "--steps", steps, "--run", stopped)).code, 0);
    assertEquals((await run("train", ...SMALL, "--steps", steps, "--run", whole)).code, 0);
    assertEquals(await lastArrays(stopped), await lastArrays(whole));
  }));

/** Kills a run at random moments, and asserts that it ends bitwise as the run never killed. */
function assertSurvives(blows: number): Promise<void> {
  return inFolderOnDisk(async (folder) => {
    const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
    const [end, steps] = [400, ["--steps", "400"]];
    const began = performance.now();
    const unhurt = await run("train", ...SMALL, ...steps, "--run", whole);
    assertEquals(unhurt.code, 0, unhurt.stderr);
    const needed = performance.now() - began;
    const random = new Random(1);
    let kills = 0;
    // Steps of checkpoints that were there: some blows fall in the middle of training.
    const reached = new Set<number>();
    while (kills < blows || reached.size <= blows / 6) {
      const begun = await exists(join(killed, "config.json"));
      const args = begun ? ["--resume", ...steps] : [...SMALL, ...steps];
      const child = start("train", [...args, "--run", killed]);
      // From the last of the loading of the program to some epochs later: nearly all fall into the training.
      const timer = setTimeout(
        () => child.kill("SIGKILL"),
        needed * (0.4 + 0.5 * random.uniform()),
      );
      const { code, stderr } = await ended(child);
      clearTimeout(timer);
      const kept = await files(join(killed, "checkpoints")).catch(() => [] as string[]);
      const saved = kept.map((name) => Number(name.slice(5, 11)));
      if (code === 0 || saved.includes(end)) {
        // Finished before the blow, or all but the last line: begin anew, so that all blows are real.
        await Deno.remove(killed, { recursive: true });
        continue;
      }
      assertEquals(code, 137, stderr);
      kills++;
      for (const step of saved) reached.add(step);
    }
    const args = await exists(join(killed, "config.json"))
      ? ["--resume", ...steps]
      : [...SMALL, ...steps];
    const last = await run("train", ...args, "--run", killed);
    assertEquals(last.code, 0, last.stderr);
    assertEquals(await lastArrays(killed), await lastArrays(whole));
    assertEquals(await samplesOf(killed), await samplesOf(whole));
    const read = async (path: string) =>
      (await Deno.readTextFile(join(path, "metrics.jsonl"))).trimEnd().split("\n")
        .map((line) => ({ ...JSON.parse(line), seconds: 0 }));
    assertEquals(await read(killed), await read(whole), "every event once");
  });
}

// The gate's kills are these and more.
if (!IN_GATE) {
  Deno.test("killed 3 times at random moments, a run ends bitwise as the run never killed", () =>
    assertSurvives(3));
}

gateTest(
  "killed 20 times at random moments, a run ends bitwise as the run never killed",
  () => assertSurvives(20),
);

Deno.test("a damaged checkpoint is refused, the one before is offered and goes on exactly", () =>
  inTempFolder(async (folder) => {
    const [whole, damaged] = [join(folder, "whole"), join(folder, "damaged")];
    assertEquals((await run("train", ...SMALL, "--steps", "18", "--run", whole)).code, 0);
    assertEquals((await run("train", ...SMALL, "--steps", "12", "--run", damaged)).code, 0);
    const [before, last] = (await files(join(damaged, "checkpoints"))).map((name) =>
      join(damaged, "checkpoints", name)
    );
    const bytes = await Deno.readFile(last);
    bytes[bytes.length >> 1] ^= 16;
    await Deno.writeFile(last, bytes);
    for (const command of [["train", "--resume"], ["sample"]]) {
      const { code, stderr } = await run(command[0], ...command.slice(1), "--run", damaged);
      assertEquals(code, 1);
      assertStringIncludes(stderr, `Cannot read ${last}`);
      assertStringIncludes(stderr, `The checkpoint before it is ${before}`);
    }
    const resumed = await run("train", "--resume", before, "--steps", "18", "--run", damaged);
    assertEquals(resumed.code, 0, resumed.stderr);
    assertEquals(await lastArrays(damaged), await lastArrays(whole));
  }));

Deno.test("two runs into one folder: the second is refused, the first goes on", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    const first = start("train", [...SMALL, "--steps", "100000", "--run", out]);
    await metricsReach(out, 10);
    const second = await run("train", "--resume", "--run", out);
    assertEquals(second.code, 1);
    assertStringIncludes(second.stderr, "another training is running there");
    first.kill("SIGTERM");
    assertEquals((await ended(first)).code, 143);
    const again = await run("train", ...SMALL, "--run", out);
    assertEquals(again.code, 2);
    assertStringIncludes(again.stderr, "there is one already. Add --resume");
  }));

Deno.test({
  name: "a write that fails half-way ends the run with a message and loses nothing that was saved",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inTempFolder(async (folder) => {
      const [whole, full] = [join(folder, "whole"), join(folder, "full")];
      assertEquals((await run("train", ...SMALL, "--steps", "18", "--run", whole)).code, 0);
      assertEquals((await run("train", ...SMALL, "--steps", "6", "--run", full)).code, 0);
      const before = await lastArrays(full);
      const { code, stderr } = await ended(
        start("train", ["--resume", "--steps", "18", "--run", full], { fileSizeLimit: 200 }),
      );
      assertEquals(code, 1);
      assertStringIncludes(stderr, "File too large");
      assertStringIncludes(stderr, "safe up to step 6");
      assertStringIncludes(stderr, `deno task train --run ${full} --resume`);
      assertEquals(await files(join(full, "checkpoints")), [
        "step-000000.safetensors",
        "step-000006.safetensors",
      ]);
      assertEquals(await lastArrays(full), before);
      assertEquals((await run("train", "--resume", "--steps", "18", "--run", full)).code, 0);
      assertEquals(await lastArrays(full), await lastArrays(whole));
    }),
});

Deno.test("a folder that cannot be made is an error in one line", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "a-file");
    await Deno.writeTextFile(file, "");
    const { code, stderr } = await run(
      "train",
      ...SMALL,
      "--steps",
      "1",
      "--run",
      join(file, "run"),
    );
    assertEquals(code, 2);
    assertMatch(stderr, /^error: .*a-file.*\n$/);
  }));

Deno.test("train --quiet prints nothing", () =>
  inTempFolder(async (folder) => {
    const ends = await run(
      "train",
      ...SMALL,
      "--steps",
      "7",
      "--quiet",
      "--run",
      join(folder, "run"),
    );
    assertEquals(ends, { code: 0, stdout: "", stderr: "" });
  }));

Deno.test("a batch of one row under batch normalisation is a wrong argument, with the reason", async () => {
  for (const args of [["--batch-size", "1"], ["--preset", "ring", "--batch-size", "1"]]) {
    const { code, stderr } = await runHere("train", ...args, "--run", "/nowhere/run");
    assertEquals(code, 2, stderr);
    assertMatch(stderr, /^error: .*batch normalisation .* at least 2 rows .*, got 1\n$/);
  }
});

Deno.test("a doubt is told once at the start, with --quiet too, and is in config.json and the report", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    const doubts = ["takes mean and variance over 3 rows", "every 50 steps, and there are 4"];
    const args = ["--quiet", "--log-every", "50", "--run", out];
    const begun = await run("train", ...TINY, "--batch-size", "3", "--steps", "4", ...args);
    const resumed = await run("train", "--resume", "--steps", "6", ...args);
    for (const { code, stderr } of [begun, resumed]) {
      assertEquals(code, 0, stderr);
      assertMatch(stderr, /^warning: [^\n]*\nwarning: [^\n]*\n$/);
      assertStringIncludes(stderr, doubts[0]);
    }
    assertStringIncludes(begun.stderr, doubts[1]);
    const config = JSON.parse(await Deno.readTextFile(join(out, "config.json")));
    assertEquals(config.doubts.length, 2);
    assertStringIncludes(await Deno.readTextFile(join(out, "report.html")), doubts[0]);
  }));

Deno.test("samples: numbers in [0, 1] as .npy, a grid as .png, by run or checkpoint", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    assertEquals((await run("train", ...SMALL, "--steps", "6", "--run", out)).code, 0);
    const npy = join(folder, "x.npy");
    assertEquals((await run("sample", "--run", out, "--count", "70", "--out", npy)).code, 0);
    const bytes = await Deno.readFile(npy);
    const header = 10 + bytes[8] + 256 * bytes[9];
    assertStringIncludes(new TextDecoder().decode(bytes.subarray(10, header)), "(70, 784)");
    const values = new Float32Array(bytes.slice(header).buffer);
    assertEquals(values.length, 70 * 784);
    assert(values.every((v) => v >= 0 && v <= 1));
    assertGreater(new Set(values).size, 1000);
    const png = join(folder, "x.png");
    const checkpoint = join(out, "checkpoints", "step-000006.safetensors");
    const drawn = await run("sample", "--checkpoint", checkpoint, "--count", "5", "--out", png);
    assertEquals(drawn.code, 0, drawn.stderr);
    const { width, height } = decode(await Deno.readFile(png));
    assertEquals([width, height], [3 * 58 + 2, 2 * 58 + 2]);
  }));

Deno.test("a conditional run: a class a row, exact resume, and samples of the label asked for", () =>
  inTempFolder(async (folder) => {
    const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
    const small = ["--preset", "conditional", "--backend", "wasm", "--data", DATA];
    const begin = [...small, "--batch-size", "20"];
    const begun = await run("train", ...begin, "--steps", "10", "--run", whole);
    assertEquals(begun.code, 0, begun.stderr);
    assertStringIncludes(begun.stderr, "steps    planned, ");
    assertStringIncludes(begun.stderr, "labels   the last 10 inputs of both: which class is meant");
    assertEquals((await run("train", ...begin, "--steps", "5", "--run", parts)).code, 0);
    const resumed = await run("train", "--resume", "--steps", "10", "--run", parts);
    assertEquals(resumed.code, 0, resumed.stderr);
    assertEquals(await lastArrays(parts), await lastArrays(whole));
    const grid = decode(await Deno.readFile(join(whole, "samples", "step-000010.png")));
    assertEquals([grid.width, grid.height], [10 * 58 + 2, 10 * 58 + 2]);
    const report = await Deno.readTextFile(join(whole, "report.html"));
    assertStringIncludes(report, "One class a row, one noise a column.");

    const draw = async (...args: string[]) => {
      const out = join(folder, "x.npy");
      const { code, stderr } = await run("sample", "--run", whole, "--out", out, ...args);
      assertEquals(code, 0, stderr);
      const { data } = decodeNpy(await Deno.readFile(out), out);
      return Array.from(
        { length: data.length / 784 },
        (_, i) => data.slice(784 * i, 784 * (i + 1)).join(),
      );
    };
    const [turns, threes] = [await draw(), await draw("--label", "3", "--count", "100")];
    assertEquals([turns.length, threes.length], [100, 100]);
    // The same noise: where the turn is at 3 the samples are the same.
    turns.forEach((image, i) => assertEquals(image === threes[i], i % 10 === 3, `sample ${i}`));
    const png = join(folder, "x.png");
    assertEquals((await run("sample", "--run", whole, "--count", "25", "--out", png)).code, 0);
    const { width, height } = decode(await Deno.readFile(png));
    assertEquals([width, height], [10 * 58 + 2, 3 * 58 + 2]);
    const refused = await run("sample", "--run", whole, "--label", "10");
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, "Cannot draw samples of label 10: ");
    assertStringIncludes(refused.stderr, "knows the labels 0 to 9");
    const plain = join(folder, "plain");
    assertEquals((await run("train", ...SMALL, "--steps", "2", "--run", plain)).code, 0);
    const deaf = await run("sample", "--run", plain, "--label", "3");
    assertEquals(deaf.code, 2);
    assertStringIncludes(deaf.stderr, "must be of a conditional GAN, got one without classes");
  }));

Deno.test("toy data: panels at every epoch, a report, exact resume, samples of rows", () =>
  inTempFolder(async (folder) => {
    const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
    const line = ["--preset", "line", "--backend", "wasm", "--packing", "2", "--batch-size", "16"];
    const { code, stdout, stderr } = await run("train", ...line, "--steps", "230", "--run", whole);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, join(whole, "samples", "step-000230.png"));
    assertStringIncludes(stderr, "N(3, 0.5) on the line, fresh samples for every batch");
    assertEquals(await files(join(whole, "samples")), [
      "step-000000.png",
      "step-000200.png",
      "step-000230.png",
    ]);
    const { width, height } = decode(
      await Deno.readFile(join(whole, "samples", "step-000230.png")),
    );
    assertEquals([width, height], [860, 830]);
    const report = await Deno.readTextFile(join(whole, "report.html"));
    assertEquals(gridsOf(report), 3);
    assertStringIncludes(report, "Accuracies");
    const lines = (await Deno.readTextFile(join(whole, "metrics.jsonl"))).trimEnd().split("\n");
    const last = JSON.parse(lines.at(-1)!);
    assertEquals([last.step, last.epoch], [230, 2]);
    assert(
      last.dAccuracy >= 0 && last.dAccuracy <= 1 && last.gAccuracy >= 0 && last.gAccuracy <= 1,
    );

    assertEquals((await run("train", ...line, "--steps", "215", "--run", parts)).code, 0);
    const resumed = await run("train", "--resume", "--steps", "230", "--run", parts);
    assertEquals(resumed.code, 0, resumed.stderr);
    assertEquals(await lastArrays(parts), await lastArrays(whole));
    assertEquals(await samplesOf(parts), await samplesOf(whole));
    const shape = new TextDecoder().decode((await samplesOf(whole)).subarray(10, 80));
    assertStringIncludes(shape, "(5000, 1)");
    const refused = await run("train", "--resume", "--packing", "3", "--run", parts);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, "Cannot resume with another packing");
    const png = join(folder, "x.png");
    assertEquals((await run("sample", "--run", whole, "--count", "900", "--out", png)).code, 0);
    assertEquals(decode(await Deno.readFile(png)).width, 430);
  }));

for (const command of ["train", "sample", "bench"]) {
  Deno.test(`deno task ${command} --help shows its usage and succeeds`, async () => {
    const { code, stdout } = await runHere(command, "--help");
    assertEquals(code, 0);
    assertStringIncludes(stdout, `Usage: deno task ${command}`);
    if (command === "train") {
      for (const name of Object.keys(PRESETS)) assertStringIncludes(stdout, name);
    }
  });
}

/** Not the default: a user's folder may hold a run there. */
const NEW_RUN = join(DATA, "no-run");

const wrong: [string, string[], string][] = [
  ["train", ["--data", "/nowhere", "--run", NEW_RUN], "there is no such folder"],
  ["train", ["--data", "README.md", "--run", NEW_RUN], "there is no such folder"],
  ["train", ["--run", "README.md"], "it must be a folder, and README.md is a file"],
  ["train", ["--run", "README.md/run"], "it must be a folder, and README.md is a file"],
  ["sample", ["--checkpoint", "lib"], "there is no file lib; it is a folder"],
  ["sample", ["--pretrained", "mlp", "--out", "/nowhere/x.png"], "in a folder that exists"],
  ["train", ["--preset", "mpl"], "must be one of mlp, "],
  ["train", ["--epochs", "0"], "integer of at least 1"],
  ["train", ["--epochs", "1.5"], "integer of at least 1"],
  ["train", ["--steps", "many"], "integer of at least 1"],
  ["train", ["--steps", "5", "--epochs", "5"], "exclude each other"],
  ["train", ["--seed", "-1"], "seed"],
  ["train", ["--seed", "9007199254740993"], "integer of at least 0"],
  ["train", ["--batch-size", "0"], "integer of at least 1"],
  ["train", ["--backend", "cuda"], "must be one of auto, webgpu, wasm, cpu"],
  ["train", ["--packing", "0"], "integer of at least 1"],
  [
    "train",
    ["--preset", "conditional", "--packing", "2", "--run", NEW_RUN],
    "one by one, got packs of 2. Leave --packing out",
  ],
  ["train", ["--gradient-penalty", "-1"], "number of at least 0"],
  ["train", ["--gradient-penalty", "much"], "number of at least 0"],
  [
    "train",
    ["--preset", "ring", "--data", ".", "--run", NEW_RUN],
    "this preset trains on toy data (ring). Leave --data out",
  ],
  ["train", ["--log-every", "0"], "integer of at least 1"],
  ["train", ["--epoch", "3"], "unknown option '--epoch'"],
  ["train", ["mlp"], "too many arguments"],
  ["train", ["--run"], "argument missing"],
  ["train", ["--run", ""], "must not be empty"],
  ["train", ["--data", ""], "must not be empty"],
  ["train", ["--batch-size", "100000", "--run", NEW_RUN], "there are 60000 training images"],
  ["train", ["--resume", "/nowhere/x.safetensors"], "no run was begun there"],
  ["sample", ["--count", "100001"], "at most 100000"],
  ["train", ["--resume", "--run", "/nowhere/at/all"], "no run was begun there"],
  ["sample", ["--run", "/nowhere/at/all"], "no run was begun there"],
  ["sample", ["--run", "a", "--checkpoint", "b"], "exclude each other"],
  [
    "sample",
    ["--checkpoint", "/nowhere.safetensors"],
    "there is no file /nowhere.safetensors",
  ],
  ["sample", ["--count", "0"], "integer of at least 1"],
  ["sample", ["--label", "three"], "integer of at least 0"],
  ["sample", ["--out", "x.jpg"], "must end in .png, .npy or .gif"],
];

for (const [command, args, message] of wrong) {
  Deno.test(`${command} ${args.join(" ")} is a wrong argument: exit code 2`, async () => {
    const { code, stdout, stderr } = await runHere(command, ...args);
    assertEquals(code, 2, stderr);
    assertEquals(stdout, "");
    assertStringIncludes(stderr, message);
    assertFalse(/\n\s+at /.test(stderr), "no stack");
  });
}

Deno.test("--gradient-penalty takes the place of the preset's, and the penalty is seen in the metrics", () =>
  inTempFolder(async (folder) => {
    const line = ["--preset", "line", "--backend", "wasm", "--batch-size", "16", "--steps", "3"];
    const { code, stderr } = await run(
      "train",
      ...line,
      "--gradient-penalty",
      "0.5",
      "--run",
      folder,
    );
    assertEquals(code, 0, stderr);
    const { options } = JSON.parse(await Deno.readTextFile(join(folder, "config.json")));
    assertEquals(options.gradientPenalty, 0.5); // The preset has none.
    const lines = (await Deno.readTextFile(join(folder, "metrics.jsonl"))).trimEnd().split("\n");
    assertGreater(JSON.parse(lines.at(-1)!).penalty, 0);
  }));

Deno.test("what a run was begun with cannot be changed on resuming", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    assertEquals((await run("train", ...SMALL, "--steps", "6", "--run", out)).code, 0);
    for (
      const change of [
        ["--seed", "2"],
        ["--preset", "mlp"],
        ["--batch-size", "16"],
        ["--gradient-penalty", "2"],
      ]
    ) {
      const { code, stderr } = await run("train", "--resume", ...change, "--run", out);
      assertEquals(code, 2);
      assertStringIncludes(stderr, "Cannot resume with another ");
      assertStringIncludes(stderr, `. Leave ${change[0]} out\n`);
    }
    // The bundled MNIST is not what the run was begun with.
    const other = await writeDataSet(smallDataSet(300));
    const { code, stderr } = await run("train", "--resume", "--data", other, "--run", out);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "the training data must be those it began with");
    await Deno.remove(other, { recursive: true });
  }));

Deno.test("a checkpoint of another run is refused, and the run stays as it was", () =>
  inTempFolder(async (folder) => {
    const [own, other] = [join(folder, "own"), join(folder, "other")];
    assertEquals((await run("train", ...SMALL, "--steps", "6", "--run", own)).code, 0);
    const begun = await run("train", ...SMALL, "--steps", "12", "--seed", "2", "--run", other);
    assertEquals(begun.code, 0);
    const before = await lastArrays(own);
    const foreign = join(other, "checkpoints", "step-000012.safetensors");
    const { code, stderr } = await run("train", "--resume", foreign, "--steps", "18", "--run", own);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "the checkpoint must be of this run, got one with other options");
    assertEquals(await lastArrays(own), before);
    // Its own run is found from the checkpoint, or from the folder.
    const found = await run("train", "--resume", foreign, "--steps", "13");
    assertEquals(found.code, 0, found.stderr);
    assertEquals((await run("train", "--resume", other, "--steps", "14")).code, 0);
    assertEquals((await files(join(other, "checkpoints"))).at(-1), "step-000014.safetensors");
  }));

Deno.test("a folder that holds something else is not trained into", () =>
  inTempFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "thesis.txt"), "");
    const stranger = await run("train", ...SMALL, "--steps", "1", "--run", folder);
    assertEquals(stranger.code, 2);
    assertStringIncludes(stranger.stderr, "must be new or empty, it has thesis.txt");
    // Checkpoints whose configuration was lost are not overwritten.
    const out = join(folder, "run");
    assertEquals((await run("train", ...SMALL, "--steps", "12", "--run", out)).code, 0);
    await Deno.remove(join(out, "config.json"));
    const { code, stderr } = await run("train", ...SMALL, "--steps", "1", "--run", out);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "step-000006.safetensors");
    assertEquals((await files(join(out, "checkpoints"))).length, 2);
  }));

Deno.test("resumed from an earlier checkpoint, the grids of the course given up are gone", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    assertEquals((await run("train", ...SMALL, "--steps", "12", "--run", out)).code, 0);
    const earlier = join(out, "checkpoints", "step-000006.safetensors");
    const { code, stdout } = await run("train", "--resume", earlier, "--steps", "8", "--run", out);
    assertEquals(code, 0);
    assertStringIncludes(stdout, "step-000008.png");
    assertEquals(await files(join(out, "samples")), [
      "step-000000.png",
      "step-000006.png",
      "step-000008.png",
    ]);
    assertEquals(await files(join(out, "checkpoints")), [
      "step-000006.safetensors",
      "step-000008.safetensors",
    ]);
  }));

Deno.test("a run that has taken all its steps is resumed only for more", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    assertEquals((await run("train", ...SMALL, "--steps", "6", "--run", out)).code, 0);
    const config = await Deno.readTextFile(join(out, "config.json"));
    for (const more of [[], ["--steps", "5"], ["--epochs", "1"]]) {
      const { code, stderr } = await run("train", "--resume", "--run", out, ...more);
      assertEquals(code, 2);
      assertStringIncludes(stderr, "it has taken 6 steps already");
    }
    assertEquals(await Deno.readTextFile(join(out, "config.json")), config);
  }));

Deno.test("two signals at once are one: the run still saves", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    const child = start("train", [...SMALL, "--steps", "100000", "--run", out]);
    await metricsReach(out, 10);
    for (let i = 0; i < 3; i++) {
      child.kill("SIGINT");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { code, stderr } = await ended(child);
    assertEquals(code, 130);
    assertMatch(stderr, /Stopped at step \d+ of 100000 and saved/);
  }));

Deno.test("a garbled line in metrics.jsonl stops nothing", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    assertEquals((await run("train", ...SMALL, "--steps", "6", "--run", out)).code, 0);
    const metrics = join(out, "metrics.jsonl");
    await Deno.writeTextFile(metrics, 'null\n{"step": garbage\n', { append: true });
    const { code, stderr } = await run("train", "--resume", "--steps", "12", "--run", out);
    assertEquals(code, 0, stderr);
    const lines = (await Deno.readTextFile(metrics)).trimEnd().split("\n");
    assertEquals(lines.map((line) => JSON.parse(line).step), [6, 10, 12]);
  }));

Deno.test("a config.json of the wrong shape is refused by its name and the field", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    const file = join(out, "config.json");
    assertEquals((await run("train", ...SMALL, "--steps", "6", "--run", out)).code, 0);
    const config = await Deno.readTextFile(file);
    const changed = (change: (config: RunConfig) => void) => {
      const own = JSON.parse(config);
      change(own);
      return JSON.stringify(own);
    };
    const broken: [string, string][] = [
      ["{", "it must be JSON"],
      ["null", "its content must be an object"],
      ['{"options": {"seed": 1}}', "preset must be"],
      [changed((own) => own.options = 3 as never), "the options must be an object, got 3"],
      [changed(({ options }) => delete (options as { seed?: number }).seed), "seed"],
      [
        changed(({ options }) => options.generator = null as never),
        "the generator must be an object",
      ],
      [
        changed(({ options }) => options.generator.layers[0] = null as never),
        "layer 0 must be an object, got null",
      ],
      [changed(({ options }) => options.generatorOptimiser = {} as never), "generatorOptimiser"],
      [changed(({ options }) => options.averageDecay = 7), "averageDecay must be in [0, 1), got 7"],
      [changed((own) => own.steps = 1.5), "steps must be"],
      [changed((own) => own.backend = {} as never), "backend.name must be"],
    ];
    for (const [text, message] of broken) {
      await Deno.writeTextFile(file, text);
      const { code, stderr } = await runHere("train", "--resume", "--steps", "12", "--run", out);
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, `Cannot read ${file}`);
      assertStringIncludes(stderr, message);
      assertFalse(/Cannot read properties|not iterable|is not a function/.test(stderr), stderr);
    }
  }));

Deno.test("bad data leave no run folder behind", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    const { code, stderr } = await run("train", "--data", folder, "--run", out);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "train-images-idx3-ubyte is missing");
    assertFalse(await exists(out));
  }));

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Waits until a run has recorded a step of at least `step`. */
async function metricsReach(folder: string, step: number): Promise<void> {
  const deadline = Date.now() + 300_000;
  while (Date.now() < deadline) {
    const text = await Deno.readTextFile(join(folder, "metrics.jsonl")).catch(() => "");
    const last = text.split("\n").at(-2);
    if (last && JSON.parse(last).step >= step) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no step ${step} within five minutes in ${folder}`);
}
