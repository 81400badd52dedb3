/**
 * Signals: every command that takes a while ends with 128 + the signal's number and leaves no temporary
 * file, no folder and no process behind.
 */
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { notebookText } from "@/notebook/document.ts";
import { ended, inTempFolder, start, startProgram } from "../support/commands.ts";
import { smallDataSet, writeDataSet } from "../support/idx_files.ts";
import { smallNotebook } from "../support/submissions.ts";

const ON_UNIX = { ignore: Deno.build.os === "windows" };

const DATA = await writeDataSet(smallDataSet());
globalThis.addEventListener("unload", () => Deno.removeSync(DATA, { recursive: true }));

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type Ending = keyof typeof NUMBERS;

/** Everything below a folder; what goes meanwhile is not there. */
function below(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => [
      name,
      ...(isDirectory ? below(join(folder, name)) : []),
    ]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Lines of the table of processes that name a folder. */
async function processesOf(folder: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-A", "-o", "args"] }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(folder));
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 300_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within five minutes: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Work {
  name: string;
  args: (folder: string) => string[];
  /** Whether it is in the middle of its work; by default, once it has a temporary folder. */
  busy?: (folder: string, temporary: string) => boolean;
  /** What may be left of its output. */
  left?: RegExp;
}

const WORK: Work[] = [
  {
    name: "train",
    args: (folder) => [
      ...["--preset", "tiny", "--backend", "wasm", "--data", DATA, "--steps", "100000"],
      ...["--run", join(folder, "run")],
    ],
    busy: (folder) => below(folder).includes("metrics.jsonl"),
    left:
      /^(run|lock|samples|checkpoints|step-\d+\.(png|safetensors)|(config|metrics)\.jsonl?|report\.html)$/,
  },
  {
    name: "assignment",
    args: (folder) => ["release", "small.ipynb", "--out", join(folder, "out")],
  },
  {
    name: "bench",
    args: () => ["--workload", "spiral", "--r1", "without", "--no-torch", "--no-stock"],
  },
];

for (const [i, { name, args, busy, left = /^$/ }] of WORK.entries()) {
  for (const signal of Object.keys(NUMBERS) as Ending[]) {
    // Each command once with each signal would take a minute: train has all, the others one each.
    if (i > 0 && signal !== Object.keys(NUMBERS)[i % 3]) continue;
    const code = 128 + NUMBERS[signal];
    Deno.test({
      name: `${name} ends with ${code} at ${signal} and leaves nothing behind`,
      ...ON_UNIX,
      fn: () =>
        inTempFolder(async (folder) => {
          const [temporary, user] = [join(folder, "tmp"), join(folder, "user")];
          await Deno.mkdir(temporary);
          await Deno.mkdir(user);
          await Deno.writeTextFile(join(user, "small.ipynb"), notebookText(smallNotebook()));
          const child = start(name, args(user), { from: user, env: { TMPDIR: temporary } });
          const result = ended(child);
          const isBusy = busy ?? ((_, temporary) => below(temporary).length > 0);
          await Promise.race([
            until(() => isBusy(user, temporary), `${name} is at work`),
            result.then(({ stderr }) => Promise.reject(new Error(stderr))),
          ]);
          child.kill(signal);
          const found = await result;
          assertEquals(found.code, code, found.stderr);
          assert(!/\n\s+at /.test(found.stderr), found.stderr);
          assertEquals(below(temporary), []);
          assertEquals(below(user).filter((one) => one !== "small.ipynb" && !left.test(one)), []);
          assertEquals(await processesOf(folder), []);
        }),
    });
  }
}

Deno.test({
  name: "a signal in the middle of a write ends the process and leaves the old file alone",
  ...ON_UNIX,
  fn: () =>
    inTempFolder(async (folder) => {
      const file = join(folder, "x");
      await Deno.writeFile(file, new Uint8Array(2 ** 20));
      for (const signal of Object.keys(NUMBERS) as Ending[]) {
        const child = startProgram("tests/support/write_megabyte.ts", [file, "7", "100000"]);
        const result = ended(child);
        await until(() => below(folder).some((name) => name.endsWith(".tmp")), "a write");
        child.kill(signal);
        assertEquals((await result).code, 128 + NUMBERS[signal]);
        assertEquals(below(folder), ["x"]);
        assertEquals((await Deno.readFile(file)).length, 2 ** 20);
      }
    }),
});

Deno.test({
  name: "a command that waits for nothing of its own is ended by a signal at once",
  ...ON_UNIX,
  fn: () =>
    inTempFolder(async (folder) => {
      const child = start("evaluate", ["--pretrained", "mlp", "--metrics", "all"], {
        from: folder,
        env: { TMPDIR: folder },
      });
      const result = ended(child);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      child.kill("SIGTERM");
      const { code, stdout } = await result;
      assertEquals([code, stdout], [143, ""]);
      assertEquals(below(folder), []);
    }),
});

Deno.test({
  name: "a gate that is stopped ends its checks with it",
  ...ON_UNIX,
  fn: () =>
    inTempFolder(async (folder) => {
      const child = start("ok", ["--no-tests"], { env: { TMPDIR: folder } });
      const result = ended(child);
      await until(async () => (await childrenOf(child.pid)).length > 0, "a check");
      const checks = await childrenOf(child.pid);
      child.kill("SIGTERM");
      const { code, stderr } = await result;
      assertEquals(code, 143, stderr);
      for (const pid of checks) {
        const { success } = await new Deno.Command("ps", { args: ["-p", pid] }).output();
        assertEquals(success, false, "the check has ended");
      }
    }),
});

async function childrenOf(pid: number): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "pid=", "--ppid", String(pid)] })
    .output();
  return new TextDecoder().decode(stdout).split("\n").map((line) => line.trim()).filter(Boolean);
}
