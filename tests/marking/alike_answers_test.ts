/** Similar answers stand together, whatever the class's size, and others do not. */
import { assert, assertEquals } from "@std/assert";
import { alikeAnswers } from "@/marking/alike_answers.ts";

Deno.test("answers that differ in some words are together, with the same text side by side", () => {
  const one =
    "The loss is log 2 because D cannot tell the samples apart, whatever the generator does.";
  const two = "An experiment: train a fresh discriminator to its end and look at the loss again.";
  const texts = [
    one,
    two,
    "",
    one.replace("whatever", "no matter what"),
    "Nothing at all in common.",
    one.toUpperCase().replaceAll(",", " "),
    two.replace("fresh ", ""),
    "",
  ];
  const groups = alikeAnswers(texts);
  assertEquals(groups.map((group) => group.toSorted()), [[0, 3, 5], [1, 6], [2], [4], [7]]);
  const [first] = groups;
  assertEquals(Math.abs(first.indexOf(0) - first.indexOf(5)), 1);
});

Deno.test("five thousand answers are put in order at once, each of them once", () => {
  const words = "alpha beta gamma delta epsilon zeta eta theta iota kappa".split(" ");
  const texts = Array.from(
    { length: 5000 },
    (_, i) =>
      Array.from({ length: 30 }, (_, j) => words[(i * 7 + j * j * (i % 50)) % 10]).join(" "),
  );
  const start = performance.now();
  const groups = alikeAnswers(texts);
  assert(performance.now() - start < 20_000);
  assertEquals(groups.flat().sort((a, b) => a - b), texts.map((_, i) => i));
  assert(groups.length < 500, `${groups.length} groups`);
});
