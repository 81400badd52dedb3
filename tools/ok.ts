/**
 * `deno task ok`: everything that must hold before a commit, one line a check.
 *
 * What a check printed is shown when it fails.
 *
 * @module
 */
import { createProgram, main } from "@/cli/program.ts";

const CODE = ["lib", "tests", "tests_jupyter", "bench", "tools", "links"];

interface Flags {
  fix?: boolean;
  tests: boolean;
}

/** The arguments of `deno` that make each check, by the check's name. */
async function checksFor({ fix, tests }: Flags): Promise<Record<string, string[]>> {
  // On the command line, an --ignore replaces the lists of deno.json.
  const { exclude, fmt } = JSON.parse(await Deno.readTextFile("deno.json"));
  const unformatted = ["**/*.ipynb", ...exclude, ...fmt.exclude].join();
  return {
    format: fix ? ["fmt"] : ["fmt", "--check", `--ignore=${unformatted}`],
    lint: ["lint", ...CODE],
    types: ["check", ...CODE],
    notebooks: ["run", "--no-prompt", "-R", "-W", "-E", "-S", "--allow-run", "tools/cells.ts"],
    ...(tests ? { tests: ["task", "test"] } : {}),
    "doc examples": ["test", "--doc", "--no-prompt", "-R", "-E", "-S", "lib"],
  };
}

async function run(args: string[]): Promise<number> {
  const program = createProgram("ok", "Checks everything that must hold before a commit.")
    .option("--fix", "format in place of complaining")
    .option("--no-tests", "leave the tests out");
  program.parse(args, { from: "user" });
  const checks = Object.entries(await checksFor(program.opts<Flags>()));

  let failed = 0;
  for (const [name, args] of checks) {
    const start = performance.now();
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const summary = text.match(/\d+ passed \|.*failed.*/)?.[0] ?? "";
    console.log(
      `${success ? "ok    " : "FAILED"}  ${name.padEnd(13)} ${seconds.padStart(6)} s  ${summary}`,
    );
    const notRun = text.match(/.*NOT RUN.*/g) ?? [];
    if (notRun.length > 0) console.log(`        ${notRun.length} tests not run: no WebGPU adapter`);
    if (!success) {
      failed++;
      console.log(text);
    }
  }
  console.log(failed === 0 ? "\nAll is well." : `\n${failed} of ${checks.length} checks failed.`);
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) await main(() => run(Deno.args));
