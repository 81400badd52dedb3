"""The tests that Jupyter publishes for kernels, with cells of TypeScript: conformance.py KERNEL.

It prints a JSON line for each test: its name, and "passed", "failed" or "skipped", where the kernel offers nothing to test.
"""

import json
import sys
import time
import unittest

import jupyter_kernel_test


class Kernel(jupyter_kernel_test.KernelTests):
    kernel_name = sys.argv[1]
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("oops")'
    completion_samples = [{"text": "Math.sqr", "matches": {"sqrt"}}]
    complete_code_samples = ["1 + 1", "const f = (x: number) => {\n  return x;\n};"]
    incomplete_code_samples = ["const f = () => {", "f(1,"]
    invalid_code_samples = ["f(1]", "}"]
    code_generate_error = 'throw new Error("no")'
    code_syntax_error = "const a = 0,18;"
    code_execute_result = [
        {"code": "1 + 1", "result": "2"},
        {"code": "await Promise.resolve(6 * 7)", "result": "42"},
    ]
    code_display_data = [
        {
            "code": "await Deno.jupyter.display({ [Deno.jupyter.$display]: () => ({ 'image/png': '' }) })",
            "mime": "image/png",
        }
    ]
    code_inspect_sample = "Math.sqrt"
    supported_history_operations = ("tail",)
    code_clear_output = (
        "await Deno.jupyter.broadcast('clear_output', { wait: false })"
    )

    def test_syntax_error(self):
        """As test_error, of a text that cannot be read."""
        self.flush_channels()
        reply, outputs = self.execute_helper(self.code_syntax_error)
        self.assertEqual(reply["content"]["status"], "error")
        self.assertEqual([output["msg_type"] for output in outputs], ["error"])

    def test_silent(self):
        """The protocol: a silent cell is not echoed and has no number."""
        self.flush_channels()
        reply, outputs = self.execute_helper("1", silent=True)
        self.assertEqual(outputs, [])

    def test_stop_on_error(self):
        """The protocol: what waits behind an error is aborted."""
        self.flush_channels()
        first = self.kc.execute('await new Promise((r) => setTimeout(r, 100)); throw new Error("no")')
        second = self.kc.execute("1")
        replies = {}
        while len(replies) < 2:
            message = self.kc.get_shell_msg(timeout=10)
            replies[message["parent_header"]["msg_id"]] = message["content"]["status"]
        self.assertEqual([replies[first], replies[second]], ["error", "aborted"])

    def test_interrupt(self):
        """A cell that waits ends when it is stopped, and the next one runs."""
        self.flush_channels()
        self.kc.execute("await new Promise(() => {})")
        time.sleep(0.3)
        self.km.interrupt_kernel()
        self.assertEqual(self.kc.get_shell_msg(timeout=5)["content"]["status"], "error")
        self.flush_channels()
        reply, _ = self.execute_helper("1", timeout=5)
        self.assertEqual(reply["content"]["status"], "ok")


class Printed(unittest.TestResult):
    def say(self, test, how):
        print(json.dumps({"test": test.id().split(".")[-1], "result": how}), flush=True)

    def addSuccess(self, test):
        self.say(test, "passed")

    def addFailure(self, test, error):
        self.say(test, "failed")
        print(test.id(), error[1], file=sys.stderr)

    def addError(self, test, error):
        self.say(test, "failed")
        print(test.id(), error[1], file=sys.stderr)

    def addSkip(self, test, reason):
        self.say(test, "skipped")

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.say(test, "failed")
            print(test.id(), error[1], file=sys.stderr)


tests = unittest.TestLoader().loadTestsFromTestCase(Kernel)
# What a stop leaves behind is not to be met by the others.
ordered = sorted(tests, key=lambda test: "interrupt" in test.id())
unittest.TestSuite(ordered).run(Printed())
