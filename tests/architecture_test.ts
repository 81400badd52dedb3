/** What docs/architecture.md says of adding to the project, done as it says. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { codeCells, type Notebook, sourceOf } from "@/notebook/document.ts";
import { apply, copyOfProject, type Snippet, snippetsOf } from "./support/page_snippets.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

async function page(): Promise<string> {
  return await Deno.readTextFile(join(ROOT, "docs", "architecture.md"));
}

/** The section of the page with that heading. */
const sectionOf = (text: string, heading: string) =>
  text.split(/^### /m).find((section) => section.startsWith(`${heading}\n`)) ?? "";

/** Runs Deno in the copy; what it printed, where it ended well. */
async function deno(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, `deno ${args.join(" ")}\n${out}${error}`);
  return out + error;
}

/** Trains `tiny` on noise with each of what was added, and prints how. */
const TRAINING = `
import { useBackend } from "@/backend.ts";
import { imageRows } from "@/data/training_data.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { describeSteps, train } from "@/gan/train.ts";
import { Random } from "@/random.ts";

const tiny = { ...findPreset("tiny").options, seed: 1 };
const [first, ...others] = tiny.generator.layers;
const rmsprop = { kind: "rmsprop", learningRate: 1e-3, rho: 0.9, epsilon: 1e-8 } as const;
const added: Record<string, GanOptions> = {
  activation: {
    ...tiny,
    generator: { ...tiny.generator, layers: [{ ...first, activation: "elu" }, ...others] },
  },
  loss: { ...tiny, discriminatorLoss: "smoothed" },
  optimiser: { ...tiny, generatorOptimiser: rmsprop, discriminatorOptimiser: rmsprop },
  preset: { ...findPreset("tiny-hinge").options, seed: 1 },
};
const { engine } = await useBackend("wasm");
const images = Uint8Array.from(new Random(1).uniforms(64 * 784), (u) => 255 * u);
const train64 = { count: 64, images, labels: new Uint8Array(64) };
const data = imageRows({ train: train64, test: train64, source: "noise", sha256: "" });
for (const [what, options] of Object.entries(added)) {
  const gan = createGan(options, data);
  const before = gan.generator.weights["layers.0.weight"].dataSync().slice();
  let finite = true;
  for await (const event of train(gan, { steps: 3, logEvery: 1 }, engine)) {
    finite &&= Number.isFinite(event.dLoss) && Number.isFinite(event.gLoss);
  }
  const after = gan.generator.weights["layers.0.weight"].dataSync();
  const moved = after.every(Number.isFinite) && after.some((w, i) => w !== before[i]);
  console.log(\`\${what}: \${gan.step} steps, finite \${finite}, moved \${moved}; \${describeSteps(options, engine)}\`);
  disposeGan(gan);
}
Deno.exit(0);
`;

Deno.test("what the page's snippets add type checks, passes its tests, and trains", async () => {
  const folder = await Deno.makeTempDir({ prefix: "architecture" });
  try {
    await copyOfProject(ROOT, folder);
    const snippets = snippetsOf(await page());
    await apply(snippets, folder);
    await Deno.writeTextFile(join(folder, "training.ts"), TRAINING);
    await Deno.writeTextFile(join(folder, "notebook.ts"), await notebookOf(folder, snippets));
    const tests = snippets.flatMap(({ path }) => path.endsWith("_test.ts") ? [path] : []);
    assertEquals(tests.length, 3, "an activation, a loss and an optimiser have a test each");
    const changed = snippets.flatMap(({ path, from }) => from ? [] : [path]);
    const started = ["run", "--no-check", "--no-prompt", "-R", "-E", "-S"];
    const [said, passed, evaluated, notebook, helped] = await Promise.all([
      deno(folder, ...started, "training.ts"),
      deno(folder, "test", ...started.slice(1), "-W", ...tests, "tests/gan/activations_test.ts"),
      deno(folder, "eval", "--no-check", MEASUREMENT),
      deno(folder, ...started, "notebook.ts"),
      help(folder),
      // All at once: what they share is checked once.
      deno(folder, "check", "training.ts", "notebook.ts", "lib/eval/mod.ts", ...tests),
      deno(folder, "fmt", "--check", ...changed),
    ]);
    for (const what of ["activation", "loss", "optimiser", "preset"]) {
      assertStringIncludes(said, `${what}: 3 steps, finite true, moved true`);
    }
    assertStringIncludes(said, "autodiff, since the engine has no elu");
    assertStringIncludes(said, "the engine has no smoothed loss");
    assertStringIncludes(said, "the engine has no step of rmsprop");
    assertStringIncludes(passed, "0 failed");
    assertStringIncludes(evaluated, "ink 0.25 in the table: true");
    for (const name of ["elu", "smoothed", "rmsprop", "tiny-hinge", "ink"]) {
      assertMatch(helped, new RegExp(`\\b${name}\\b`), "the commands know it");
    }
    assertStringIncludes(notebook, 'Figure "Distance from 0"');
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Measures grey images with the metric that was added. */
const MEASUREMENT = `
import { METRIC_NAMES, METRICS } from "@/eval/metrics.ts";
const { mean } = await METRICS.ink.measure({ samples: new Float32Array(784).fill(0.25) });
console.log(\`ink \${mean} in the table: \${METRIC_NAMES.includes("ink")}\`);
`;

/** What the commands say of their options. */
async function help(folder: string): Promise<string> {
  const command = (name: string, ...args: string[]) =>
    deno(folder, "run", "--no-check", "-A", `lib/cli/${name}.ts`, ...args);
  const [train, options, evaluate] = await Promise.all([
    command("train", "--help"),
    command("train", "--preset", "tiny", "--help-options"),
    command("evaluate", "--help"),
  ]);
  return train + options + evaluate;
}

/** The cells of the notebook that was added, one after another, as a program. */
async function notebookOf(folder: string, snippets: Snippet[]): Promise<string> {
  const { path } = snippets.find(({ path }) => /^notebooks\/\d/.test(path))!;
  const notebook: Notebook = JSON.parse(await Deno.readTextFile(join(folder, path)));
  return codeCells(notebook).map(sourceOf).join("\n");
}

Deno.test("the assignment that the page begins with can be released as it says", async () => {
  const folder = await Deno.makeTempDir({ prefix: "architecture" });
  try {
    const section = sectionOf(await page(), "An assignment");
    const [{ path, from }] = snippetsOf(section);
    const source = join(folder, path.split("/").at(-1)!);
    await Deno.copyFile(join(ROOT, from!), source);
    const out = join(folder, "handout");
    await deno(ROOT, "run", "-A", "lib/cli/assignment.ts", "release", source, "--out", out);
    const released = await Array.fromAsync(Deno.readDir(out));
    const text = await Deno.readTextFile(
      join(out, released.find(({ name }) => name.endsWith(".ipynb"))!.name),
    );
    assertStringIncludes(text, "function logAdd");
    assertEquals(text.includes("log1p"), false, "the solution is not handed out");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("each section names the files that its snippets touch, and the table of all of them too", async () => {
  const text = await page();
  const table = [...text.matchAll(/^\| (an? [a-z]+) +\| (.*) \|$/gm)]
    .map(([, what, files]) => ({
      heading: what[0].toUpperCase() + what.slice(1),
      files: [...files.matchAll(/`([^`]+)`/g)].map((match) => match[1]),
    }));
  assertEquals(table.length, 7);
  for (const { heading, files } of table) {
    const touched = snippetsOf(sectionOf(text, heading)).map(({ path }) => path);
    assert(touched.length > 0, `${heading} has no snippet`);
    const inLib = touched.filter((path) => path.startsWith("lib/"));
    assertEquals(inLib, files, heading);
  }
});

Deno.test("a snippet whose lines are not in the file, or twice, is refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "a.ts"), "one\ntwo\none\n");
    const diff = (body: string) => snippetsOf(`\`\`\`diff\n+++ a.ts\n${body}\`\`\`\n`);
    for (const [body, times] of [[" one\n+x\n", 2], ["-three\n+x\n", 0]] as const) {
      const error = await apply(diff(body), folder).catch((error) => error);
      assert(error instanceof RangeError, body);
      assertStringIncludes(error.message, `got ${times} times`);
    }
    await apply(diff(" one\n-two\n+2\n+3\n"), folder);
    assertEquals(await Deno.readTextFile(join(folder, "a.ts")), "one\n2\n3\none\n");
    assertThrows(() => snippetsOf("```diff\n-x\n```\n"), TypeError, "+++ and a path");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
