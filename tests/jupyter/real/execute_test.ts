/** Notebooks in a real Deno kernel through Jupyter. */
import { join, resolve } from "node:path";
import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { METADATA, nameOf, notebookText } from "@/notebook/document.ts";
import { Jupyter, type NotebookRun } from "@/notebook/execute.ts";
import {
  KERNEL_NAME,
  kernelFile,
  type KernelSpec,
  writeKernelSpec,
} from "@/notebook/kernelspec.ts";
import { runPython } from "@/notebook/python.ts";
import { illegibleIn } from "./support/legible.ts";
import { FIXTURE, NOTEBOOKS } from "./support/notebooks.ts";

/** Runs code cells as a notebook that lies in the project. */
async function execute(
  sources: string[],
  timeoutSeconds = 60,
  prepare: (jupyter: Jupyter) => Promise<void> = async () => {},
): Promise<NotebookRun> {
  await Deno.mkdir("build", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: resolve("build"), prefix: "execute-" });
  try {
    const prose = { cell_type: "markdown" as const, id: "m", metadata: {}, source: "Prose." };
    const cells = sources.map((source, i) => ({
      cell_type: "code" as const,
      execution_count: null,
      id: `c${i}`,
      metadata: {},
      outputs: [],
      source,
    }));
    const path = join(folder, "cells.ipynb");
    const notebook = {
      cells: [prose, ...cells],
      metadata: METADATA,
      nbformat: 4,
      nbformat_minor: 5,
    };
    await Deno.writeTextFile(path, notebookText(notebook));
    await using jupyter = await Jupyter.start();
    await prepare(jupyter);
    return await jupyter.execute(path, { timeoutSeconds });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The course's own notebooks are run, each twice, where a learner walks through them (`support/learner_walk.ts`). */
const RUN = NOTEBOOKS.filter((path) => path === FIXTURE || path.includes("assignments"));

for (const path of RUN) {
  const times = path === FIXTURE ? 4 : 1;
  const often = times === 1 ? "once" : `${times} times`;
  Deno.test(`${nameOf(path)} runs ${often} in a real kernel, no output is missing, all can be read`, async () => {
    await using jupyter = await Jupyter.start();
    const outputs = new Set<number>();
    for (let i = 0; i < times; i++) {
      const execution = await jupyter.execute(path, { timeoutSeconds: 120 });
      assertEquals([execution.failure, execution.missing], [undefined, []]);
      outputs.add(execution.outputs);
      if (i === 0) assertEquals(await illegibleIn(execution.notebook), []);
    }
    assertEquals(outputs.size, 1);
    assertGreater([...outputs][0], 0);
  });
}

Deno.test("a failing cell is told with its number, its own line and the error", async () => {
  const { failure, notebook } = await execute([
    "interface A {\n  a: number;\n}\n",
    "function half(a: number): number {\n  // Halves.\n\n  if (a > 2) throw new RangeError(`got ${a}`);\n  return a / 2;\n}\n\nhalf(3);",
    "half(1);",
  ]);
  assertEquals([failure?.cell, failure?.line, failure?.error], [2, 4, "RangeError: got 3"]);
  assertStringIncludes(failure!.source, "throw new RangeError");
  assertEquals(notebook.cells.length, 4);
});

Deno.test("a cell that is no TypeScript fails with its line and what is wrong", async () => {
  const { failure } = await execute(["const a = 1;", "const b = 2;\nconst c = ;"]);
  assertEquals([failure?.cell, failure?.line, failure?.source], [2, 2, "const c = ;"]);
  assertStringIncludes(failure!.error, "Expression expected");
});

Deno.test("a cell that does not end is told by its number", async () => {
  const { failure } = await execute(["1;", "while (true) {}"], 3);
  assertEquals(failure?.cell, 2);
  assertEquals([failure?.error, failure?.late], ["it did not end within the time limit", true]);
});

Deno.test("a kernel that ends is told with the cell that ended it", async () => {
  const { failure } = await execute(["1;", "Deno.exit(3);"]);
  assertEquals(failure?.cell, 2);
  assertStringIncludes(failure!.error, "Deno has ended (exit code 3)");
});

/** Takes a port of the kernel before it listens, at its first `times` starts. */
function taken(times: number): (jupyter: Jupyter) => Promise<void> {
  return async ({ python: { env } }) => {
    const folder = env.JUPYTER_DATA_DIR;
    const file = kernelFile(folder, KERNEL_NAME);
    const spec: KernelSpec = JSON.parse(await Deno.readTextFile(file));
    const script = `
      const [starts, connection, ...argv] = Deno.args;
      Deno.writeTextFileSync(starts, "x", { append: true });
      const { ip, stdin_port } = JSON.parse(Deno.readTextFileSync(connection));
      const started = Deno.statSync(starts).size;
      const taken = started > ${times} ? undefined : Deno.listen({ hostname: ip, port: stdin_port });
      const { code } = await new Deno.Command(argv[0], { args: argv.slice(1) }).spawn().status;
      taken?.close();
      Deno.exit(code);
    `;
    const path = join(folder, "taken.js");
    await Deno.writeTextFile(path, script);
    const argv = [
      spec.argv[0],
      ...["run", "--allow-all", "--no-config", path, join(folder, "starts")],
      "{connection_file}",
      ...spec.argv,
    ];
    await Deno.writeTextFile(file, JSON.stringify({ ...spec, argv }));
  };
}

Deno.test("a kernel whose ports were taken as it started is started again, on others", async () => {
  const { failure, missing } = await execute(["const a = 1;"], 60, taken(2));
  assertEquals([failure, missing], [undefined, []]);
});

Deno.test("a kernel that never starts is an error, with what the kernel said", async () => {
  const error = await assertRejects(() => execute(["const a = 1;"], 60, taken(Infinity)), Error);
  assertMatch(error.message, /^Cannot run .*: the kernel did not start in 5 tries\. /);
  assertStringIncludes(error.message, "AddrInUse");
  assert(!error.message.includes("Traceback"), error.message);
});

Deno.test("what the kernel shows and Jupyter does not get is missing", async () => {
  const { missing } = await execute([
    'import { show } from "@/notebook/show.ts";\nawait show("one");',
    // What a lost output looks like from outside: numbered, and not sent.
    "const send = Deno.jupyter.broadcast;\nDeno.jupyter.broadcast = () => Promise.resolve();\n" +
    'await show("two");\nDeno.jupyter.broadcast = send;\nvoid 0;',
    'await show("three");',
  ]);
  assertEquals(missing, ["output 2 of 3 was lost, in cells 1 to 3: two"]);
});

Deno.test("a cell that prints is refused, whether or not the kernel lost it", async () => {
  const { missing } = await execute(["console.log(1);"]);
  assertStringIncludes(missing.join(), "cell 1, line 1");
});

Deno.test("an interrupted kernel goes on: the loop ends, names are still there", async () => {
  await using jupyter = await Jupyter.start();
  const folder = await Deno.makeTempDir();
  await writeKernelSpec(folder);
  const { success, stdout, stderr } = await runPython(
    { ...jupyter.python, env: { ...jupyter.python.env, JUPYTER_PATH: folder } },
    ["-c", INTERRUPT],
  );
  await Deno.remove(folder, { recursive: true });
  assert(success, stderr);
  assertEquals(stdout.trim(), "ok error ok alive");
});

const INTERRUPT = `
import os, time
from jupyter_client import KernelManager
manager = KernelManager(kernel_name="deno")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
def run(code, interrupt=False):
    client.execute(code)
    if interrupt:
        time.sleep(1)
        manager.interrupt_kernel()
    return client.get_shell_msg(timeout=20)["content"]["status"]
try:
    said = [run("const a = 1;"), run("while (true) {}", True), run("if (a !== 1) throw a;")]
    print(*said, "alive" if manager.is_alive() else "dead", flush=True)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
os._exit(0)
`;
