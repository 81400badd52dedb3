/** Paths mean the same everywhere: typed where the user stands, and printed so that they work there. */
import { dirname, join } from "node:path";
import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { pathArgument, projectPath, quoted, taskCommand } from "@/cli/place.ts";
import { notebookText } from "@/notebook/document.ts";
import { ended, inTempFolder, ROOT, runFrom, start } from "../support/commands.ts";
import { smallDataSet, writeDataSet } from "../support/idx_files.ts";
import { smallNotebook } from "../support/submissions.ts";

const ON_UNIX = { ignore: Deno.build.os === "windows" };

Deno.test({
  name: "a shell takes what is quoted for one argument, whatever is in it",
  ...ON_UNIX,
  fn: async () => {
    const texts = ["a", "a b", "it's", '"$HOME"', "a\\b", "*", "~", "", "é", "`x`", "a\nb", "x;y"];
    for (const text of texts) {
      const { stdout } = await new Deno.Command("sh", {
        args: ["-c", `printf %s ${quoted(text)}`],
      }).output();
      assertEquals(new TextDecoder().decode(stdout), text);
    }
    assertEquals(quoted("runs/mlp-1"), "runs/mlp-1", "no more than is needed");
    assertEquals(pathArgument("-x"), "./-x");
    assertEquals(pathArgument("x"), "x");
  },
});

Deno.test("a path of the project is written as seen from where the user stands, or whole where that is shorter", async () => {
  const before = Deno.cwd();
  await inTempFolder((folder) => {
    try {
      for (const at of [ROOT, join(ROOT, "lib"), join(ROOT, "lib", "cli"), folder, "/"]) {
        Deno.chdir(at);
        assertEquals(join(ROOT, "README.md"), Deno.realPathSync(projectPath("README.md")), at);
      }
      Deno.chdir(join(ROOT, "lib"));
      assertEquals(projectPath("runs"), join("..", "runs"));
      // The folder in which the user stands has no empty name, which nothing could open.
      assertEquals(projectPath("lib"), ".");
    } finally {
      Deno.chdir(before);
    }
    return Promise.resolve();
  });
});

Deno.test("in the folder of the notebooks itself a name is still found, and the source not written over", async () => {
  const folder = join(ROOT, "notebooks", "assignments");
  const { code, stderr } = await runFrom(
    folder,
    "assignment",
    "release",
    "a1_theory",
    "--out",
    ".",
  );
  assertEquals([code, stderr], [
    2,
    "error: Cannot write a1_theory.ipynb: it is a file that this command reads. Choose another place\n",
  ]);
});

Deno.test("a command that is printed names the Deno that there is: through npx where it came so", () => {
  const before = Deno.env.get("npm_lifecycle_event");
  try {
    Deno.env.delete("npm_lifecycle_event");
    assertEquals(taskCommand("train", "--run", "a b"), "deno task train --run 'a b'");
    Deno.env.set("npm_lifecycle_event", "npx");
    assertEquals(taskCommand("train"), `npx -y deno@${Deno.version.deno} task train`);
  } finally {
    if (before === undefined) Deno.env.delete("npm_lifecycle_event");
    else Deno.env.set("npm_lifecycle_event", before);
  }
});

/** A `deno task` for shells of these tests: deno.json's own, but for the time that it takes to find it. */
async function fakeDeno(folder: string): Promise<string> {
  const bin = join(folder, "bin");
  await Deno.mkdir(bin);
  const text = `#!/bin/sh
name=$2; shift 2; INIT_CWD=$PWD; export INIT_CWD; cd '${ROOT}'
exec '${Deno.execPath()}' run --quiet --no-prompt -R -W -E -S "lib/cli/$name.ts" "$@"
`;
  await Deno.writeTextFile(join(bin, "deno"), text, { mode: 0o755 });
  return bin;
}

Deno.test({
  name:
    "what train prints can be pasted where the user stands: the command to go on, the report, the samples",
  ...ON_UNIX,
  fn: () =>
    inTempFolder(async (folder) => {
      const data = await writeDataSet(smallDataSet());
      const bin = await fakeDeno(folder);
      const sh = async (cwd: string, command: string) => {
        const env = {
          PATH: `${bin}:${Deno.env.get("PATH")}`,
          NO_COLOR: "1",
          npm_lifecycle_event: "",
        };
        return await ended(
          new Deno.Command("sh", {
            args: ["-c", command],
            cwd,
            env,
            stdout: "piped",
            stderr: "piped",
          }).spawn(),
        );
      };
      const from = join(folder, "it's here");
      await Deno.mkdir(from);
      for (const run of ["-my runs/a", "../else where"]) {
        const args = ["--preset", "tiny", "--backend", "wasm", "--data", data, "--steps", "100000"];
        const child = start("train", [...args, `--run=${run}`], { from });
        const result = ended(child);
        const begun = await isBegun(join(from, run));
        child.kill("SIGINT");
        const stopped = await result;
        assert(begun, stopped.stderr);
        assertEquals(stopped.code, 130, stopped.stderr);
        const [, command] = stopped.stderr.match(/To go on: (.*)\n/)!;
        const step = Number(stopped.stderr.match(/Stopped at step (\d+)/)![1]);
        const { code, stdout, stderr } = await sh(from, `${command} --steps ${step + 1}`);
        assertEquals(code, 0, stderr);
        assertStringIncludes(stderr, `resumed  at step ${step} of ${step + 1}`);
        for (
          const file of [/^samples {2}(.*)$/m, /^report {3}(.*)$/m].map((p) => stdout.match(p)![1])
        ) {
          const opened = await sh(from, `test -s ${quoted(pathArgument(file))}`);
          assertEquals(opened.code, 0, file);
        }
      }
      await Deno.remove(data, { recursive: true });
    }),
});

/** Waits until a run has recorded a step; false where it has none within a minute. */
async function isBegun(run: string): Promise<boolean> {
  for (let i = 0; i < 1200; i++) {
    const text = await Deno.readTextFile(join(run, "metrics.jsonl")).catch(() => "");
    if (text.includes("\n")) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

Deno.test("a path that is typed counts from where the user stands, in every command that takes one", () =>
  inTempFolder(async (folder) => {
    const from = join(folder, "user");
    await Deno.mkdir(from);
    const drawn = await runFrom(
      from,
      "sample",
      ...["--pretrained", "mlp", "--count", "3", "--out", "x.npy"],
    );
    assertEquals(drawn.code, 0, drawn.stderr);
    assertStringIncludes(drawn.stderr, ": x.npy");
    const named = ["--pretrained", "mlp", "--count", "1"];
    const picture = await runFrom(from, "sample", ...named);
    assertEquals(picture.code, 0, picture.stderr);
    assert((await Deno.stat(join(from, "samples.png"))).isFile);
    const measured = await runFrom(
      from,
      "evaluate",
      ...["--samples", "x.npy", "--metrics", "classifier", "--count", "4"],
    );
    assertEquals(measured.code, 2);
    assertStringIncludes(measured.stderr, "Cannot take 4 samples of x.npy: it has 3");
    assertEquals((await runFrom(from, "kernel", "--dir", "jupyter")).code, 0);
    assert((await Deno.stat(join(from, "jupyter", "kernels", "deno", "kernel.json"))).isFile);
    // The user's own notebook of the name of one of the project's.
    const own = join(from, "02_optimal_discriminator.ipynb");
    const text = notebookText({ ...smallNotebook(), metadata: { vscode: {} } });
    await Deno.writeTextFile(own, text);
    for (const name of ["02_optimal_discriminator.ipynb", "./02_optimal_discriminator.ipynb"]) {
      await Deno.writeTextFile(own, text);
      const { code, stderr } = await runFrom(from, "notebooks", "--strip", name);
      assertEquals([code, stderr], [0, `stripped  ${name}\n`]);
      assertFalse((await Deno.readTextFile(own)).includes("vscode"));
    }
    await Deno.writeTextFile(join(from, "a1_theory.ipynb"), "mine");
    for (const command of ["release", "grade"]) {
      const args = command === "grade" ? ["--submissions", "."] : [];
      const { code, stderr } = await runFrom(
        from,
        "assignment",
        ...[command, "a1_theory.ipynb", "--out", "out", ...args],
      );
      assertEquals(code, 1, stderr);
      assertMatch(stderr, /^error: Cannot read a1_theory\.ipynb: a notebook is JSON/);
    }
    // Folders that are empty there, and not in the project at all.
    for (const name of ["my_grades", "my_data"]) await Deno.mkdir(join(from, name));
    const reported = await runFrom(from, "assignment", "report", "--grades", "my_grades");
    assertEquals(reported.code, 2);
    assertStringIncludes(reported.stderr, `there is no file ${join("my_grades", "grades.json")}`);
    const trained = await runFrom(from, "train", "--data", "my_data", "--run", "run");
    assertEquals(trained.code, 1);
    assertStringIncludes(trained.stderr, "my_data");
    assertFalse(trained.stderr.includes("there is no folder"), trained.stderr);
  }));

Deno.test("where no run is named, the project's is meant, and told as seen from where the user stands", () =>
  inTempFolder(async (folder) => {
    const { code, stdout } = await runFrom(folder, "sample", "--help");
    assertEquals(code, 0);
    const [, told] = stdout.replaceAll(/\s+/g, " ").match(
      /its last checkpoint \(default: (\S+)\)/,
    )!;
    assertEquals(
      dirname(dirname(join(told.startsWith("/") ? "" : folder, told))),
      dirname(join(ROOT, "x")),
    );
    const elsewhere = await runFrom(join(ROOT, "lib", "cli"), "evaluate", "--run", "../none");
    assertEquals(elsewhere.code, 2);
    assertStringIncludes(elsewhere.stderr, "Cannot evaluate ../none: no run was begun there");
  }));
