/** The tests that Jupyter publishes for kernels (Debian: python3-jupyter-kernel-test), and four of the protocol's rules. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { writeKernelSpec } from "@/notebook/kernelspec.ts";

/** What neither kernel offers. */
const NOT_OFFERED = {
  test_history: "failed",
  "test_history (hist_access_type='range')": "skipped",
  "test_history (hist_access_type='search')": "skipped",
  test_inspect: "failed",
  test_pager: "skipped",
};

const PASSED = [
  "test_clear_output",
  "test_completion",
  "test_display_data",
  "test_error",
  "test_execute_result",
  "test_execute_stderr",
  "test_execute_stdout",
  "test_interrupt",
  "test_is_complete",
  "test_kernel_info",
  "test_silent",
  "test_stop_on_error",
  "test_syntax_error",
];

Deno.test("our kernel passes the tests that Jupyter publishes, but for history and inspection", async () => {
  const folder = await Deno.makeTempDir({ prefix: "jupyter-" });
  try {
    await writeKernelSpec(folder, "ours");
    const { stdout, stderr } = await new Deno.Command("/usr/bin/python3", {
      args: [join(import.meta.dirname!, "support", "conformance.py"), "ours"],
      env: { JUPYTER_PATH: folder, PYTHONDONTWRITEBYTECODE: "1" },
      cwd: "notebooks",
    }).output();
    const text = new TextDecoder();
    const results = text.decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(
      Object.fromEntries(results.map(({ test, result }) => [test, result])),
      { ...NOT_OFFERED, ...Object.fromEntries(PASSED.map((test) => [test, "passed"])) },
      text.decode(stderr),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
