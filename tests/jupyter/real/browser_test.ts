/**
 * The library in a browser: nothing of Deno is left in its bundle, and its numbers are the same to
 * the last bit.
 */
import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Parser, type Token } from "acorn";
import { v8Flags } from "@/wasm/wide_registers.ts";
import { outputOf } from "@/io/processes.ts";
import { notebookImports } from "../../support/notebook_imports.ts";
import { BrowserBundle } from "./support/browser_bundle.ts";
import { Reader } from "./support/jupyter.ts";
import { type Computed } from "./support/ten_steps.ts";

const TEN_STEPS = JSON.stringify(new URL("support/ten_steps.ts", import.meta.url).href);
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

/**
 * A whole file, two that are cut off, two that are damaged, one that is too long, and a beginning.
 */
const GZIP_FILES = /^[0-9a-f]{64},truncated,truncated,damaged,damaged,longer,true$/;

/** Where a bundle names Deno, or imports what no browser has. */
function leftIn(text: string): string[] {
  const tokens: (Token & { value?: unknown })[] = [];
  const { body } = Parser.parse(text, {
    ecmaVersion: "latest",
    sourceType: "module",
    onToken: tokens,
  });
  const imported = body.flatMap((node) =>
    "source" in node && node.source ? [String(node.source.value)] : []
  );
  const named = tokens.filter(({ type: { label }, value }) =>
    (label === "name" && value === "Deno") ||
    (label === "string" && String(value).startsWith("node:"))
  );
  return [
    ...imported.filter((source) => !source.startsWith("./")),
    ...named.map(({ value, start }) => `${value}: ${text.slice(start - 60, start + 60)}`),
  ];
}

/** What a program in Deno computes, started as the tasks start it. */
async function computedInDeno(): Promise<Computed> {
  const { stdout, stderr } = await outputOf(Deno.execPath(), {
    args: [
      "eval",
      `--config=${CONFIG}`,
      `import { computed } from ${TEN_STEPS}; console.log(JSON.stringify(await computed()));`,
    ],
    env: { DENO_V8_FLAGS: v8Flags(Deno.build.arch) },
  });
  const [line] = new TextDecoder().decode(stdout).trim().split("\n").slice(-1);
  if (!line) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(line);
}

/** Equal to a few units in the last place; NaN fails. */
function assertNear(found: number[], expected: number[]): void {
  assertEquals(found.length, expected.length);
  assertGreater(found.length, 2000);
  for (const [i, value] of found.entries()) {
    const tolerance = 8 * Number.EPSILON * Math.max(1, Math.abs(expected[i]));
    assert(Math.abs(value - expected[i]) <= tolerance, `${value} is not ${expected[i]}`);
  }
}

Deno.test("all that the notebooks import bundles for a browser, and no Deno and no node: is left in it", async () => {
  const imports = await notebookImports();
  assertGreater(imports.length, 50);
  const library = imports.map((name, i) => `export * as m${i} from "${name}";`).join("\n");
  await using bundle = await BrowserBundle.make({ library });
  const texts = await bundle.texts();
  assertGreater(Object.values(texts).join("").length, 2_000_000);
  assertEquals(Object.values(texts).flatMap(leftIn), []);
});

Deno.test("the check of a bundle finds what it should", () => {
  assertEquals(leftIn('import { open } from "node:fs";')[0], "node:fs");
  assertEquals(leftIn('export * from "fs";'), ["fs"]);
  assertEquals(leftIn("globalThis.Deno?.env;").length, 1);
  assertEquals(leftIn('const f = () => import("node:os");').length, 1);
  assertEquals(leftIn('// Deno\nimport "./chunk.js"; const a = { node: "Deno" };'), []);
});

Deno.test("in Chromium, a worker and its threads compute what Deno does, to the last bit", async () => {
  await using bundle = await BrowserBundle.make({
    thread: 'import "@/wasm/worker.ts";',
    training: `import { computed } from ${TEN_STEPS};
      computed().then((found) => postMessage({ found }), (error) => postMessage({ error: error.stack }));`,
    page: `export { computedOnPage } from ${TEN_STEPS};`,
  });
  await using reader = await Reader.open();
  const { page } = reader;
  await page.goto(bundle.url);
  const found = await page.evaluate<{ found?: Computed; error?: string }>(
    `new Promise((resolve) => {
    const worker = new Worker("/training.js", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: message ?? "the worker did not start" });
    setTimeout(() => resolve({ error: "nothing for five minutes" }), 300_000);
  })`,
  );
  assertEquals(found.error, undefined);
  const expected = await computedInDeno();
  assertEquals(found.found!.digests, expected.digests);
  assertEquals(Object.keys(expected.digests).length, 10);
  assertEquals(expected.digests["a warning"], "none");
  assertMatch(expected.digests["gzip files"], GZIP_FILES);
  assertNear(found.found!.numbers, expected.numbers);
  const threads = reader.requests.filter((url) => url.endsWith("/thread.js"));
  assertGreater(threads.length, 1, "the product and the engine have started threads");

  const onPage = await page.evaluate<Computed & { engine?: string; warning?: string }>(
    'import("/page.js").then(({ computedOnPage }) => computedOnPage())',
  );
  assertEquals(onPage.engine, undefined);
  assertStringIncludes(onPage.warning!, "the engine did not start");
  const names = ["ten steps, autodiff", "a product on threads"];
  assertEquals(Object.keys(onPage.digests), names);
  for (const name of names) assertEquals(onPage.digests[name], expected.digests[name]);
  assertNear(onPage.numbers, expected.numbers);
  assertEquals(reader.errors, []);
});
