/** `deno task assignment mark` as a grader runs it: a page until Ctrl-C, and then tables that are up to date. */
import { join } from "node:path";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { notebookText } from "@/notebook/document.ts";
import { start } from "../support/commands.ts";
import { inPublishedClass } from "../support/published_class.ts";
import { smallNotebook } from "../support/submissions.ts";

Deno.test("what is decided on the page is in grades.csv after Ctrl-C", () =>
  inPublishedClass({ ada: { answer: "Why not?" } }, async ({ out }) => {
    const file = join(out, "..", `${crypto.randomUUID()}`);
    await Deno.mkdir(file);
    const source = join(file, "small.ipynb");
    await Deno.writeTextFile(source, notebookText(smallNotebook()));
    const child = start("assignment", [
      ...["mark", source, "--grades", out, "--grader", "ann", "--port", "0"],
    ]);
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!said.includes("\n")) said += (await reader.read()).value ?? "";
    const url = said.match(/http:\S+/)![0];
    const verdict = {
      item: "essay-why",
      numbers: [1],
      points: 7,
      comment: "",
      reason: "",
      seen: [],
    };
    const response = await fetch(`${url}decide`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(verdict),
    });
    assertEquals([response.status, await response.text()], [200, "{}"]);
    child.kill("SIGINT");
    for (let next = await reader.read(); !next.done; next = await reader.read()) said += next.value;
    const errors = await new Response(child.stderr).text();
    assertEquals((await child.status).code, 0, errors);
    assertStringIncludes(said, join(out, "grades.csv"));
    assertStringIncludes(errors, "1 decided, kept in ");
    assertStringIncludes(errors, "essay-why: by hand: ann");
    assertStringIncludes(await Deno.readTextFile(join(out, "grades.csv")), "ada,97,60,30,7,graded");
    await Deno.remove(file, { recursive: true });
  }));
