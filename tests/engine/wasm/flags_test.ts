/** The kernels with and without V8's flags: with them no access is checked, so without them all are. */
import { assertEquals } from "@std/assert";
import { v8Flags } from "@/wasm/wide_registers.ts";
import { printedWith } from "../../support/commands.ts";

/** Digests of the weights after some steps, in a process with these flags of V8. */
const digest = (flags: string) => printedWith(flags, "planned_digest.ts");

Deno.test("steps with every access checked are bitwise the steps in wide registers", async () => {
  const [checked, wide] = await Promise.all(
    ["--wasm-bounds-checks", v8Flags(Deno.build.arch)].map(digest),
  );
  assertEquals(checked.trim().split("\n").length, 4);
  assertEquals(wide, checked);
});
