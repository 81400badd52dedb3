import { assert, assertEquals, assertThrows } from "@std/assert";
import { classifierScore, meanConfidence } from "@/eval/classifier_score.ts";
import { Random } from "@/random.ts";
import { shuffled } from "../support/rows.ts";

/** NaN fails. */
const near = (found: number, expected: number, tolerance: number) =>
  assert(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

const rows = (columns: number, ...data: number[]) => ({ data: new Float32Array(data), columns });

/** A certain answer for each sample. */
const certain = (columns: number, classes: number[]) => ({
  data: Float32Array.from(
    { length: classes.length * columns },
    (_, i) => classes[Math.floor(i / columns)] === i % columns ? 1 : 0,
  ),
  columns,
});

Deno.test("one certain sample of each class scores the number of classes", () => {
  near(classifierScore(certain(10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])), 10, 1e-12);
  near(classifierScore(certain(4, [0, 1])), 2, 1e-12);
});

Deno.test("samples that are all alike score 1, certain or not", () => {
  near(classifierScore(certain(10, [3, 3, 3])), 1, 1e-12);
  near(classifierScore(rows(2, 0.5, 0.5, 0.5, 0.5)), 1, 1e-12);
  near(classifierScore(rows(4, 0.5, 0.25, 0.25, 0)), 1, 1e-12);
});

Deno.test("uneven shares: exp of the entropy of the classes", () => {
  // Certain answers, shares 3/4 and 1/4.
  const entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25));
  near(classifierScore(certain(2, [0, 0, 0, 1])), Math.exp(entropy), 1e-12);
});

Deno.test("two samples by hand", () => {
  // (¾, ¼) and (¼, ¾): p(y) = ½; each has ¾ log 3/2 + ¼ log ½.
  const kl = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
  near(classifierScore(rows(2, 0.75, 0.25, 0.25, 0.75)), Math.exp(kl), 1e-12);
});

Deno.test("confidence is the mean of the largest probabilities", () => {
  assertEquals(meanConfidence(rows(2, 0.75, 0.25, 0.5, 0.5, 0, 1)), 0.75);
  near(meanConfidence(rows(4, 0.25, 0.25, 0.25, 0.25)), 0.25, 1e-12);
});

Deno.test("the order of the samples changes nothing", () => {
  const random = new Random(1);
  const data = random.uniforms(50 * 3);
  for (let i = 0; i < 50; i++) {
    const sum = data[3 * i] + data[3 * i + 1] + data[3 * i + 2];
    for (let j = 0; j < 3; j++) data[3 * i + j] /= sum;
  }
  const other = shuffled({ data, columns: 3 }, random);
  near(classifierScore(other), classifierScore({ data, columns: 3 }), 1e-12);
  near(meanConfidence(other), meanConfidence({ data, columns: 3 }), 1e-12);
});

Deno.test("what is no probabilities is refused", () => {
  for (const score of [classifierScore, meanConfidence]) {
    assertThrows(() => score(rows(2, 0.5, 0.6)), RangeError, "add up to 1");
    assertThrows(() => score(rows(2, -0.5, 1.5)), RangeError, "must be probabilities");
    assertThrows(() => score(rows(2, NaN, 1)), RangeError, "must be finite, got NaN");
    assertThrows(() => score(rows(2)), RangeError, "at least 1 rows, got 0");
    assertThrows(() => score(rows(3, 1, 0)), TypeError, "whole rows of 3");
  }
});
