/** Noise that is drawn before its turn is the noise that would have been drawn. */
import { assertEquals } from "@std/assert";
import { DrawnAhead } from "@/engine/drawn_ahead.ts";
import { Random } from "@/random.ts";

/** What is drawn, and where the stream stands after it. */
function both(draw: (random: Random, ahead: DrawnAhead) => Float32Array[]) {
  const random = new Random(5);
  return { numbers: draw(random, new DrawnAhead()), state: random.state() };
}

Deno.test("numbers and the stream are those of a stream from which nothing was drawn ahead", () => {
  const wanted = both((random) => [random.normals(7), random.normals(64), random.normals(2)]);
  const found = both((random, ahead) => {
    const before = random.state();
    ahead.prepare(random, [7, 64]);
    assertEquals(random.state(), before);
    return [ahead.normals(random, 7), ahead.normals(random, 64), ahead.normals(random, 2)];
  });
  assertEquals(found, wanted);
});

Deno.test("what was drawn ahead is dropped where somebody else has drawn, or other numbers are asked for", () => {
  const other = both((random) => [random.uniforms(1), random.normals(8), random.normals(8)]);
  const mixed = both((random, ahead) => {
    ahead.prepare(random, [8, 8]);
    return [random.uniforms(1), ahead.normals(random, 8), ahead.normals(random, 8)];
  });
  assertEquals(mixed, other);
  const less = both((random) => [random.normals(4), random.normals(8)]);
  const fewer = both((random, ahead) => {
    ahead.prepare(random, [8, 8]);
    return [ahead.normals(random, 4), ahead.normals(random, 8)];
  });
  assertEquals(fewer, less);
});

Deno.test("another stream at the same place is another stream", () => {
  const [one, other] = [new Random(1), new Random(2)];
  const ahead = new DrawnAhead();
  ahead.prepare(one, [6]);
  assertEquals(ahead.normals(other, 6), new Random(2).normals(6));
});
