/** The library as a package: what it exports, and that a course elsewhere can import it. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { codeCells, type Notebook, sourceOf } from "@/notebook/document.ts";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { entryPoints, faultsIn } from "../tools/doc.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Files of `lib` without a room of their own, by the entry point that exports them. */
const ALONE: Record<string, string> = {
  "backend.ts": "lib/mod.ts",
  "random.ts": "lib/mod.ts",
  "tf.ts": "lib/tf.ts",
};

/** Names that a text imports from `lib`, with the file that each comes from. */
function importsOf(text: string): { name: string; file: string }[] {
  return [...text.matchAll(/import \{([^}]*)\} from "@\/([^"]+)"/g)].flatMap(([, names, file]) =>
    names.split(",").map((name) => name.trim().replace(/^type /, "").split(" as ")[0])
      .filter(Boolean).map((name) => ({ name, file }))
  );
}

/** Names that the list of an entry point has. */
async function namesOf(entry: string): Promise<Set<string>> {
  const text = await Deno.readTextFile(join(ROOT, entry));
  const lists = [...text.matchAll(/export \{([^}]*)\}/g)].map((match) => match[1]);
  return new Set(lists.join(",").split(",").map((name) => name.trim().replace(/^type /, "")));
}

Deno.test("the public names have every name of lib that a notebook of the workbook imports", async () => {
  const folder = join(ROOT, "notebooks");
  const known = new Map<string, Set<string>>();
  const missing = new Set<string>();
  for (const path of await findNotebooks(folder)) {
    const notebook: Notebook = JSON.parse(await Deno.readTextFile(path));
    for (const { name, file } of codeCells(notebook).flatMap((cell) => importsOf(sourceOf(cell)))) {
      // Recorded runs, and kernels for TensorFlow.js, are for the notebooks alone.
      if (/^(experiments|tfjs)\//.test(file)) continue;
      const entry = ALONE[file] ?? `lib/${file.split("/")[0]}/mod.ts`;
      if (!known.has(entry)) known.set(entry, await namesOf(entry));
      if (!known.get(entry)!.has(name)) missing.add(`${entry} lacks ${name} of ${file}`);
    }
  }
  assert(known.size > 6, "the notebooks import from most rooms");
  assertEquals([...missing], []);
});

Deno.test("the entry points of deno.json are there, one for each mod.ts of lib", async () => {
  const listed = (await entryPoints()).map((path) => path.replace("./", ""));
  const found = ["lib/mod.ts"];
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, "lib"))) {
    const path = `lib/${name}/mod.ts`;
    if (isDirectory && await Deno.stat(join(ROOT, path)).then(() => true, () => false)) {
      found.push(path);
    }
  }
  assertEquals(listed.toSorted(), found.toSorted());
});

/** The lock that a course has after its first run, with our versions: without it Deno would ask the registry for them. */
async function lockOfCourse(): Promise<string> {
  const { version } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const lock = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.lock")));
  const { dependencies } = lock.workspace;
  const workspace = {
    dependencies: ["jsr:@gan-workbook/lib@1"],
    links: { [`jsr:@gan-workbook/lib@${version}`]: { dependencies } },
  };
  return JSON.stringify({ ...lock, workspace });
}

Deno.test("a course in another folder links the library, and trains and measures with it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      join(folder, "deno.json"),
      JSON.stringify({
        links: [ROOT],
        imports: { "@gan-workbook/lib": "jsr:@gan-workbook/lib@^1.0.0" },
      }),
    );
    await Deno.writeTextFile(join(folder, "deno.lock"), await lockOfCourse());
    await Deno.writeTextFile(
      join(folder, "course.ts"),
      `import { createToyGan, train, useBackend } from "@gan-workbook/lib";
import { cost, gaussian } from "@gan-workbook/lib/math";
import { near } from "@gan-workbook/lib/course";
await useBackend("wasm");
const data = gaussian({ mean: 0, sigma: 1 });
near(cost(data, data), -Math.log(4), 1e-12, "C(G) is -log 4 at the optimum");
const gan = createToyGan("line", { seed: 1 });
for await (const { step, dLoss } of train(gan, { steps: 2, logEvery: 2 })) {
  console.log(step, Number.isFinite(dLoss));
}
Deno.exit(0);
`,
    );
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--cached-only", "--no-prompt", "-R", "-E", "-S", "course.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stderr);
    assertEquals(code, 0, said);
    assertStringIncludes(new TextDecoder().decode(stdout), "2 true");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the check of the documentation leaves out types of TensorFlow.js, and nothing else", () => {
  const fault = (what: string) => `error[private-type-ref]: ${what}\n  --> /lib/x.ts:1:1\n   |\n\n`;
  const ours = fault("public type 'f' references private type 'TensorSpec'");
  const jsdoc = "error[missing-jsdoc]: exported symbol is missing JSDoc documentation\n  --> x\n\n";
  const text = fault("public type 'f' references private type 'Tensor2D'") + ours + jsdoc +
    "error: Found 3 documentation lint errors.";
  assertEquals(faultsIn(text), [ours.trim(), jsdoc.trim()]);
});
