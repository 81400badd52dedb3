/** Copies are found whatever was renamed, what was handed out is no evidence, and strangers' texts do nothing. */
import { join } from "node:path";
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { classReport } from "@/course/class_report.ts";
import { comparedTexts } from "@/course/compared_texts.ts";
import { lookAlikes } from "@/course/look_alikes.ts";
import { inTempFolder } from "../support/commands.ts";
import { changed, smallAssignment } from "../support/submissions.ts";

const GIVEN = `function given(a, b) {
  const rows = [];
  for (let i = 0; i < a.length; i++) rows.push(a[i] * b[i] - Math.max(a[i], b[i]));
  return rows.filter((row) => row > 0).map((row) => [row, row ** 2]);
}`;
const COPIED = `function mine(logits) {
  let total = 0; // the sum
  for (const logit of logits) {
    if (logit > 700) total += logit; else total += Math.log1p(Math.exp(logit));
  }
  const mean = total / logits.length;
  return Number.isFinite(mean) ? { mean, count: logits.length } : undefined;
}`;
const RENAMED = COPIED.replaceAll("logits", "xs").replaceAll("logit", "x").replaceAll("total", "s")
  .replace("// the sum", "/* add up */").replaceAll("700", "500");
const OWN = `const mine = (values) => {
  const sorted = values.map((v) => (v > 0 ? v + Math.log1p(Math.exp(-v)) : Math.log1p(Math.exp(v))));
  while (sorted.length > 1) sorted.push(sorted.shift() + sorted.shift());
  return sorted[0] / values.length;
};`;

const texts = (code: string, words = "") => ({ code: `${GIVEN}\n${code}`, words });

Deno.test("a copy with other names, numbers and comments is found; own work and what was given are not", () => {
  const found = lookAlikes(
    new Map([["ada", texts(COPIED)], ["bob", texts(OWN)], ["cyd", texts(RENAMED)]]),
    texts(""),
  );
  assertEquals(found.map(({ kind, students }) => [kind, students]), [["code", ["ada", "cyd"]]]);
  const [{ shares, passages: [{ left, right }] }] = found;
  assert(Math.min(...shares) > 0.9 && Math.max(...shares) <= 1, shares.join());
  assertStringIncludes(left, "for (const logit of logits)");
  assertStringIncludes(right, "for (const x of xs)");
  assertFalse(left.includes("rows.push"));
});

Deno.test("nobody is alike who has only what was given, or what a third of the class has", () => {
  const names = Array.from({ length: 40 }, (_, i) => `s${i}`);
  const class_ = (own: (i: number) => string) =>
    lookAlikes(new Map(names.map((name, i) => [name, texts(own(i))])), texts(""));
  assertEquals(class_(() => ""), []);
  assertEquals(class_(() => COPIED), []);
  assertEquals(class_((i) => i < 2 ? COPIED : "").map(({ students }) => students), [["s0", "s1"]]);
});

Deno.test("a copy in a large submission, and one of an answer in words, are found", () => {
  const much = Array.from(
    { length: 30 },
    (_, i) =>
      `const v${i} = ${"[".repeat(i % 7)}${i}${"]".repeat(i % 7)} ${"+-*/%"[i % 5]} f(${
        "!".repeat(i % 4)
      }a${i});`,
  );
  const answer =
    "The loss of the discriminator is log two whenever it cannot tell the samples apart, which says nothing about the generator at all.";
  const found = lookAlikes(
    new Map([
      ["ada", texts(COPIED, answer)],
      ["bob", texts(`${much.join("\n")}\n${RENAMED}`, `Well. ${answer.toUpperCase()}`)],
    ]),
    texts("", "Why does the loss stay at log two?"),
  );
  assertEquals(found.map(({ kind }) => kind), ["code", "words"]);
  assert(found[0].shares[0] > 0.6 && found[0].shares[1] < 0.5, found[0].shares.join());
});

Deno.test("hostile code costs no more than seconds: repeated, unfinished and huge", () => {
  const start = performance.now();
  lookAlikes(
    new Map([
      ["a", texts("f(x);".repeat(100_000))],
      ["b", texts("f(x);".repeat(100_000))],
      ["c", texts('"'.repeat(50_000))],
      ["d", texts("/*".repeat(50_000))],
      ["e", texts("`".repeat(50_001) + "\\".repeat(50_000))],
    ]),
    texts(""),
  );
  assert(performance.now() - start < 20_000, `${performance.now() - start} ms`);
});

Deno.test("the report shows passages side by side as text, and says that it is no verdict", () =>
  inTempFolder(async (folder) => {
    const assignment = smallAssignment();
    const long = `${
      COPIED.replace("function mine", "function helper")
    } // </pre><script>1</script>`;
    const text = changed(assignment, [["return 2 * x;", `${long}\n  return 2 * x;`]]);
    for (const student of ["ada", "bob"]) {
      await Deno.mkdir(join(folder, "in", student), { recursive: true });
      await Deno.writeTextFile(join(folder, "in", student, "small.ipynb"), text);
    }
    const { submissions, given } = await comparedTexts(join(folder, "in"), assignment, folder);
    const alike = lookAlikes(submissions, given);
    assertEquals(alike.map(({ students }) => students), [["ada", "bob"]]);
    const grades = { assignment: "small", seed: 1, items: [], students: [] };
    const page = await classReport(grades, { alike });
    assertStringIncludes(page, "A place to look, and no verdict.");
    assertStringIncludes(page, "for (const logit of logits)");
    assertStringIncludes(page, "&lt;script&gt;1");
  }));
