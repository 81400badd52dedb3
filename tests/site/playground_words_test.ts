/** What the playground reads of what a reader types or has, and what it says of its numbers. */
import { signal } from "@preact/signals-core";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { onGrid, readPoints, textOfPoints } from "@/data/points_text.ts";
import { type Look, type ReadingValue } from "@/playground/playground_messages.ts";
import { termsOfD } from "@/playground/loss_terms.ts";
import { lossText } from "@/site/playground/algorithm_panel.ts";
import { DrawnPoints } from "@/site/playground/drawn_points.ts";
import { noteOf } from "@/site/playground/layers_panel.ts";
import { numberText, tickText, typedNumber } from "@/site/playground/number_text.ts";
import { fitsText, pointsOfCsv } from "@/site/playground/own_points.ts";
import { tracePoints } from "@/site/playground/broken_line.ts";
import { type PlaygroundModel } from "@/site/playground/model.ts";
import { idealsText, meaningsText, valueText } from "@/site/playground/reading_words.ts";
import { faultOf } from "@/site/playground/settings_form.ts";
import { smallSettings } from "@/site/playground/shapes.ts";

Deno.test("points of a file that the stage has no room for keep their shape", () => {
  for (const size of [20, 0.01]) {
    const { points, sigma, fits } = pointsOfCsv(`x,y\n${-size},0\n${size},${size / 2}\n0,0\n`);
    assertEquals(onGrid(points), [[-4, 0], [4, 2], [0, 0]]);
    assertEquals(sigma, 0.16, "a fiftieth of the extent that is shown");
    const by = size === 20 ? "5" : "0.0025";
    assertEquals(
      fitsText(fits),
      `To fit the stage, x₁ is x₁ / ${by} and x₂ is x₂ / ${by} of the file.`,
    );
  }
  const fits = pointsOfCsv("1\n2\n3.5\n");
  assertEquals([fits.points, fitsText(fits.fits)], [[[1], [2], [3.5]], ""]);
});

Deno.test("columns far from 0, or of other units, fill the stage too", () => {
  const { points, fits } = pointsOfCsv("year;price\n2000;0\n2010;500000\n2020;-1000000\n");
  assertEquals(points, [[-4, 0], [0, 2], [4, -4]]);
  assertEquals(
    fitsText(fits),
    "To fit the stage, x₁ is (x₁ − 2010) / 2.5 and x₂ is x₂ / 250000 of the file.",
  );
  const { points: same } = pointsOfCsv("3,1\n3,2\n3,3\n");
  assertEquals(same, [[3, 1], [3, 2], [3, 3]]);
});

Deno.test("points beyond the short text of an address are not moved into it", () => {
  const points = onGrid([[5.0004, -4.096], [-4.098, 4.094]]);
  assertEquals(points, [[5, -4.096], [-4.098, 4.094]]);
  assertEquals(readPoints(textOfPoints({ points, sigma: 0.1 })), { points, sigma: 0.1 });
});

Deno.test("a line that is no point is quoted as it stands in the file", () => {
  assertThrows(
    () => pointsOfCsv("x;y\n\n1,5;2,5\n2,5;3,5\n"),
    RangeError,
    'with a point before decimals, got "1,5;2,5" in line 3',
  );
});

Deno.test("numbers have true minus signs, and what rounding leaves is 0", () => {
  assertEquals([1e-16, -3e-12, 0].map(numberText), ["0", "0", "0"]);
  assertEquals([-0.25, 1.8e-5, -2e-7].map(numberText), ["−0.250", "1.8·10⁻⁵", "−2.0·10⁻⁷"]);
  assertEquals([-0.0514, -2e-4, 3, 1200].map(tickText), ["−0.0514", "−2·10⁻⁴", "3", "1,200"]);
});

Deno.test("what is typed is read as it is meant or refused, and never as another number", () => {
  assertEquals(["0.001", " 3 ", "−2", "1e-4", ".5"].map(typedNumber), [0.001, 3, -2, 1e-4, 0.5]);
  const rate = { least: 1e-7, most: 10 };
  const k = { least: 1, most: 50, whole: true };
  for (const text of ["0.001", "10"]) assertEquals(faultOf(rate, text), undefined);
  assertEquals(
    faultOf(rate, "0,001"),
    "it must be a number from 1·10⁻⁷ to 10, with a point before decimals and no commas, got “0,001”.",
  );
  assertEquals(faultOf(rate, "abc"), "it must be a number from 1·10⁻⁷ to 10, got “abc”.");
  assertEquals(faultOf(k, "2.5"), "it must be a whole number from 1 to 50, got 2.5.");
  assertEquals(faultOf(k, ""), "it must be a whole number from 1 to 50, got nothing.");
});

Deno.test("a line breaks where a number is not known, and goes on after it", () => {
  const path: string[] = [];
  const pen = {
    moveTo: (x: number, y: number) => path.push(`M${x},${y}`),
    lineTo: (x: number, y: number) => path.push(`L${x},${y}`),
  };
  tracePoints(pen, [[0, NaN], [1, 1], [2, 2], [3, NaN], [4, Infinity], [5, 5], [6, 6], [7, NaN]]);
  assertEquals(path, ["M1,1", "L2,2", "M5,5", "L6,6"]);
});

const LINK = { notebook: "", anchor: "", text: "" };
const reading = (value: Partial<ReadingValue>): ReadingValue => ({
  ...{ meaning: "It means this.", link: LINK },
  ...value,
});

Deno.test("of two runs each has its own equilibrium, its own reason and its own estimate", () => {
  const log2 = reading({ value: 0.749, ideal: Math.log(2), idealText: "log 2" });
  const minus = reading({ value: -0.0001, ideal: -Math.log(2), idealText: "-log 2" });
  assertEquals(idealsText([minus, log2]), "A: At equilibrium −log 2 · B: At equilibrium log 2");
  assertEquals(idealsText([log2, log2]), "At equilibrium log 2");
  const infinite = reading({ because: "infinite: G makes nothing there" });
  const known = reading({ value: 0.031, ideal: 0, idealText: "0", how: "counted" });
  assertEquals(
    idealsText([infinite, known]),
    "A: Infinite: G makes nothing there · B: At equilibrium 0",
  );
  assertEquals(
    meaningsText([infinite, known]),
    "A: It means this. · B: It means this. Here: counted.",
  );
  assertEquals([infinite, known].map((value) => valueText("kl", value)), ["–", "0.031"]);
});

Deno.test("a value has no digits that nobody can use; a norm has them at any size", () => {
  const tiny = reading({ value: 1.8e-9, error: 2.9e-16 });
  assertEquals(valueText("coverage", tiny), "0");
  assertEquals(valueText("value", reading({ value: -1.384, error: 4.2e-5 })), "−1.384");
  assertEquals(valueText("jsd", reading({ value: 0.062, error: 5.7e-4 })), "0.062 ± 0.001");
  assertEquals(valueText("gGradient", reading({ value: 3.2e-6 })), "3.2·10⁻⁶");
});

Deno.test("a G that has run out of the picture is said to have, in either run", () => {
  const look = (x: number): Look => ({
    ...{ run: 0, move: 1, step: 1, dimensions: 2, range: [-1, 1], side: 1 },
    ...{ real: new Float32Array(40), z: new Float32Array(40) },
    fake: new Float32Array(40).fill(x),
  });
  const [inside, outside, nowhere] = [0.5, 30, NaN].map(look);
  assertEquals(noteOf([inside], ["generated"]), "");
  for (const lost of [outside, nowhere]) {
    assert(noteOf([lost], ["generated"]).startsWith("G’s points lie outside the picture"));
    assertEquals(noteOf([inside, lost], []), "B: G’s points lie outside the picture");
  }
});

Deno.test("a drawing without enough points says that the old data are still learned", async () => {
  const changes: unknown[] = [];
  const model = {
    said: signal(""),
    settings: signal(smallSettings("onLine")),
    change: (edit: unknown) => Promise.resolve(changes.push(edit)),
  };
  const drawn = new DrawnPoints(model as unknown as PlaygroundModel);
  drawn.begin();
  drawn.clear();
  assertMatch(model.said.value, /empty.* goes on with the data that it had/);
  drawn.add([5, 0], [-1, 6]);
  await drawn.use();
  assertMatch(model.said.value, /One point.* goes on with the data that it had/);
  assertEquals(changes, []);
  drawn.add([0, 0], [-1, 6]);
  await drawn.use();
  assertEquals([drawn.points.value, changes.length], [[[5], [0]], 1]);
});

Deno.test("a loss is a sum that can be followed, with one sign of equality", () => {
  const ofGuessing = termsOfD("original", [0], [0], 1);
  assertEquals(
    lossText(Math.log(2), ofGuessing),
    "Loss over the whole batch: ½ · 0.693 + ½ · 0.693 = 0.693. 0.693 is the mean of −log D over the real rows; 0.693 is the mean of −log(1 − D) over the generated rows.",
  );
  const penalty = { formula: "γ (‖∇ₓa‖ − 1)²", over: "between", factor: 1, perRow: [] } as const;
  const wasserstein = [...termsOfD("wasserstein", [2], [-0.5], 1), {
    ...penalty,
    perRow: [],
    mean: 0.1,
  }];
  assertEquals(
    lossText(-2.4, wasserstein),
    "Loss over the whole batch: −2.000 − 0.500 + 0.100 = −2.400. 2.000 is the mean of a over the real rows; −0.500 is the mean of a over the generated rows; 0.100 is the penalty, γ (‖∇ₓa‖ − 1)².",
  );
  assertEquals(lossText(0.5, []), "Loss over the whole batch: 0.500.");
});
