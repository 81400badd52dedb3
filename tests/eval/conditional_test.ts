import { assertEquals, assertThrows } from "@std/assert";
import { conditionalAccuracy, labelsToAsk } from "@/eval/conditional.ts";
import { findPreset } from "@/gan/presets.ts";

Deno.test("obedience by hand: in all, by digit, and null where none was asked for", () => {
  const found = conditionalAccuracy(Uint8Array.from([0, 0, 1, 7, 3, 7]), [0, 0, 0, 7, 3, 3]);
  const rest = [null, null, null];
  assertEquals(found.accuracy, 4 / 6);
  assertEquals(found.byClass, [2 / 3, null, null, 1 / 2, ...rest, 1, null, null]);
});

Deno.test("one image for each digit, repeated, scores 1, as its documentation says", () => {
  const digits = Uint8Array.from({ length: 100 }, (_, i) => i % 10);
  assertEquals(conditionalAccuracy(digits, digits), {
    accuracy: 1,
    byClass: new Array(10).fill(1),
  });
  const deaf = new Uint8Array(100).fill(4);
  assertEquals(conditionalAccuracy(deaf, digits).accuracy, 0.1);
});

Deno.test("no samples, missing labels and labels that are no digits are refused", () => {
  const refuse = (digits: number[], labels: number[], message: string) =>
    assertThrows(
      () => conditionalAccuracy(Uint8Array.from(digits), labels),
      RangeError,
      `Cannot measure obedience: ${message}`,
    );
  refuse([], [], "there must be samples and a label for each, got 0 and 0");
  refuse([1, 2], [1], "there must be samples and a label for each, got 2 and 1");
  refuse([1, 2], [1, 10], "labels must be integers from 0 to 9, got 10 at position 1");
  refuse([1, 2], [1, 1.5], "labels must be integers from 0 to 9, got 1.5 at position 1");
});

Deno.test("a conditional GAN is asked for the training labels in their order, again where there are too few; another for nothing", () => {
  const train = { images: new Uint8Array(), labels: Uint8Array.of(5, 0, 9), count: 3 };
  const options = (name: string) => ({ ...findPreset(name).options, seed: 1 });
  assertEquals(labelsToAsk(options("conditional"), train, 2), Uint8Array.of(5, 0));
  assertEquals(labelsToAsk(options("conditional"), train, 7), Uint8Array.of(5, 0, 9, 5, 0, 9, 5));
  assertEquals(labelsToAsk(options("mlp"), train, 7), undefined);
  assertThrows(
    () => labelsToAsk({ ...options("conditional"), classes: 9 }, train, 3),
    RangeError,
    "Cannot ask for what these images are: labels must be integers from 0 to 8, got 9 at position 2",
  );
});
