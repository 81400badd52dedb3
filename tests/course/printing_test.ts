/** Whatever a submission prints, reads or closes, by whatever means: its answers arrive. */
import { assertEquals } from "@std/assert";
import { grade, smallAssignment, submission } from "../support/submissions.ts";

/** Ways to print: statements. What they need is imported, or is there. */
const ways: Record<string, string> = {
  "console.log": `console.log("double of", x);`,
  "console.error": `console.error("double of", x);`,
  "console.table, dir, assert, trace":
    `console.table([x]); console.dir({ x }); console.assert(false); console.trace();`,
  "process.stdout, a point": `process.stdout.write(".");`,
  "process.stdout, a line": `process.stdout.write("x\\n");`,
  "process.stdout, then more": `process.stdout.write("a", () => process.stdout.write("b"));`,
  "process.stderr": `process.stderr.write("warning");`,
  "the process of Node": `(await import("node:process")).default.stdout.write("x");`,
  "a console of Node":
    `const { Console } = await import("node:console"); new Console(process.stdout).log(x);`,
  "Deno.stdout, at once": `Deno.stdout.writeSync(new TextEncoder().encode("x"));`,
  "Deno.stdout, some time": `Deno.stdout.write(new TextEncoder().encode("x"));`,
  "Deno.stderr": `Deno.stderr.writeSync(new TextEncoder().encode("x"));`,
  "a file by its number":
    `(await import("node:fs")).writeSync(1, "x"); (await import("node:fs")).writeSync(2, "x");`,
  "alert, prompt, confirm": `alert("stop"); prompt("x?"); confirm("x!");`,
  "a carriage return": `Deno.stdout.writeSync(new TextEncoder().encode("\\rprogress 10 %"));`,
  "what looks like an answer":
    `Deno.stdout.writeSync(new TextEncoder().encode('{"value":1}\\n"ready"\\n'));`,
  "bytes": `Deno.stdout.writeSync(Uint8Array.from({ length: 256 }, (_, i) => i));`,
  "text that is not UTF-8": `Deno.stdout.writeSync(new Uint8Array([0xc3, 0x28, 0xff, 0xfe]));`,
  "half a character": `Deno.stdout.writeSync(new TextEncoder().encode("é").subarray(0, 1));`,
  "a megabyte without a line": `Deno.stdout.writeSync(new Uint8Array(2 ** 20).fill(97));`,
  "fifty megabytes":
    `for (let i = 0; i < 50; i++) Deno.stdout.writeSync(new Uint8Array(2 ** 20).fill(97));`,
  "ten thousand lines": `for (let i = 0; i < 1e4; i++) process.stdout.write(i + "\\n");`,
  "in a loop in the background":
    `globalThis.loops ??= (async () => { for (;;) await Deno.stdout.write(new Uint8Array(1000)); })();`,
  "in a timer":
    `setTimeout(() => process.stdout.write("x"), 0); setInterval(() => console.log("x"), 1);`,
  "in a microtask":
    `queueMicrotask(() => Deno.stdout.writeSync(new Uint8Array(10))); Promise.resolve().then(() => process.stdout.write("x"));`,
  "by a stream":
    `const w = Deno.stdout.writable.getWriter(); w.write(new Uint8Array(10)); w.releaseLock();`,
  "by a stream that closes it":
    `await new Blob(["x"]).stream().pipeTo(Deno.stdout.writable).catch(() => {});`,
  "by a replaced function":
    `Deno.stdout.writeSync = () => 0; Deno.stdout.write = () => Promise.resolve(0); console.log = () => { throw 1; };`,
  "closes its output":
    `try { Deno.stdout.close(); Deno.stderr.close(); } catch { /* closed already */ }`,
  "ends its output by Node": `process.stdout.end("x"); process.stdout.destroy();`,
  "reads its input":
    `Deno.stdin.readSync(new Uint8Array(100)); await Deno.stdin.read(new Uint8Array(100));`,
  "listens to its input": `process.stdin.on("data", () => {}); process.stdin.setEncoding("utf8");`,
  "closes its input": `try { Deno.stdin.close(); } catch { /* closed already */ }`,
  "listens to what it may":
    `for (const event of ["SIGTERM", "exit", "message"]) process.on(event, () => console.log(event));`,
};

const assignment = smallAssignment();
const TOTAL = "function total(xs) { return xs.reduce((s, x) => s + 2 * x, 0); }";

/** It prints as its cells are taken in, and before each answer. */
const printing = (way: string) =>
  submission(assignment, {
    double: `const x = 3;
async function print() {\n${way}\n}
await print();
async function double(x) { await print(); return 2 * x; }`,
    total: TOTAL,
  });

Deno.test(`${Object.keys(ways).length} ways to print cost no point`, async () => {
  const gradings = await grade(assignment, Object.values(ways).map(printing));
  const lost = Object.keys(ways).map((name, i) => [
    name,
    gradings[i].marks.filter(({ id, outcome }) => outcome !== "right" && id !== "essay-why")
      .map(({ message }) => message),
  ]).filter(([, messages]) => messages.length > 0);
  assertEquals(lost, []);
});

Deno.test("a getter of the answer that prints costs no point", async () => {
  const double = `function double(x) {
  return new Proxy([], { get() { process.stdout.write("."); return undefined; } }) && 2 * x;
}`;
  const [{ marks }] = await grade(assignment, [submission(assignment, { double, total: TOTAL })]);
  assertEquals(marks.slice(0, 3).map(({ points }) => points), [30, 30, 30]);
});
