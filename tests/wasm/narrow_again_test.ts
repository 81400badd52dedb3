/** Wide registers are cleared where V8 was started to use them, and only there. */
import { assertEquals } from "@std/assert";
import { v8Flags } from "@/wasm/wide_registers.ts";
import { printedWith } from "../support/commands.ts";

Deno.test("after each job this thread encodes base64, where it has used wide registers", async () => {
  const wide = Deno.build.arch === "x86_64";
  const [flagged, without] = await Promise.all(
    [v8Flags(Deno.build.arch), "--wasm-bounds-checks"].map((flags) =>
      printedWith(flags, "narrow_program.ts")
    ),
  );
  assertEquals(Number(flagged), wide ? 4 : 0);
  assertEquals(Number(without), 0);
});
