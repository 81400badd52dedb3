/** What runs in browsers asks nothing of them that those of the last two years lack. */
import { assertEquals, assertGreater } from "@std/assert";
import { BrowserBundle } from "../jupyter/real/support/browser_bundle.ts";
import { notebookImports } from "../support/notebook_imports.ts";
import { newJavaScriptIn } from "./support/new_javascript.ts";

Deno.test("all that the notebooks import runs in a browser of the last two years", async () => {
  const imports = await notebookImports();
  const library = imports.map((name, i) => `export * as m${i} from "${name}";`).join("\n");
  await using bundle = await BrowserBundle.make({ library });
  const texts = Object.values(await bundle.texts());
  assertGreater(texts.join("").length, 2_000_000);
  assertEquals(texts.flatMap(newJavaScriptIn), []);
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
      "const a = /(?i:b)c/;",
      "const a = /[a&&b]/v;",
      "scheduler.postTask(f);",
      "const a = new DisposableStack();",
    ]
  ) assertEquals(newJavaScriptIn(text).length, 1, text);
  const old = `const f = async () => { await g(); }; a.dispose(); b.toHex(); b.toBase64();
    const c = /(?:a)(?<b>c)(?<=d)(?!e)/u; const Math2 = { escape: escape("a") }; d.map(f).take(3);`;
  assertEquals(newJavaScriptIn(old), []);
});
