/** The worker of a page's cells, as it is built, in Chromium. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type CellSettings, type CellToRun, type FromCells } from "@/site/cell_messages.ts";
import { builtSite, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const folder = await builtSite();

interface Asked {
  settings?: Partial<CellSettings>;
  /** Whether the page is isolated. */
  isolated?: boolean;
  /** Files that the reader has picked, as lists of bytes. */
  files?: Record<string, number[]>;
  /** When to stop, after a cell has begun. */
  stopAfterMs?: number;
}

/** What is told of cells that run in a worker of a page. */
async function told(codes: string[], asked: Asked = {}): Promise<FromCells[]> {
  const { isolated = true, files = {}, stopAfterMs } = asked;
  await using site = new ServedSite(folder, { isolated });
  // A service worker would isolate the page, and load it again for that.
  await using visitor = await Visitor.open({ serviceWorkers: "block" });
  await visitor.page.goto(site.url);
  const cells = codes.map((code, i): CellToRun => ({ id: `c${i + 1}`, number: i + 1, code }));
  const settings = { backend: "auto", isolated, ...asked.settings };
  const found = await visitor.page.evaluate(conversation, { cells, settings, files, stopAfterMs });
  assertEquals(visitor.errors, []);
  return found as FromCells[];
}

interface Conversation {
  cells: CellToRun[];
  settings: object;
  files: Record<string, number[]>;
  stopAfterMs?: number;
}

/** In the page: starts a worker, has cells run, and resolves with what it says. */
function conversation({ cells, settings, files, stopAfterMs }: Conversation): Promise<unknown[]> {
  const worker = new Worker("run/cells.js", { type: "module" });
  const messages: { type: string; error?: unknown }[] = [];
  let left = cells.length;
  return new Promise((resolve, reject) => {
    worker.onerror = () => reject(new Error("the worker did not start"));
    worker.onmessage = ({ data }) => {
      messages.push(data);
      if (data.type === "ready") worker.postMessage({ type: "run", cells });
      if (data.type === "began" && stopAfterMs !== undefined) {
        setTimeout(() => worker.postMessage({ type: "stop" }), stopAfterMs);
      }
      if (data.type === "ended" && (--left === 0 || data.error)) resolve(messages);
    };
    worker.postMessage({ type: "start", settings });
    for (const [name, bytes] of Object.entries(files)) {
      worker.postMessage({ type: "file", name, bytes: Uint8Array.from(bytes) });
    }
  });
}

function textsOf(messages: FromCells[]): string[] {
  return messages.flatMap((message) =>
    message.type === "output"
      ? [String(message.output.text ?? message.output.data?.["text/plain"])]
      : []
  );
}

const TRAINING = `import { useBackend } from "@/backend.ts";
import { createToyGan } from "@/gan/toy_gan.ts";
import { train } from "@/gan/train.ts";
const backend = await useBackend("wasm");`;

Deno.test("cells share variables, imports come from the site, and what is equal is equal", async () => {
  const messages = await told([
    'import { assertEquals } from "@std/assert"; import { tf } from "@/tf.ts"; let k = 1;',
    'import { softplus } from "@/math/stable.ts"; k++; assertEquals([k, { a: NaN }], [2, { a: NaN }]);',
    "await tf.setBackend('cpu'); `${k} ${softplus(0) === Math.LN2} ${tf.scalar(2).dataSync()[0]}`",
  ]);
  assertEquals(textsOf(messages), ['"2 true 2"']);
});

Deno.test("an error names cell and line, and an unknown module what there is", async () => {
  const messages = await told([
    "const f = () => {\n  throw new RangeError('far');\n};\nf();",
  ]);
  const { error } = messages.at(-1) as Extract<FromCells, { type: "ended" }>;
  assertEquals([error!.name, error!.cell, error!.line], ["RangeError", 1, 2]);
  assertStringIncludes(error!.stack, "at f (In [1], line 2)");
  const others = await told(['import { x } from "@/math/stabel.ts"; x;']);
  const { error: missing } = others.at(-1) as Extract<FromCells, { type: "ended" }>;
  assertMatch(missing!.message, /Cannot import "@\/math\/stabel.ts": .*@\/math\/stable.ts/);
});

Deno.test("the page is told what computes: threads where it is isolated, one where it is not", async () => {
  const computes = async (isolated: boolean) => {
    const messages = await told([`${TRAINING} backend.engine.description`], { isolated });
    const [message] = messages.filter(({ type }) => type === "computes");
    return [(message as { text: string }).text, ...textsOf(messages)];
  };
  const threads = Math.min(8, navigator.hardwareConcurrency);
  assertEquals(await computes(true), [`WASM, ${threads} threads`, `"planned, ${threads} threads"`]);
  const [alone, engine] = await computes(false);
  assertMatch(alone, /^WASM, 1 thread\. This page is not cross-origin isolated/);
  assertEquals(engine, '"planned, 1 thread"');
});

Deno.test("a reader's choice holds for what cells ask for, and one that cannot be had is said", async () => {
  const messages = await told([`${TRAINING} backend.name`], { settings: { backend: "cpu" } });
  assertEquals(textsOf(messages), ['"cpu"']);
  const without = await told([`${TRAINING} backend.name`], { settings: { backend: "webgpu" } });
  assertEquals(textsOf(without), ['"wasm"']);
  const [{ text }] = without.filter((message) => message.type === "computes");
  assertMatch(text, /^WASM, .* You have chosen WebGPU, which cannot be had here \(.*no adapter\)/);
});

Deno.test("a stop ends a training after its step", async () => {
  const messages = await told([
    `${TRAINING}
     const gan = createToyGan("ring", { seed: 1 });
     let steps = 0;
     for await (const _ of train(gan, { steps: 1e9, logEvery: 1 }, backend.engine)) steps++;`,
  ], { stopAfterMs: 3000 });
  const end = messages.at(-1) as Extract<FromCells, { type: "ended" }>;
  assertEquals(end.stopped, true);
  assertStringIncludes(end.error!.message, "the cell was stopped");
});

Deno.test("picked files are read by name, files are handed over, MNIST comes with progress", async () => {
  const header = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28];
  const messages = await told([
    `import { loadOwnImages } from "@/eval/own_images.ts";
     import { loadImages } from "@/data/mnist.ts";
     import { offerFile } from "@/notebook/own_files.ts";
     await offerFile("one.bin", Uint8Array.of(7));
     const own = await loadOwnImages("own.idx");
     \`\${own.length} \${own[0]} \${(await loadImages()).train.count}\``,
  ], { files: { "own.idx": [...header, ...Array(784).fill(255)] } });
  assertEquals(textsOf(messages).at(-1), '"784 1 60000"');
  const [file] = messages.filter((message) => message.type === "download");
  assertEquals([file.name, Object.values(file.bytes)], ["one.bin", [7]]);
  const fetched = messages.filter((message) => message.type === "fetching");
  const training = fetched.filter(({ name }) => name === "train-images-idx3-ubyte");
  assert(training.length > 1, "it is told while it comes");
  assertEquals(training.at(-1)!.loaded, training.at(-1)!.total);
});
