/** What is put in where a browser lacks it does what Deno's own does. */
import { assertEquals, assertMatch } from "@std/assert";
import { addMissing } from "@/host/missing.ts";
import { Random } from "@/random.ts";

interface Methods {
  toHex(): string;
  toBase64(): string;
}

Deno.test("bytes in hexadecimal digits and in base64 are those of the language", () => {
  const added = {} as Methods;
  addMissing(added, {});
  assertEquals(Object.getOwnPropertyNames(added).sort(), ["toBase64", "toHex"]);
  for (const length of [0, 1, 2, 3, 255, 8192, 20_000]) {
    const bytes = Uint8Array.from(new Random(length).uniforms(length), (x) => 256 * x);
    assertEquals(added.toHex.call(bytes), bytes.toHex());
    assertEquals(added.toBase64.call(bytes), bytes.toBase64());
  }
});

Deno.test("what is there already stays", () => {
  const toHex = () => "own";
  const methods = { toHex } as unknown as Methods;
  addMissing(methods, {});
  assertEquals(methods.toHex, toHex);
  assertEquals(typeof methods.toBase64, "function");
});

Deno.test("random UUIDs are of version 4, and no two are the same", () => {
  const own = { getRandomValues: crypto.getRandomValues.bind(crypto) } as unknown as Crypto;
  addMissing({}, own);
  const made = Array.from({ length: 100 }, () => own.randomUUID());
  for (const id of made) {
    assertMatch(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  assertEquals(new Set(made).size, made.length);
});
