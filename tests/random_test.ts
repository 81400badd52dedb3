import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { Random, type RandomState } from "@/random.ts";

const WORDS_OF_42 = [676156596, 68540861, 1195655622, 3373875690];
const WORDS_OF_42_NOISE = [1312027498, 311703328];

Deno.test("uint32 is sfc32: the words of an independent implementation", () => {
  // tools/torch_fixture.py: r = Random(42); r.words(4), and r.split("noise").words(2).
  const random = new Random(42);
  const split = random.split("noise");
  assertEquals(Array.from({ length: 4 }, () => random.uint32()), WORDS_OF_42);
  assertEquals([split.uint32(), split.uint32()], WORDS_OF_42_NOISE);
});

Deno.test("a restored generator goes on with the numbers that would have come next", () => {
  const random = new Random(7);
  random.normals(13);
  const copy = Random.restore(JSON.parse(JSON.stringify(random.state())) as RandomState);
  assertEquals(random.normals(101), copy.normals(101));
  assertEquals(random.permutation(50), copy.permutation(50));
  assertEquals(random.split("x").uint32(), copy.split("x").uint32());
});

Deno.test("a split does not depend on what was drawn, and differs by label and seed", () => {
  const fresh = new Random(3);
  const used = new Random(3);
  used.uniforms(1000);
  assertEquals(fresh.split("noise").uint32(), used.split("noise").uint32());
  const firsts = ["noise", "dropout", "batches", "nois", "noisf"].map((label) =>
    fresh.split(label).uint32()
  );
  assertEquals(new Set(firsts).size, firsts.length);
  assertNotEquals(new Random(4).split("noise").uint32(), firsts[0]);
});

Deno.test("seeds that differ by one, or by 2^32, give different streams", () => {
  const seeds = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1];
  const firsts = seeds.map((seed) => new Random(seed).uint32());
  assertEquals(new Set(firsts).size, seeds.length);
});

Deno.test("normals have the moments and tails of N(0, 1), within five standard errors", () => {
  const n = 400_000;
  const x = new Random(1).normals(n);
  const mean = (f: (v: number) => number) => x.reduce((sum, v) => sum + f(v), 0) / n;
  // Standard errors of the mean, variance, third and fourth moment: √(1, 2, 15, 96) / √n.
  assertAlmostEquals(mean((v) => v), 0, 5 / Math.sqrt(n));
  assertAlmostEquals(mean((v) => v * v), 1, 5 * Math.sqrt(2 / n));
  assertAlmostEquals(mean((v) => v ** 3), 0, 5 * Math.sqrt(15 / n));
  assertAlmostEquals(mean((v) => v ** 4), 3, 5 * Math.sqrt(96 / n));
  const tail = 0.0026997960632601866; // P(|x| > 3)
  assertAlmostEquals(mean((v) => +(Math.abs(v) > 3)), tail, 5 * Math.sqrt(tail / n));
  // Neighbours in a Box-Muller pair are uncorrelated.
  let product = 0;
  for (let i = 0; i + 1 < n; i += 2) product += x[i] * x[i + 1];
  assertAlmostEquals(product / (n / 2), 0, 5 / Math.sqrt(n / 2));
});

Deno.test("uniforms fill [low, high) evenly: chi-square of 100 bins", () => {
  const n = 200_000;
  const bins = new Array(100).fill(0);
  for (const u of new Random(2).uniforms(n, -1, 3)) {
    assert(u >= -1 && u <= 3);
    bins[Math.min(99, Math.floor((u + 1) * 25))]++;
  }
  const chi2 = bins.reduce((sum, count) => sum + (count - n / 100) ** 2 / (n / 100), 0);
  // 99 degrees of freedom: exceeds 160.1 with probability 1e-4; the seed is fixed.
  assertLess(chi2, 160.1);
});

Deno.test("bernoullis keep the share that is asked for", () => {
  const n = 200_000;
  const kept = new Random(3).bernoullis(n, 0.8, 1.25);
  assertEquals([...new Set(kept)].sort(), [0, 1.25]);
  const share = kept.filter((v) => v > 0).length / n;
  assertAlmostEquals(share, 0.8, 5 * Math.sqrt(0.16 / n));
  assertEquals(new Set(new Random(3).bernoullis(1000, 1)), new Set([1]));
});

Deno.test("integers below a bound are equally likely, also where 2^32 is no multiple of it", () => {
  const bound = 3 * 2 ** 30;
  const random = new Random(4);
  const n = 60_000;
  let upperThird = 0;
  // Without rejection, the lowest third would be drawn twice as often as the others.
  for (let i = 0; i < n; i++) if (random.integer(bound) >= 2 ** 31) upperThird++;
  assertAlmostEquals(upperThird / n, 1 / 3, 5 * Math.sqrt(2 / 9 / n));
});

Deno.test("a permutation has every index once, and each order of three is equally likely", () => {
  const random = new Random(5);
  assertEquals([...random.permutation(1000)].sort((a, b) => a - b), [...Array(1000).keys()]);
  const counts = new Map<string, number>();
  const n = 60_000;
  for (let i = 0; i < n; i++) {
    const key = random.permutation(3).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assertEquals(counts.size, 6);
  for (const count of counts.values()) {
    assertAlmostEquals(count / n, 1 / 6, 5 * Math.sqrt(5 / 36 / n));
  }
});

for (const seed of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
  Deno.test(`a seed of ${seed} is refused`, () => {
    assertThrows(() => new Random(seed), RangeError, `got ${seed}`);
  });
}

Deno.test("a bound that is no positive integer is refused", () => {
  for (const bound of [0, -1, 1.5, 2 ** 32 + 1, NaN]) {
    assertThrows(() => new Random(1).integer(bound), RangeError, `got ${bound}`);
  }
});

Deno.test("a state that is none is refused", () => {
  const bad = [null, {}, { key: 1, words: [1, 2, 3] }, { key: -1, words: [1, 2, 3, 4] }, {
    key: 1,
    words: [1, 2, 3, "4"],
  }];
  for (const state of bad) {
    assertThrows(() => Random.restore(state as unknown as RandomState), TypeError, "four words");
  }
});

Deno.test("words drawn together are those that are drawn one by one", () => {
  const [together, single] = [new Random(9), new Random(9)];
  assertEquals(Array.from(together.words(7)), Array.from({ length: 7 }, () => single.uint32()));
  assertEquals(together.state(), single.state());
  // An odd number of normals takes the words of a pair more.
  assertEquals(together.wordsOfNormals(5), single.words(6));
  single.normals(5);
  together.wordsOfNormals(5);
  assertEquals(together.state(), single.state());
});
