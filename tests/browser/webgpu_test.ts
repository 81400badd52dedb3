/**
 * Trainings of three notebooks on WebGPU in a browser, by Chromium's software adapter, against what they are in Deno on
 * WebAssembly. The adapter is slow, so they are shorter here: what is compared is their beginning.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { dryPlan, programsOf } from "@/engine/dry_plan.ts";
import { productsOf } from "@/engine/gpu/layer_dispatches.ts";
import { tilesNamed } from "@/engine/gpu/tile_names.ts";
import { findPreset } from "@/gan/presets.ts";
import { FIGURE_TYPE } from "@/notebook/display.ts";
import { codeCells, type Output, sourceOf } from "@/notebook/document.ts";
import { executedNotebook } from "@/site/build/executed_notebook.ts";
import { ROOT } from "../support/commands.ts";
import { comparable, NotebookReader } from "./support/notebook_reader.ts";
import { builtSite, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const site = await builtSite();
/**
 * WebGPU by SwiftShader, with all else that Chromium draws: TensorFlow.js reads a tensor at once by
 * way of a canvas, which is black where the two are drawn by different means. It is slow, which
 * must not be taken for hanging.
 */
const FLAGS = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
  "--use-gl=angle",
  "--use-angle=vulkan",
  "--disable-gpu-watchdog",
];
/** How far losses and shares may be from those on WebAssembly, after some tens of updates. */
const TOLERANCE = 2e-3;
/** Seconds that a cell may take with its software adapter. */
const PATIENCE = 420;

/** What the cells have shown, by their ids: in the browser, and in Deno when the site was built. */
type Both = (text: string) => Promise<{ gpu: Output[]; deno: Output[] }>;

/** A change of the cell that has a text: something else in its place, or a cell without any code. */
type Edit = [from: string, to: string] | [emptied: string];

/**
 * 02 and 06 train by autodiff. Starting the engine as well would compile the shaders of its self-check, which takes the
 * adapter longer than their trainings do; 08 starts it.
 */
const WITHOUT_ENGINE: Edit = ['useBackend("wasm")', 'useBackend("wasm", { engine: "autodiff" })'];

/**
 * The large products of 08's default in tiles that need few threads, which SwiftShader runs one after another: a
 * third of the time. The small ones keep the tiles that a card gets, and so does the self-check.
 */
function quickTiles(): string {
  const limits = { maxComputeWorkgroupStorageSize: 16384, maxComputeInvocationsPerWorkgroup: 256 };
  const programs = programsOf(dryPlan({ ...findPreset("mlp").options, seed: 1 }));
  const all = Object.entries(productsOf(programs, tilesNamed("64x64", limits)).tiles);
  const product = (shape: string) =>
    shape.split(",")[0].split("x").reduce((a, b) => a * Number(b), 1);
  const large = all.filter(([shape]) => product(shape) > 2e6);
  assert(large.length > 5 && large.length < all.length);
  return JSON.stringify(Object.fromEntries(large));
}

/** On WebGPU: changes cells, each by its first text, runs one and what it needs, and compares. */
async function onWebGpu(
  name: string,
  edits: Edit[],
  last: string,
  compare: (both: Both) => Promise<void>,
): Promise<void> {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open({ flags: FLAGS });
  const reader = await NotebookReader.open(visitor, server.url, name);
  await visitor.page.locator("#run-bar select").selectOption({ label: "WebGPU" });
  // Cells that check are folded, and written into as others are.
  await visitor.page.evaluate(
    'document.querySelectorAll("details.checks").forEach((checks) => checks.open = true)',
  );
  const cells = codeCells(await reader.book());
  const at = (text: string) => cells.findIndex((cell) => sourceOf(cell).includes(text));
  for (const cell of new Set(edits.map(([from]) => at(from)))) {
    const own = edits.filter(([from]) => at(from) === cell);
    const code = own.reduce(
      (text, [from, to]) => to === undefined ? "// Left out" : text.replace(from, to),
      sourceOf(cells[cell]),
    );
    await reader.write(cell + 1, code);
  }
  await reader.run(at(last) + 1, PATIENCE);
  const [computes] = await reader.heard("computes");
  assertMatch(computes.text, /^WebGPU on .*swiftshader/i);
  const [shown, executed] = [
    await reader.shown(),
    codeCells(await executedNotebook(join(ROOT, "notebooks", `${name}.ipynb`))),
  ];
  // deno-lint-ignore require-await
  await compare(async (text) => ({
    gpu: shown[cells[at(text)].id],
    deno: executed[at(text)].outputs ?? [],
  }));
  assertEquals(visitor.errors, []);
}

/** The numbers of a text. */
const numbersIn = (output: Output) =>
  (String(output.data!["text/plain"]).match(/\d+\.\d+|\d+/g) ?? []).map(Number);

/** The y of each curve of a figure, with their names. */
function curvesOf(output: Output): [string, number[]][] {
  const [{ figure }] = comparable([output]) as [
    { figure: { data: { name: string; y: number[] }[] } },
  ];
  return figure.data.map(({ name, y }) => [name, y]);
}

function assertClose(gpu: number[], deno: number[], tolerance = TOLERANCE): void {
  assertEquals(gpu.length, deno.length);
  const far = gpu.map((value, i) => Math.abs(value - deno[i])).filter((gap) => !(gap <= tolerance));
  assertEquals(far, [], `${gpu.slice(0, 10)} on WebGPU, ${deno.slice(0, 10)} in Deno`);
}

Deno.test("02 on WebGPU: D comes as near to D* after 25 steps as on WebAssembly", () =>
  onWebGpu(
    "02_optimal_discriminator",
    [WITHOUT_ENGINE, ["steps: 600", "steps: 26"]],
    "const errors = history.map(",
    async (both) => {
      const { gpu, deno } = await both("const errors = history.map(");
      const [first, wanted] = [gpu, deno].map((outputs) =>
        outputs.find(({ data }) => /^Step 25:/.test(String(data?.["text/plain"])))!
      );
      assertClose(numbersIn(first), numbersIn(wanted));
      const { gpu: [chosen] } = await both('await useBackend("wasm")');
      assertEquals(chosen.data!["text/plain"], "The network trains on the webgpu backend.");
    },
  ));

Deno.test("06 on WebGPU: the first panels of the training are those on WebAssembly", () =>
  onWebGpu(
    "06_gan_in_one_dimension",
    [
      WITHOUT_ENGINE,
      ['"D", 300,', '"D", 1,'],
      ['"G", 6,', '"G", 1,'],
      ["playRounds(run, 300,", "playRounds(run, 1,"],
    ],
    "One training at four moments",
    async (both) => {
      const text = "One training at four moments";
      const [gpu, deno] = Object.values(await both(text)).map((outputs) =>
        curvesOf(outputs.find(({ data }) => data?.[FIGURE_TYPE])!)
      );
      // Panel (a): p_data, p_g, D and D* after 24 rounds, each of three steps of D and one of G.
      for (const [i, [name, values]] of gpu.slice(0, 4).entries()) {
        assertEquals(name, deno[i][0]);
        assertClose(values.filter(Number.isFinite), deno[i][1].filter(Number.isFinite), 0.02);
      }
    },
  ));

Deno.test("08 on WebGPU: after five steps on MNIST the default has the loss that it has on WebAssembly", () =>
  onWebGpu(
    "08_mnist_gan",
    [
      ['useBackend("auto")', `useBackend("auto", { tiles: ${quickTiles()} })`],
      // Steps by autodiff are 02's on WebGPU; here they take a minute, most of it for shaders.
      ["const byHand = create("],
      ["const twin = create("],
      ["const unlike = blackPixels("],
      ["imagesFrom(best, 2000)", "imagesFrom(best, 50)"],
      ['"popular recipe": create("mlp-collapse"), ', ""],
      ["trainByTurns(contenders, 300,", "trainByTurns(contenders, 5,"],
    ],
    "trainByTurns(contenders, 300,",
    async (both) => {
      const [[[name, [loss]]], deno] = Object.values(await both("trainByTurns(contenders, 300,"))
        .map((outputs) => curvesOf(outputs.at(-1)!));
      assertEquals(name, "the default");
      const [, [wanted]] = deno.find(([name]) => name === "the default")!;
      // Adam's first steps have one size, however small a gradient is: its sign may be rounding's.
      assertClose([loss], [wanted], 2e-3);
    },
  ));
