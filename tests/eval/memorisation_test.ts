import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadImages, PIXELS, pixels } from "@/data/mnist.ts";
import { memorisation } from "@/eval/memorisation.ts";
import { Random } from "@/random.ts";
import { range, shuffled, testWithThreads } from "../support/rows.ts";

/** NaN fails. */
const near = (found: number, expected: number, tolerance: number) =>
  assert(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

const line = (...data: number[]) => ({ data: new Float32Array(data), columns: 1 });

testWithThreads("distances, medians and threshold by hand", async () => {
  // Nearest training points at 0 and 100. Unseen: 1, 2, 3, 4, 5 away; samples: 1 and 0 away, and 7.
  const found = await memorisation(line(99, 0, 107), line(0, 100), line(1, 2, -3, 104, 95));
  assertEquals([...found.samples.index], [1, 0, 1]);
  assertEquals([...found.samples.distance], [1, 0, 7]);
  assertEquals([...found.unseen.distance], [1, 2, 3, 4, 5]);
  assertEquals([found.median, found.unseenMedian, found.ratio], [1, 3, 1 / 3]);
  // The 1 % quantile of 1, 2, 3, 4, 5, as NumPy has it: 1 and four hundredths of the step to 2.
  near(found.threshold, 1.04, 1e-12);
  assertEquals(found.nearDuplicates, 2 / 3);
});

testWithThreads("copies of training images: ratio 0, every one a near duplicate", async () => {
  const random = new Random(1);
  const training = { data: random.uniforms(300 * 9), columns: 9 };
  const copies = { data: training.data.slice(9 * 50, 9 * 80), columns: 9 };
  const unseen = { data: random.uniforms(100 * 9), columns: 9 };
  const { ratio, nearDuplicates, samples } = await memorisation(copies, training, unseen);
  assertEquals([ratio, nearDuplicates], [0, 1]);
  assertEquals([...samples.index], range(30).map((i) => 50 + i));
});

testWithThreads(
  "samples from the same source as the unseen: ratio near 1, few duplicates",
  async () => {
    const random = new Random(2);
    const draw = (count: number) => ({ data: random.normals(count * 5), columns: 5 });
    const { ratio, nearDuplicates } = await memorisation(draw(2000), draw(500), draw(2000));
    near(ratio, 1, 0.05);
    near(nearDuplicates, 0.01, 0.01);
  },
);

testWithThreads("100 test images beside 300 training images: NumPy's neighbours", async () => {
  const { train, test } = await loadImages();
  const unseen = { data: pixels(test.images, range(100)), columns: PIXELS };
  const training = { data: pixels(train.images, range(300)), columns: PIXELS };
  const found = await memorisation(unseen, training, unseen);
  assertEquals([...found.samples.index.slice(0, 5)], [243, 76, 276, 95, 194]);
  near(found.samples.distance[0], 5.178946244493486, 1e-9);
  near(found.median, 6.089867097055, 1e-9);
  near(found.threshold, 2.5686682278254636, 1e-9);
  assertEquals([found.ratio, found.nearDuplicates], [1, 0.01]);
});

testWithThreads("the order of the samples changes nothing", async () => {
  const random = new Random(3);
  const draw = (count: number) => ({ data: random.normals(count * 4), columns: 4 });
  const [samples, training, unseen] = [draw(60), draw(100), draw(50)];
  const { samples: _, unseen: __, ...one } = await memorisation(samples, training, unseen);
  const other = await memorisation(shuffled(samples, random), training, unseen);
  assertEquals(one, {
    ratio: other.ratio,
    nearDuplicates: other.nearDuplicates,
    median: other.median,
    unseenMedian: other.unseenMedian,
    threshold: other.threshold,
  });
});

testWithThreads("no rows, NaN and rows of different length are refused", async () => {
  const one = line(1);
  const cases: [ReturnType<typeof line>[], string][] = [
    [[line(), one, one], "at least 1 rows, got 0"],
    [[one, line(), one], "at least 1 rows, got 0"],
    [[one, one, line()], "at least 1 rows, got 0"],
    [[line(0, NaN), one, one], "got NaN in row 1"],
    [[one, one, one], "the unseen images must be new"],
    [[{ data: new Float32Array(4), columns: 2 }, one, one], "equally long"],
  ];
  for (const [[samples, training, unseen], message] of cases) {
    await assertRejects(() => memorisation(samples, training, unseen), Error, message);
  }
});
