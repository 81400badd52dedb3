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

/** Runs the gate's own way of running a step on a fake one. */
async function step(body: string): Promise<string> {
  const script = `. .ci/step.sh; work=$(mktemp -d); export work; trap 'rm -rf "$work"' EXIT
    fake() { ${body}; }; step "a step" fake; echo "$passed passed, $failed failed"`;
  const { stdout } = await new Deno.Command("bash", { args: ["-euo", "pipefail", "-c", script] })
    .output();
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name:
    "a step of the full gate that aborts after its last line has failed, and the signal is named",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    assertMatch(await step(PASSED), /^ok {6}a step.*\n1 passed, 0 failed\n$/);
    for (
      const [body, said] of [
        [`{ ${PASSED}; sh -c 'kill -ABRT $$'; } 2>&1 | tee "$work/x"`, "ended by SIGABRT"],
        [`${PASSED}; kill -SEGV $$`, "ended by SIGSEGV"],
        [`${PASSED} | tee "$work/x"; false; true`, "exit code 1"],
      ]
    ) {
      const told = await step(body);
      assertMatch(told, /^FAILED {2}a step/);
      assertStringIncludes(told, said);
      assertStringIncludes(told, "0 passed, 1 failed");
    }
  },
});
