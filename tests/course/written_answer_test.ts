/** An answer in words is found wherever a student has written it, and what is in doubt a person sees. */
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { released, TEXT_STUB } from "@/course/assignment.ts";
import { type HandedInCell } from "@/course/handed_in_notebook.ts";
import { markWritten } from "@/course/written_answer.ts";
import { type Cell, sourceOf } from "@/notebook/document.ts";
import { cell, smallAssignment } from "../support/submissions.ts";

const assignment = smallAssignment();
const item = assignment.items.at(-1)!;
const STUB = sourceOf(released(assignment).cells.at(-1)!);
const ANSWER = "Because the game has a saddle point, and not a minimum.";

type Edit = (cells: HandedInCell[], answer: HandedInCell) => void;

/** What becomes of the released notebook after a student's edit. */
function marked(edit: Edit) {
  const cells: HandedInCell[] = structuredClone(released(assignment).cells);
  edit(cells, cells.at(-1)!);
  return markWritten(item, cells, assignment);
}

const own = (source: string, type: Cell["cell_type"] = "markdown"): HandedInCell => {
  return { ...cell(source, { id: "own" }), cell_type: type };
};
const bare = (cells: HandedInCell[]) => {
  for (const each of cells) {
    each.metadata = {};
    each.id = crypto.randomUUID();
  }
};

/** Edits after which the answer is graded by hand, with what is told beside it. */
const ANSWERED: [where: string, edit: Edit, note?: string][] = [
  ["in place of the stub", (_, a) => a.source = STUB.replace(TEXT_STUB, ANSWER)],
  [
    "behind the stub, on its line",
    (_, a) => a.source = STUB.replace(TEXT_STUB, `${TEXT_STUB}: ${ANSWER}`),
  ],
  [
    "before the stub, on its line",
    (_, a) => a.source = STUB.replace(TEXT_STUB, `${ANSWER} ${TEXT_STUB}`),
  ],
  [
    "below a stub in other letters",
    (_, a) => a.source = `Why?\n\n**Your answer here.**\n\n${ANSWER}`,
  ],
  ["without the question", (_, a) => a.source = ANSWER],
  ["as lines", (_, a) => a.source = ["Why?\n", "\n", ANSWER]],
  ["in a new cell below", (c) => c.push(own(ANSWER)), "outside its cell"],
  ["in a new cell above", (c) => c.splice(-1, 0, own(ANSWER)), "outside its cell"],
  ["at the top of the notebook", (c) => c.unshift(own(ANSWER)), "outside its cell"],
  ["in a raw cell below", (c) => c.push(own(ANSWER, "raw")), "outside its cell"],
  [
    "as a comment in a code cell",
    (c) => c.push(own(`// ${ANSWER}`, "code")),
    "outside its cell",
  ],
  ["as prose in a code cell", (c) => c.push(own(ANSWER, "code")), "outside its cell"],
  [
    "in another cell's question",
    (c) => c[0].source = `${sourceOf(c[0])}\n\n${ANSWER}`,
    "outside its cell",
  ],
  ["in a cell turned raw", (_, a) => {
    a.cell_type = "raw";
    a.source = ANSWER;
  }, "has become a raw cell"],
  ["in a cell turned code", (_, a) => {
    a.cell_type = "code";
    a.source = ANSWER;
  }, "has become a code cell"],
  ["in a cell without its metadata", (_, a) => {
    a.metadata = {};
    a.source = ANSWER;
  }],
  ["in a notebook without any identifiers", (c, a) => {
    a.source = `${STUB}\n\n${ANSWER}`;
    bare(c);
  }],
  ["in a cell that was deleted and written anew", (c) => {
    c.pop();
    c.push(own(ANSWER));
  }, "is missing; it was found outside"],
  ["in two halves", (c, a) => {
    a.source = ANSWER.slice(0, 20);
    c.push(own(ANSWER.slice(20)));
  }, "it continues outside its cell"],
  ["in one cell with the one before", (c, a) => {
    c.pop();
    c[0].source = `${sourceOf(c[0])}\n\n${sourceOf(a).replace(TEXT_STUB, ANSWER)}`;
  }, "is missing; it was found outside"],
  ["in two cells of the same name", (c, a) => {
    c.push({ ...a, source: ANSWER });
  }, "2 cells claim to be the answer's cell"],
];

for (const [where, edit, note] of ANSWERED) {
  Deno.test(`an answer ${where} is graded by hand`, () => {
    const mark = marked(edit);
    assertEquals([mark.outcome, mark.points], ["by hand", undefined]);
    const words = (text: string) => text.replaceAll(/\(.*:\)/g, "").replaceAll(/\W/g, "");
    assertStringIncludes(words(mark.answer!), words(ANSWER));
    if (note) assertStringIncludes(mark.note!, note);
    else assertEquals(mark.note, undefined);
  });
}

const ODD = [
  "$$D^* = \\frac{p}{p + q}$$",
  "![](picture.png)",
  "<!-- Because it is so. -->",
  "?",
  "…!",
  "Why?",
  "42",
  "왜냐하면",
];

for (const answer of ODD) {
  Deno.test(`an answer of only ${answer} is an answer`, () => {
    const mark = marked((_, a) => a.source = `${STUB.replace(TEXT_STUB, "")}\n${answer}`);
    assertEquals([mark.outcome, mark.answer], ["by hand", answer]);
  });
}

Deno.test("a pasted picture is an answer, and another picture another one", () => {
  const pasted = (data: string) =>
    marked((_, a) => a.attachments = { "image.png": { "image/png": data } });
  assertEquals(pasted("AAAA").outcome, "by hand");
  assertStringIncludes(pasted("AAAA").answer!, "image.png");
  assertNotEquals(pasted("AAAA").digest, pasted("BBBB").digest);
});

Deno.test("a picture that was handed out is no answer", () => {
  const withPicture = structuredClone(assignment);
  const attachments = { "a.png": { "image/png": "AAAA" } };
  for (const at of [0, -1]) Object.assign(withPicture.notebook.cells.at(at)!, { attachments });
  const cells: HandedInCell[] = structuredClone(released(withPicture).cells);
  assertEquals(markWritten(item, cells, withPicture).outcome, "not answered");
  cells.at(-1)!.attachments = { ...attachments, "b.png": {} };
  assertStringIncludes(markWritten(item, cells, withPicture).answer!, "b.png");
});

const UNANSWERED: [how: string, edit: Edit][] = [
  ["as it was handed out", () => {}],
  ["with other spaces", (_, a) => a.source = `  Why?  \n\n\n${TEXT_STUB}\n`],
  ["with the stub in bold", (_, a) => a.source = `Why?\n\n**${TEXT_STUB}.**`],
  ["in a notebook without identifiers", bare],
  ["with functions written", (c) => c[2].source = "function double(x) { return 2 * x; }"],
  ["beside a student's program far away", (c) => c.unshift(own("const a = 1; // try it", "code"))],
];

for (const [how, edit] of UNANSWERED) {
  Deno.test(`the cell ${how} is not answered: 0 points`, () => {
    const { outcome, points } = marked(edit);
    assertEquals([outcome, points], ["not answered", 0]);
  });
}

const DOUBTFUL: [what: string, edit: Edit, note: string][] = [
  ["a cell that is gone", (c) => c.pop(), "is missing; no text of the student's was found"],
  ["a cell that was emptied", (_, a) => a.source = "", "gone or changed"],
  ["an untouched cell turned raw", (_, a) => a.cell_type = "raw", "has become a raw cell"],
  ["two untouched cells", (c, a) => c.push({ ...a }), "2 cells claim"],
];

for (const [what, edit, note] of DOUBTFUL) {
  Deno.test(`${what} is put before a person`, () => {
    const mark = marked(edit);
    assertEquals([mark.outcome, mark.points], ["by hand", undefined]);
    assertStringIncludes(mark.note!, note);
  });
}

Deno.test("a long answer is cut where it is shown, and its digest is of the whole", () => {
  const long = (end: string) => marked((_, a) => a.source = "word ".repeat(10_000) + end);
  assert(long("a").answer!.length < 21_000);
  assertStringIncludes(long("a").answer!, "the rest is in the notebook");
  assertNotEquals(long("a").digest, long("b").digest);
});

Deno.test("an answer stays the same answer where cells come before it and spaces behind its lines", () => {
  const first = marked((c) => c.push(own(`${ANSWER}\nSo it is.`)));
  const second = marked((c) => {
    c.unshift(own("const a = 1;", "code"));
    c.push(own(`${ANSWER}  \nSo it is.\t`));
  });
  assertNotEquals(first.answer, second.answer);
  assertEquals(first.digest, second.digest);
});

Deno.test("hostile cells are looked through in no time", () => {
  const start = performance.now();
  for (
    const text of [
      "/*".repeat(250_000),
      "'".repeat(500_000),
      "`".repeat(500_001),
      "a".repeat(500_000),
      "YOUR ".repeat(100_000),
      "\n".repeat(500_000),
    ]
  ) {
    marked((c) => c.push(own(text, "code"), own(text, "markdown")));
  }
  assert(performance.now() - start < 5_000);
});
