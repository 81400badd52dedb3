/** Git leaves the outputs of notebooks out: the filter, in a real clone. */
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { gitFilter, removeGitFilter, setGitFilter } from "@/cli/git_filter.ts";
import { cleaned } from "@/cli/strip_filter.ts";
import { keptText, type Notebook, parseNotebook } from "@/notebook/document.ts";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { inTempFolder, ROOT, runHere } from "../support/commands.ts";

const NOTEBOOK = "notebooks/small.ipynb";

/** A notebook as it is kept. */
const notebook: Notebook = {
  cells: [
    { cell_type: "markdown", id: "a", metadata: {}, source: ["# Title ½\n", "text"] },
    {
      cell_type: "code",
      execution_count: null,
      id: "b",
      metadata: {},
      outputs: [],
      source: ["1 + 1"],
    },
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
};

/** The same after a run, as another editor writes it: other order, other indentation, outputs. */
function executed(source = "1 + 1"): string {
  const [text, code] = notebook.cells;
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "deno", display_name: "Deno", language: "typescript" } },
    cells: [{ ...text, source: "# Title ½\ntext" }, {
      ...code,
      source,
      execution_count: 3,
      outputs: [{ output_type: "stream", name: "stdout", text: ["2\n"] }],
      metadata: { execution: { "iopub.status.busy": "now" } },
    }],
  });
}

async function git(folder: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.org", ...args],
  }).output();
  const text = new TextDecoder().decode(success ? stdout : stderr);
  assert(success, `git ${args.join(" ")}: ${text}`);
  return text;
}

/** A clone that has the project's attributes and the program of its filter, in a folder with a space. */
async function inClone(test: (clone: string) => Promise<void>): Promise<void> {
  await inTempFolder(async (folder) => {
    const clone = join(folder, "a clone's folder");
    await Deno.mkdir(join(clone, "notebooks"), { recursive: true });
    await git(clone, "init", "--quiet");
    for (const name of [".gitattributes", ".gitignore", "deno.json", "deno.lock"]) {
      await Deno.copyFile(join(ROOT, name), join(clone, name));
    }
    // The filter is a program of the clone.
    for (const name of ["lib", "links"]) await Deno.symlink(join(ROOT, name), join(clone, name));
    await Deno.writeTextFile(join(clone, NOTEBOOK), keptText(notebook));
    await git(clone, "add", ".gitattributes", ".gitignore", "notebooks");
    await git(clone, "commit", "--quiet", "-m", "one");
    await test(clone);
  });
}

const tracked = ["status", "--short", "--untracked-files=no"];

Deno.test("a notebook that was run is no change, and keeps its outputs on the disk", () =>
  inClone(async (clone) => {
    const file = join(clone, NOTEBOOK);
    assertEquals(await gitFilter(clone), { set: false, status: false });
    await setGitFilter(clone);
    await setGitFilter(clone);
    assertEquals(await gitFilter(clone), { set: true, status: true });
    for (
      const text of [
        executed(),
        executed() + "\n",
        executed().replace("2\\n", "a longer output\\n"),
      ]
    ) {
      await Deno.writeTextFile(file, text);
      assertEquals(await git(clone, "diff"), "");
      assertEquals(await git(clone, ...tracked), "");
      assertEquals(await Deno.readTextFile(file), text);
    }
    await git(clone, "commit", "--quiet", "--allow-empty", "-m", "another");
    assertEquals(await git(clone, ...tracked), "");
    assertEquals(await Deno.readTextFile(file), executed().replace("2\\n", "a longer output\\n"));
    await Deno.mkdir(join(clone, "notebooks/.ipynb_checkpoints"));
    await Deno.writeTextFile(join(clone, "notebooks/.ipynb_checkpoints/x.ipynb"), "{}");
    assertEquals(await git(clone, "status", "--short", "notebooks"), "");

    await Deno.writeTextFile(file, executed("1 + 2"));
    assertEquals(await git(clone, ...tracked), ` M ${NOTEBOOK}\n`);
    const diff = await git(clone, "diff");
    assertStringIncludes(diff, '+    "1 + 2"');
    assert(!diff.includes("stdout"), diff);
    await git(clone, "commit", "--quiet", "-am", "two");
    const kept = await git(clone, "show", `HEAD:${NOTEBOOK}`);
    assertEquals(kept, keptText(JSON.parse(executed("1 + 2"))));
    assertEquals(await git(clone, ...tracked), "");
  }));

Deno.test("a changed cell, a new and a deleted notebook and another file are seen to change", () =>
  inClone(async (clone) => {
    await git(clone, "add", "deno.json");
    await git(clone, "commit", "--quiet", "-m", "two");
    await Deno.writeTextFile(join(clone, NOTEBOOK), executed());
    // Set after the notebook was run: it is no change all the same.
    await setGitFilter(clone);
    assertEquals(await git(clone, ...tracked), "");
    await Deno.writeTextFile(join(clone, "deno.json"), "{}");
    await Deno.writeTextFile(join(clone, "notebooks", "own.ipynb"), executed());
    await Deno.writeTextFile(join(clone, NOTEBOOK), executed("1 + 3"));
    const status = await git(clone, "status", "--short", "deno.json", "notebooks");
    assertEquals(status, ` M deno.json\n M ${NOTEBOOK}\n?? notebooks/own.ipynb\n`);
    await Deno.remove(join(clone, NOTEBOOK));
    assertEquals(await git(clone, "status", "--short", NOTEBOOK), ` D ${NOTEBOOK}\n`);
  }));

Deno.test("who has something that tells git of changes keeps it", () =>
  inClone(async (clone) => {
    await git(clone, "config", "core.fsmonitor", "my-own");
    await setGitFilter(clone);
    assertEquals(await gitFilter(clone), { set: true, status: false });
    await removeGitFilter(clone);
    assertEquals((await git(clone, "config", "core.fsmonitor")).trim(), "my-own");
    await git(clone, "config", "--unset", "core.fsmonitor");
    await git(clone, "config", "core.untrackedCache", "true");
    await setGitFilter(clone);
    assertEquals(await gitFilter(clone), { set: true, status: false });
  }));

Deno.test("what is no notebook goes into a commit as it is, with a warning", () =>
  inClone(async (clone) => {
    await setGitFilter(clone);
    await Deno.writeTextFile(join(clone, NOTEBOOK), '{"cells": [');
    await git(clone, "commit", "--quiet", "-am", "broken");
    assertEquals(await git(clone, "show", `HEAD:${NOTEBOOK}`), '{"cells": [');
  }));

Deno.test("a filter whose Deno has gone keeps nobody from a commit", () =>
  inClone(async (clone) => {
    await setGitFilter(clone);
    for (const name of ["filter.gan-notebook.clean", "core.fsmonitor"]) {
      await git(clone, "config", name, "/nowhere/deno run");
    }
    await Deno.writeTextFile(join(clone, NOTEBOOK), executed());
    await git(clone, "commit", "--quiet", "-am", "with outputs");
    assertStringIncludes(await git(clone, "show", `HEAD:${NOTEBOOK}`), "stdout");
  }));

Deno.test("the filter can be taken out, twice, and what the user has set stays", () =>
  inClone(async (clone) => {
    const before = await git(clone, "config", "--local", "--list");
    await setGitFilter(clone);
    await removeGitFilter(clone);
    await removeGitFilter(clone);
    assertEquals(await git(clone, "config", "--local", "--list"), before);
    await Deno.writeTextFile(join(clone, NOTEBOOK), executed());
    assertStringIncludes(await git(clone, "diff"), "stdout");
  }));

Deno.test("a folder that is no clone has no filter, and cannot get one", () =>
  inTempFolder(async (folder) => {
    assertEquals(await gitFilter(folder), undefined);
    for (const change of [setGitFilter, removeGitFilter]) {
      const error = await change(folder).then(() => undefined, (error) => error);
      assertMatch(String(error), /Cannot (set|remove) the git filter: .* is in none/);
    }
  }));

Deno.test("bytes: a notebook is stripped, all else comes out as it went in, with a warning", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text);
  assertEquals(cleaned(bytes(executed()), warn), bytes(keptText(notebook)));
  assertEquals(cleaned(cleaned(bytes(executed()), warn), warn), bytes(keptText(notebook)));
  assertEquals(cleaned(new Uint8Array(), warn), new Uint8Array());
  assertEquals(warnings, []);
  const old = JSON.stringify({ ...notebook, nbformat: 3, nbformat_minor: 0 });
  for (const strange of [bytes("{"), bytes("null"), bytes(old), new Uint8Array([255, 254, 0])]) {
    assertEquals(cleaned(strange, warn), strange);
  }
  assertEquals(warnings.length, 4);
  for (const warning of warnings) assertMatch(warning, /^warning: a notebook goes into git with/);
});

Deno.test("every notebook of the project is what the filter makes of it", async () => {
  const folders = ["notebooks", "notebooks/assignments"].map((folder) => join(ROOT, folder));
  const paths = (await Promise.all(folders.map((folder) => findNotebooks(folder)))).flat();
  assert(paths.length >= 13, `${paths.length} notebooks`);
  for (const path of paths) {
    const text = await Deno.readTextFile(path);
    assertEquals(keptText(parseNotebook(text, path)), text, path);
  }
});

Deno.test("kernel --help tells of the filter", async () => {
  const { stdout } = await runHere("kernel", "--help");
  assertMatch(stdout, /^ {2}--git-filter /m);
  assertMatch(stdout, /^ {2}--no-git-filter /m);
});
