/** What every text of a shader must keep to, whatever it computes. */
import { assertEquals, assertGreater } from "@std/assert";

const FOLDER = new URL("../../../lib/engine/gpu/shaders/", import.meta.url);

/** Variables of functions that are declared without a value. */
function unset(text: string): string[] {
  return [...text.matchAll(/^\s+var \w+(?:: [^=;]+)?;/gm)].map(([found]) => found.trim());
}

Deno.test("a shader gives each variable its first value: in a loop a compiler may forget to set it to 0", async () => {
  const found: string[] = [];
  let variables = 0;
  for await (const { name } of Deno.readDir(FOLDER)) {
    const text = await Deno.readTextFile(new URL(name, FOLDER));
    variables += [...text.matchAll(/^\s+var \w+/gm)].length;
    found.push(...unset(text).map((each) => `${name}: ${each}`));
  }
  assertEquals(found, []);
  assertGreater(variables, 20);
});

Deno.test("the rule finds what it should", () => {
  assertEquals(
    unset("  var sum: array<vec4f, 4>;\n  var x;\n  var y = 0.0;\nvar<workgroup> p: f32;"),
    [
      "var sum: array<vec4f, 4>;",
      "var x;",
    ],
  );
});
