/** The animation of the four panels: what a frame changes, and what it leaves. */
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { type Field, type Landscape } from "@/eval/landscape.ts";
import { panelsAnimation } from "@/plot/panels_animation.ts";

function sceneAt(step: number) {
  const field = (value: number): Field => ({
    dimensions: 2,
    side: 2,
    range: [-1, 1],
    values: new Float32Array(4).fill(value),
  });
  const landscape: Landscape = {
    dimensions: 2,
    range: [-1, 1],
    real: Float32Array.of(0, 0),
    fake: Float32Array.of(step, step),
    overLatent: field(step / 100),
    overSamples: field(1 - step / 100),
  };
  return { step, landscape };
}

const history = {
  steps: [1, 50, 100],
  dLoss: [1, 1, 1],
  gLoss: [2, 2, 2],
  rest: [],
  unit: "nats" as const,
};

Deno.test("each frame brings its points, its two heat maps and its mark, and no other trace", () => {
  const { data, frames } = panelsAnimation("T", [sceneAt(0), sceneAt(50)], history);
  assertEquals(frames?.map(({ name }) => name), ["0", "1"]);
  const [first, second] = frames as unknown as {
    traces: number[];
    data: { x: unknown }[];
    layout: { images: { source: string }[]; shapes: { x0: number }[] };
  }[];
  assertEquals(data[first.traces[0]].name, "generated");
  assertEquals(data[first.traces[0]].x, first.data[0].x); // It starts with the first scene.
  assertNotEquals(first.data[0].x, second.data[0].x);
  assertEquals(first.layout.images.length, 2);
  for (const i of [0, 1]) {
    assertNotEquals(first.layout.images[i].source, second.layout.images[i].source);
  }
  assertEquals([first, second].map((frame) => frame.layout.shapes.at(-1)!.x0), [0, 50]);
});

Deno.test("an animation begins at its first step, with a slider over all and a button to play", () => {
  const { layout } = panelsAnimation("T", [sceneAt(0), sceneAt(50)], history);
  const [{ active, steps }] = layout.sliders as {
    active: number;
    steps: { label: string; args: unknown[][] }[];
  }[];
  assertEquals([active, steps.map(({ label }) => label)], [0, ["0", "50"]]);
  assertEquals(steps.map(({ args }) => args[0]), [["0"], ["1"]]);
  assertEquals((layout.updatemenus as { buttons: unknown[] }[])[0].buttons.length, 2);
});

Deno.test("an animation of nothing is refused", () => {
  assertThrows(() => panelsAnimation("T", [], history), RangeError, "got 0");
});
