/** What a person made is never overwritten, whichever command writes. */
import { join } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseAssignment, released } from "@/course/assignment.ts";
import { notebookText, parseNotebook } from "@/notebook/document.ts";
import { isSealed, sealed } from "@/notebook/seal.ts";
import { ended, inTempFolder, run, runFrom, runHere, start } from "../support/commands.ts";
import { smallNotebook } from "../support/submissions.ts";

const small = async (folder: string) => {
  const text = notebookText(smallNotebook());
  await Deno.writeTextFile(join(folder, "small.ipynb"), text);
  return text;
};
const read = (...path: string[]) => Deno.readTextFile(join(...path));

Deno.test("release never replaces its source: in its own folder, through a link, by a hard link, with --overwrite", () =>
  inTempFolder(async (folder) => {
    const text = await small(folder);
    await Deno.mkdir(join(folder, "soft"));
    await Deno.symlink("../small.ipynb", join(folder, "soft", "small.ipynb"));
    await Deno.mkdir(join(folder, "hard"));
    await Deno.link(join(folder, "small.ipynb"), join(folder, "hard", "small.ipynb"));
    await Deno.symlink(".", join(folder, "here"));
    for (const out of [".", "soft", "hard", "here", "./soft/.."]) {
      const args = ["release", join(folder, "small.ipynb"), "--out", join(folder, out)];
      for (const more of [[], ["--overwrite"]]) {
        const { code, stderr } = await runHere("assignment", ...args, ...more);
        assertEquals(code, 2, stderr);
        assertStringIncludes(stderr, "this command reads");
      }
    }
    assertEquals(await read(folder, "small.ipynb"), text);
    assertEquals(await read(folder, "soft", "small.ipynb"), text);
  }));

Deno.test("release replaces a release that nobody has changed, and one that was filled in with --overwrite only", () =>
  inTempFolder(async (folder) => {
    await small(folder);
    const file = join(folder, "handout", "small.ipynb");
    const release = (...more: string[]) =>
      runFrom(folder, "assignment", "release", "small.ipynb", "--out", "handout", ...more);
    // Of before the course went on.
    const before = smallNotebook();
    before.cells[0].source = "# Smaller";
    const old = released(parseAssignment(notebookText(before), file));
    await Deno.mkdir(join(folder, "handout"));
    await Deno.writeTextFile(file, notebookText(sealed(old)));
    const { code, stdout, stderr } = await release();
    assertEquals([code, stdout], [0, `${join("handout", "small.ipynb")}\n`], stderr);
    const made = await Deno.readTextFile(file);
    assertStringIncludes(made, '# Small"');
    assert(isSealed(await Deno.readFile(file)));

    const filled = parseNotebook(made, file);
    filled.cells.at(-1)!.source = "Because I say so.";
    for (const text of [notebookText(filled), notebookText(old), "not a notebook"]) {
      await Deno.writeTextFile(file, text);
      const refused = await release();
      assertEquals(refused.code, 2, refused.stderr);
      assertStringIncludes(
        refused.stderr,
        "not a release, or has been changed since. Add --overwrite",
      );
      assertEquals(await Deno.readTextFile(file), text);
    }
    assertEquals((await release("--overwrite")).code, 0);
    assertEquals(await Deno.readTextFile(file), made);
    assertEquals((await Array.fromAsync(Deno.readDir(join(folder, "handout")))).length, 1);
  }));

Deno.test("sample writes over no file that it reads, and over no picture that is none", () =>
  inTempFolder(async (folder) => {
    const run = join(folder, "run");
    const args = ["--preset", "line", "--backend", "wasm", "--batch-size", "16", "--steps", "2"];
    assertEquals((await ended(start("train", [...args, "--quiet", "--run", run]))).code, 0);
    const checkpoint = join(run, "checkpoints", "step-000002.safetensors");
    const bytes = await Deno.readFile(checkpoint);
    await Deno.symlink(checkpoint, join(folder, "soft.npy"));
    await Deno.link(checkpoint, join(folder, "hard.npy"));
    const refused = async (message: string, ...args: string[]) => {
      const { code, stderr } = await runHere("sample", ...args);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, message);
    };
    for (const name of ["soft.npy", "hard.npy"]) {
      const out = ["--out", join(folder, name), "--overwrite"];
      await refused("this command reads", "--checkpoint", checkpoint, ...out);
      await refused("this command reads", "--run", run, ...out);
    }
    const grid = join(run, "samples", "step-000002.png");
    await refused("this command reads", "--run", run, "--out", grid);
    assertEquals(await Deno.readFile(checkpoint), bytes);
    const thesis = join(folder, "thesis.png");
    await Deno.writeTextFile(thesis, "not a picture");
    await refused("it is not a PNG picture, or has been changed", "--run", run, "--out", thesis);
    assertEquals(await Deno.readTextFile(thesis), "not a picture");
    const file = join(folder, "x.npy");
    for (const seed of ["1", "2"]) {
      const { code, stderr } = await runHere("sample", "--run", run, "--seed", seed, "--out", file);
      assertEquals(code, 0, stderr);
    }
  }));

Deno.test("two samples at once into one file: both succeed, the file is one of them, nothing else is left", () =>
  inTempFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "r.npy.tmp"), "mine");
    const draw = (seed: string) =>
      start("sample", ["--pretrained", "mlp", "--count", "2", "--seed", seed, "--out", "r.npy"], {
        from: folder,
      });
    for (const { code, stderr } of await Promise.all(["1", "2"].map((s) => ended(draw(s))))) {
      assertEquals(code, 0, stderr);
    }
    assertEquals(await read(folder, "r.npy.tmp"), "mine");
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    assertEquals(names, ["r.npy", "r.npy.tmp"]);
  }));

Deno.test("report writes over a report of before, and over nothing else", () =>
  inTempFolder(async (folder) => {
    const grades = {
      assignment: "small",
      seed: 1,
      items: [{ id: "a-b", part: "a", title: "A", points: 100, kind: "check" }],
      students: [{
        student: "ada",
        status: "graded",
        total: 100,
        parts: { a: 100 },
        marks: [{ id: "a-b", outcome: "right", points: 100, message: "" }],
        notes: [],
      }],
    };
    const text = JSON.stringify(grades);
    await Deno.writeTextFile(join(folder, "grades.json"), text);
    await Deno.writeTextFile(join(folder, "by_hand.csv"), "student,item,points\n");
    await Deno.symlink("by_hand.csv", join(folder, "link"));
    await Deno.writeTextFile(join(folder, "mine.html"), "<p>Notes</p>");
    const report = (...more: string[]) =>
      runHere("assignment", "report", "--grades", folder, ...more);
    for (const name of ["grades.json", "by_hand.csv", "link"]) {
      const { code, stderr } = await report("--out", join(folder, name), "--overwrite");
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, "this command reads");
    }
    assertEquals(await read(folder, "grades.json"), text);
    assertEquals((await report("--out", join(folder, "mine.html"))).code, 2);
    assertEquals(await read(folder, "mine.html"), "<p>Notes</p>");
    for (let i = 0; i < 2; i++) {
      const { code, stderr } = await report();
      assertEquals(code, 0, stderr);
    }
    await Deno.writeTextFile(join(folder, "report.html"), "<p>A comment</p>", { append: true });
    assertEquals((await report()).code, 2);
    assertEquals((await report("--overwrite")).code, 0);

    // What is no grades.json is told by its field.
    for (
      const [change, field] of [
        [null, "its content must be"],
        [{ ...grades, students: [{ ...grades.students[0], marks: null }] }, "students[0].marks"],
        [{ ...grades, items: [3] }, "items[0]"],
      ] as const
    ) {
      await Deno.writeTextFile(join(folder, "grades.json"), JSON.stringify(change));
      const { code, stderr } = await report();
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, join(folder, "grades.json"));
      assertStringIncludes(stderr, field);
    }
  }));

Deno.test("notebooks is told before it runs anything that its output would be its input, a person's file, or one file twice", () =>
  inTempFolder(async (folder) => {
    const text = await small(folder);
    const [a, b, out] = ["a", "b", "out"].map((name) => join(folder, name));
    for (const path of [a, b, out]) await Deno.mkdir(path);
    await Deno.writeTextFile(join(a, "x.ipynb"), text);
    await Deno.writeTextFile(join(b, "x.ipynb"), text);
    await Deno.writeTextFile(join(b, "small.html"), "<p>My page</p>");
    await Deno.symlink(".", join(folder, "link"));
    const file = join(folder, "small.ipynb");
    const refused: [string[], string][] = [
      [[file, "--out", folder], "this command reads"],
      [[file, "--out", folder, "--overwrite"], "this command reads"],
      [[file, "--out", join(folder, "link")], "this command reads"],
      [[join(a, "x.ipynb"), file, "--out", folder], "this command reads"],
      [[join(a, "x.ipynb"), "--out", b], "it is not an executed copy, or has been changed since"],
      [[file, "--out", b], "it is not a notebook's page, or has been changed since"],
      [[join(a, "x.ipynb"), join(b, "x.ipynb"), "--out", out], "the copies of both would be"],
    ];
    for (const [args, message] of refused) {
      const { code, stderr } = await runHere("notebooks", ...args);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, message);
    }
    assertEquals(await read(folder, "small.ipynb"), text);
    assertEquals(await read(b, "small.html"), "<p>My page</p>");
  }));

Deno.test("kernel replaces a kernel of Deno, and another program's with --overwrite only", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "kernels", "python3", "kernel.json");
    await Deno.mkdir(join(file, ".."), { recursive: true });
    const python = JSON.stringify({ argv: ["python3", "-m", "ipykernel_launcher"] });
    await Deno.writeTextFile(file, python);
    const install = (...more: string[]) =>
      runHere("kernel", "--dir", folder, "--name", "python3", ...more);
    assertEquals((await install()).code, 2);
    assertEquals(await Deno.readTextFile(file), python);
    assertEquals((await install("--overwrite")).code, 0);
    assertEquals((await install()).code, 0);
    // Somebody has added a variable of their own.
    const own = JSON.parse(await Deno.readTextFile(file));
    own.env.TOKEN = "secret";
    await Deno.writeTextFile(file, JSON.stringify(own));
    assertEquals((await install()).code, 2);
    assert((await Deno.readTextFile(file)).includes("secret"));
  }));

Deno.test("a run is begun in no folder that holds something, a file of the name of an old temporary one too", () =>
  inTempFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "report.html.tmp"), "mine");
    const { code, stderr } = await run(
      "train",
      "--preset",
      "line",
      "--steps",
      "1",
      "--run",
      folder,
    );
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, "it has report.html.tmp");
    assertEquals(await read(folder, "report.html.tmp"), "mine");
  }));
