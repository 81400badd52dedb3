/** What runs in browsers asks nothing of them that those of the last two years lack. */
import { assertEquals, assertGreater } from "@std/assert";
import { BrowserBundle } from "../jupyter/real/support/browser_bundle.ts";
import { notebookImports } from "../support/notebook_imports.ts";
import { newJavaScriptIn } from "./support/new_javascript.ts";

Deno.test("all that a page runs, and all that the notebooks import, is in browsers for two years", async () => {
  const imports = await notebookImports();
  const library = imports.map((name, i) => `export * as m${i} from "${name}";`).join("\n");
  await using bundle = await BrowserBundle.make({
    library,
    thread: 'import "@/wasm/worker.ts";',
    cells: 'export * from "@/site/cells/cells_worker.ts";',
    page: 'import "@/site/page/page.ts";',
    early: 'import "@/site/page/early.ts";',
    service_worker: 'import "@/site/page/service_worker.ts";',
  });
  const texts = await bundle.texts();
  assertGreater(Object.values(texts).join("").length, 2_000_000);
  const found = Object.entries(texts).flatMap(([name, text]) =>
    newJavaScriptIn(text).map((each) => `${name}: ${each}`)
  );
  // Nothing imports this program, so that it may wait.
  assertEquals(found.filter((each) => !each.startsWith("thread.js: await at the top")), []);
  assertEquals(found.length, 1);
});

Deno.test("what is too new is found, and nothing else", () => {
  for (
    const text of [
      "const f = () => { using a = g(); };",
      "const f = async () => { await using a = g(); };",
      "await g();",
      "const a = Math.sumPrecise([1]);",
      "const a = Float16Array.from([1]);",
      "const a = new Float16Array(3);",
      "const a = { [Symbol.dispose]() {} };",
      "const a = RegExp.escape(b);",
      "const a = Promise.try(f);",
      "map.getOrInsert(1, 2);",
      "const a = /(?i:b)c/;",
      "const a = /[a&&b]/v;",
      "scheduler.postTask(f);",
      "const a = new DisposableStack();",
    ]
  ) assertEquals(newJavaScriptIn(text).length, 1, text);
  const old = `const f = async () => { await g(); }; a.dispose(); b.toHex(); b.toBase64();
    tags.escape(e.isError); if (typeof requestIdleCallback !== "undefined") requestIdleCallback(f);
    const c = /(?:a)(?<b>c)(?<=d)(?!e)/u; const Math2 = { escape: escape("a") }; d.map(f).take(3);`;
  assertEquals(newJavaScriptIn(old), []);
});
