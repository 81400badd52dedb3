/** What is typed about a queue, and is wrong before anything is done. */
import { assertEquals, assertMatch } from "@std/assert";
import { QUEUE_VARIABLE } from "@/jobs/queue_address.ts";
import { runHere } from "../support/commands.ts";

Deno.test("who needs a queue and names none, or none that can be, is told how to", async () => {
  const wrong: [string, string[], RegExp][] = [
    ["worker", [], /error: name the queue with --queue redis:\/\/host, or in the variable/],
    ["jobs", ["list"], /error: name the queue with --queue/],
    ["worker", ["--queue", "host:6379"], /must be redis:\/\/host:port.* got host:6379/],
    ["worker", ["--queue", "redis://h", "--jobs", "0"], /at least 1/],
    ["worker", ["--queue", "redis://h", "--if-gone", "cry"], /must be one of wait, end/],
    ["jobs", ["cancel", "--queue", "redis://h"], /cancel needs ids, or the option --all/],
    [
      "jobs",
      ["retry", "a", "--all", "--queue", "redis://h"],
      /retry needs ids, or the option --all/,
    ],
    [
      "assignment",
      ["grade", "a", "--submissions", "b", "--out", "c", "--queue", "http://h"],
      /got http:/,
    ],
  ];
  for (const [name, args, says] of wrong) {
    const { code, stderr } = await runHere(name, ...args);
    assertEquals(code, 2, `${name} ${args.join(" ")}: ${stderr}`);
    assertMatch(stderr, says);
  }
});

Deno.test("a variable that names no queue is refused, and its password is not printed", async () => {
  Deno.env.set(QUEUE_VARIABLE, "http://ada:opensesame@host");
  try {
    for (const [name, ...args] of [["worker"], ["jobs", "list"], ["sweep"]]) {
      const { code, stderr } = await runHere(name, ...args);
      assertEquals(code, 2, stderr);
      assertMatch(stderr, /error: GAN_WORKBOOK_QUEUE: Cannot use this as a queue.*got http:/);
      assertEquals(/sesame/.test(stderr), false);
    }
  } finally {
    Deno.env.delete(QUEUE_VARIABLE);
  }
});
