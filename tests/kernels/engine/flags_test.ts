/** The kernels with and without V8's flags: with them no access is checked, so without them all are. */
import { assertEquals } from "@std/assert";
import { v8Flags } from "@/kernels/engine/v8_flags.ts";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../support/planned_digest.ts", import.meta.url));

async function digest(flags: string): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env", "--allow-sys", PROGRAM],
    env: { DENO_V8_FLAGS: flags, NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals([success, text(stderr)], [true, ""]);
  return text(stdout);
}

Deno.test("steps with every access checked are bitwise the steps in wide registers", async () => {
  const [checked, wide] = await Promise.all(["--wasm-bounds-checks", v8Flags()].map(digest));
  assertEquals(checked.trim().split("\n").length, 4);
  assertEquals(wide, checked);
});
