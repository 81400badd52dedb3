/** The words of operations: each has a place of its own, and no size is written down twice. */
import { assert, assertEquals } from "@std/assert";

/** Enums of words by name: `const` ones are objects all the same. */
const protocol: Record<string, unknown> = await import("@/engine/operation_protocol.ts");

/** Numbers of an enum by name. */
function wordsOf(name: string): Record<string, number> {
  const entries = Object.entries(protocol[name] as object);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === "number"));
}

const WORDS = wordsOf("Word");

function places(...names: string[]): number[] {
  return names.map((name) => WORDS[name]);
}

/** What every operation begins with. */
const COMMON = ["Code", "Chunks", "ChunkSize"];
/** What `Transpose`, and what `Load`, `Pack` and `Unpack` have of the words of layers. */
const TRANSPOSE = ["Panels", "GroupPanels", "LastColumns", "Features", "In", "InStride"]
  .concat("Out", "OutStride", "Seeds", "Added", "AddedStride", "AddedPanels");
const MOVE = ["Features", "Panels", "In", "InStride", "Out", "OutStride", "Mask"];

for (
  const [name, others] of Object.entries({
    Word: [],
    GradientWord: [...COMMON, ...TRANSPOSE],
    MoveWord: [...COMMON, ...MOVE],
    OptimiserWord: COMMON,
    BlendWord: COMMON,
    HeadWord: COMMON,
    PenaltyWord: COMMON,
    TileWord: COMMON,
  })
) {
  Deno.test(`the words of ${name} lie within an operation, and each has a place of its own`, () => {
    const numbers = [...Object.values(wordsOf(name)), ...places(...others)];
    const size = protocol.OP_BYTES as number / 4;
    assert(numbers.length > others.length);
    assert(numbers.every((number) => number >= 0 && number < size));
    assertEquals(new Set(numbers).size, numbers.length);
  });
}

Deno.test("what Blend and an optimiser have in common is set in both at once", () => {
  const [blend, optimiser] = [wordsOf("BlendWord"), wordsOf("OptimiserWord")];
  assertEquals(
    [blend.Average, blend.Numbers, blend.Share],
    [optimiser.Average, optimiser.Numbers, optimiser.AverageShare],
  );
});

Deno.test("the kernels take every size from the files that the planner takes it from", async () => {
  const engine = new URL("../../lib/engine/", import.meta.url);
  const names: string[] = [];
  for (const file of ["sizes.ts", "operation_protocol.ts"]) {
    const text = await Deno.readTextFile(new URL(file, engine));
    names.push(...Array.from(text.matchAll(/^export const (?!enum)(\w+)/gm), ([, name]) => name));
  }
  for (const name of ["PANEL", "TILE_ROWS", "BLOCK", "COUNTER_BYTES"]) assert(names.includes(name));
  const typedAgain = new RegExp(`const (${names.join("|")})\\b`);
  for await (const { name } of Deno.readDir(new URL("wasm/assembly/", engine))) {
    const text = await Deno.readTextFile(new URL(`wasm/assembly/${name}`, engine));
    assertEquals(typedAgain.exec(text)?.[0], undefined, name);
  }
});
