/** `deno task ok` and the full gate: what counts as a failure. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCheck } from "../../tools/ok.ts";

const PASSED = "echo 'ok | 3 passed | 0 failed (1s)'";

Deno.test("a check that ends with exit code 0 is ok, and its line says how many tests passed", async () => {
  const { success, line } = await runCheck("tests", "sh", ["-c", PASSED]);
  assert(success);
  assertMatch(line, /^ok +tests +[\d.]+ s {2}3 passed \| 0 failed/);
});

for (
  const [what, shell, said] of [
    ["is ended by a signal", `${PASSED}; kill -ABRT $$`, "ended by SIGABRT"],
    ["crashes", `${PASSED}; kill -SEGV $$`, "ended by SIGSEGV"],
    [
      "has a child that is ended by a signal",
      `${PASSED}; sh -c 'kill -ABRT $$'; exit $?`,
      "SIGABRT",
    ],
    ["ends with another exit code than 0", `${PASSED}; exit 3`, "exit code 3"],
  ]
) {
  Deno.test(`a test process that says that all passed, and then ${what}, has failed`, async () => {
    const { success, line } = await runCheck("tests", "sh", ["-c", shell]);
    assertEquals(success, false);
    assertMatch(line, /^FAILED +tests +[\d.]+ s {2}3 passed \| 0 failed/);
    assertStringIncludes(line, said);
  });
}

/** Runs the gate's own way of running a step, or two at the same time, on fake ones. */
async function step(...bodies: string[]): Promise<string> {
  const fakes = bodies.map((body, i) => `fake_${i}() { ${body}; }; `).join("");
  const named = bodies.map((_, i) => `"step ${i}" fake_${i}`).join(" ");
  const script = `. .ci/step.sh; work=$(mktemp -d); export work; trap 'rm -rf "$work"' EXIT
    ${fakes}${bodies.length > 1 ? "both" : "step"} ${named}; echo "$passed passed, $failed failed"`;
  const { stdout } = await new Deno.Command("bash", { args: ["-euo", "pipefail", "-c", script] })
    .output();
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name:
    "a step of the full gate that aborts after its last line has failed, and the signal is named",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    assertMatch(await step(PASSED), /^ok {6}step 0.*\n1 passed, 0 failed\n$/);
    for (
      const [body, said] of [
        [`{ ${PASSED}; sh -c 'kill -ABRT $$'; } 2>&1 | tee "$work/x"`, "ended by SIGABRT"],
        [`${PASSED}; kill -SEGV $$`, "ended by SIGSEGV"],
        [`${PASSED} | tee "$work/x"; false; true`, "exit code 1"],
      ]
    ) {
      const told = await step(body);
      assertMatch(told, /^FAILED {2}step 0/);
      assertStringIncludes(told, said);
      assertStringIncludes(told, "0 passed, 1 failed");
    }
    // Each waits for the other one's file, and each has the log that is its own.
    const meet = (own: string, other: string) =>
      `touch "$work/${own}"; timeout 20 sh -c 'until test -e "$work/${other}"; do sleep 0.1; done'`;
    const [a, b] = [meet("a", "b"), meet("b", "a")];
    assertMatch(await step(a, b), /^ok {6}step 0.*\nok {6}step 1.*\n2 passed, 0 failed\n$/);
    assertMatch(
      await step(`${a}; echo first; false`, `${b}; echo second`),
      /^FAILED {2}step 0.*\nfirst\nok {6}step 1.*\n1 passed, 1 failed\n$/,
    );
    assertMatch(
      await step(`${a}; echo first`, `${b}; echo second; exit 3`),
      /^ok {6}step 0.*\nFAILED {2}step 1.*exit code 3\nsecond\n1 passed, 1 failed\n$/,
    );
  },
});
