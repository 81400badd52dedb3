/** `--pretrained` of the commands, as a user gives it. */
import { join } from "node:path";
import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { PIXELS } from "@/data/mnist.ts";
import { type Evaluation } from "@/eval/suite.ts";
import { decodeNpy } from "@/formats/npy.ts";
import { readPretrained } from "@/run/pretrained.ts";
import { PRETRAINED_NAMES } from "@/run/pretrained_names.ts";
import { inTempFolder, run, runHere } from "../support/commands.ts";

const [NAME] = PRETRAINED_NAMES;

Deno.test("sample --pretrained draws the same images of the same seed, others of another", () =>
  inTempFolder(async (folder) => {
    const draw = async (file: string, seed: string) => {
      const out = join(folder, file);
      const args = ["--pretrained", NAME, "--count", "3", "--seed", seed, "--out", out];
      const { code, stderr } = await run("sample", ...args);
      assertEquals(code, 0, stderr);
      const { steps } = (await readPretrained(NAME)).record;
      assertStringIncludes(stderr, `3 samples of step ${steps}, seed ${seed}: ${out}`);
      return decodeNpy(await Deno.readFile(out), out);
    };
    const first = await draw("a.npy", "5");
    assertEquals(first.shape, [3, PIXELS]);
    assert(first.data.every((pixel) => pixel >= 0 && pixel <= 1));
    assertEquals(await draw("b.npy", "5"), first);
    assertFalse((await draw("c.npy", "6")).data.join() === first.data.join());
  }));

Deno.test("evaluate --pretrained measures what sample --pretrained draws", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "x.npy");
    const drawn = ["--pretrained", NAME, "--count", "200", "--seed", "4"];
    assertEquals((await run("sample", ...drawn, "--out", file)).code, 0);
    const evaluate = async (...args: string[]) => {
      const { code, stdout, stderr } = await run("evaluate", "--metrics", "score", ...args);
      assertEquals(code, 0, stderr);
      return stdout;
    };
    const found: Evaluation = JSON.parse(await evaluate(...drawn, "--json"));
    assertEquals(found.samples, 200);
    assertEquals(JSON.parse(await evaluate("--samples", file, "--json")), found);
    assertMatch(await evaluate(...drawn), new RegExp(`^200 samples: pretrained ${NAME}, step `));
  }));

for (const command of ["sample", "evaluate"]) {
  const wrong: [string[], string][] = [
    [["--pretrained", "cake"], `It must be one of ${PRETRAINED_NAMES.join(", ")}`],
    [["--pretrained"], "argument missing"],
    [["--pretrained", NAME, "--run", "a"], "--run and --pretrained exclude each other"],
    [["--checkpoint", "a", "--pretrained", NAME], "--checkpoint and --pretrained exclude"],
  ];
  for (const [args, message] of wrong) {
    Deno.test(`${command} ${args.join(" ")} is a wrong argument: exit code 2`, async () => {
      const { code, stdout, stderr } = await runHere(command, ...args);
      assertEquals([code, stdout], [2, ""], stderr);
      assertStringIncludes(stderr, message);
      assertFalse(/\n\s+at /.test(stderr), "no stack");
    });
  }

  Deno.test(`deno task ${command} --help names the pretrained generators`, async () => {
    const { code, stdout } = await runHere(command, "--help");
    assertEquals(code, 0);
    assertStringIncludes(stdout.replaceAll(/\s+/g, " "), PRETRAINED_NAMES.join(", "));
  });
}
