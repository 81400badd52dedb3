import { assertEquals, assertRejects } from "@std/assert";
import { type Experiment, type Questions } from "@/learner/questions.ts";
import { LearnerRecord, type Try } from "@/learner/record.ts";
import { scoreOf } from "@/learner/score.ts";
import { bestOf, recordTry, tableOfTries } from "@/learner/tries.ts";
import { tableText } from "@/plot/table.ts";

const experiment: Experiment = {
  asks: "Keep all modes with the fewest steps.",
  best: { outcome: "steps", sense: "least", if: { modes: 8 } },
};
const tries: Try[] = [
  { settings: { k: 1 }, outcome: { modes: 5, steps: 100 } },
  { settings: { k: 2 }, outcome: { modes: 8, steps: 900 } },
  { settings: { k: 3 }, outcome: { modes: 8, steps: 700 } },
  { settings: { k: 4 }, outcome: { modes: 8, steps: NaN } },
];

Deno.test("the best try is the one with the least, or the most, of those that count", () => {
  assertEquals(bestOf(experiment, tries), 2);
  const most: Experiment = { asks: "", best: { outcome: "steps", sense: "most" } };
  assertEquals(bestOf(most, tries), 1);
  assertEquals(bestOf(experiment, tries.slice(0, 1)), -1);
  const word: Experiment = {
    asks: "",
    best: { outcome: "steps", sense: "least", if: { ended: "well" } },
  };
  const ended = (how: string, steps: number) => ({ settings: {}, outcome: { ended: how, steps } });
  assertEquals(bestOf(word, [ended("badly", 1), ended("well", 2), ended("well", 2)]), 1);
});

Deno.test("the table has a row for each try, and a setting that one try lacks stays empty", () => {
  const rows = tableText(tableOfTries(experiment, [
    ...tries.slice(1, 3),
    { settings: { loss: "own" }, outcome: { modes: 2, steps: 3 } },
  ])).split("\n");
  assertEquals(rows.length, 4);
  assertEquals(/best so far/.test(rows[2]) && !/best so far/.test(rows[1]), true, rows.join("\n"));
});

Deno.test("a notebook without an open experiment records no try", async () => {
  await assertRejects(() => recordTry("99", {}, {}), RangeError, "no open experiment");
});

const questions: Questions = {
  predictions: {
    "98-1": { asks: "V at the end", kind: "number", unit: "nats", tolerance: 0.1 },
    "98-2": { asks: "how it goes", kind: "choice", choices: ["up", "down"] },
    "98-3": { asks: "D*", kind: "sketch", x: [0, 1], y: [0, 1], tolerance: 0.1 },
  },
  exercises: {
    "98-1": { expected: 1, tolerance: 0, right: "", hint: "", solution: "" },
    "98-2": { expected: "a", right: "", hint: "", solution: "" },
  },
};

Deno.test("a score counts what was predicted, what of it was good, and the right answers", () => {
  const record = new LearnerRecord();
  assertEquals(scoreOf(questions, record).rows, []);
  assertEquals(
    scoreOf(questions, record).summary,
    "None of the 3 predictions was made in this session.\nExercises: 0 of 2 right.",
  );
  record.predictions.set("98-1", { guess: -1, truth: "−1.4 nats", good: false });
  record.predictions.set("98-2", { guess: "up", truth: '"up"', good: true });
  record.predictions.set("98-3", { guess: [[0, 0], [1, 1]] });
  record.answers.set("98-2", { wrong: ["b"], right: true });
  const { rows, summary } = scoreOf(questions, record);
  assertEquals(rows.map(({ guess, truth, verdict }) => [guess, truth, verdict]), [
    ["−1 nats", "−1.4 nats", "✗"],
    ['"up"', '"up"', "✓"],
    ["a sketch", "not drawn yet", ""],
  ]);
  assertEquals(summary, "Predictions: 3 of 3 made, 1 of them good.\nExercises: 1 of 2 right.");
});
