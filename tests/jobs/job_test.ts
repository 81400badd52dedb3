/** What a job is known by, and where a queue is. */
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { digestOf, type Job, jobId, jobOrder } from "@/jobs/job.ts";
import { ownVersion } from "@/jobs/own_version.ts";
import { parseQueueAddress } from "@/jobs/queue_address.ts";
import { linesOf } from "@/jobs/job_protocol.ts";

const JOB: Job = {
  kind: "grade",
  version: "1",
  seed: 1,
  settings: { a: 1, b: { c: [1, 2], d: null } },
  inputs: { text: digestOf("text") },
};

Deno.test("a job is known by all that its result depends on, in whatever order that is written", () => {
  const turned = { ...JOB, settings: { b: { d: null, c: [1, 2] }, a: 1 } };
  assertEquals(jobId(turned), jobId(JOB));
  const others: Job[] = [
    { ...JOB, kind: "train" },
    { ...JOB, version: "2" },
    { ...JOB, seed: 2 },
    { ...JOB, settings: { a: 1, b: { c: [2, 1], d: null } } },
    { ...JOB, inputs: { text: digestOf("texts") } },
  ];
  const ids = [JOB, ...others].map(jobId);
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("a label and what is shared do not change a job, and its texts count by their digests", () => {
  const { inputs: _, ...rest } = JOB;
  const texts = { text: "text" };
  const one = jobOrder({ ...rest, texts, label: "one" });
  const other = jobOrder({ ...rest, texts, label: "other", shared: ["text"] });
  assertEquals(jobId(one.job), jobId(other.job));
  assertEquals(jobId(one.job), jobId(JOB));
  // SHA-256 of "abc", from FIPS 180-2, appendix B.1.
  assertEquals(
    digestOf("abc"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

Deno.test("the version names the code, Deno and the machine", async () => {
  const { os, arch } = Deno.build;
  const rest = ` on Deno ${Deno.version.deno}, ${os} ${arch}`;
  const version = await ownVersion();
  assertEquals(version.slice(12), rest);
  assertNotEquals(version.match(/^[0-9a-f]{12} /), null);
});

Deno.test("a queue's address is shown without what is secret in it", () => {
  const cases = {
    "redis://localhost": "redis://localhost",
    "redis://ada:secret@host:7000/2": "redis://host:7000/2",
    "rediss://:secret@[::1]:6380": "rediss://[::1]:6380",
  };
  for (const [url, shown] of Object.entries(cases)) {
    assertEquals(parseQueueAddress(url), { url, shown });
  }
});

Deno.test("what is no address of a queue is refused, without repeating a password", () => {
  for (
    const text of [
      "",
      "host:6379",
      "http://ada:secret@host",
      "redis://",
      "redis://h/secret",
      "secret",
    ]
  ) {
    const { message } = assertThrows(
      () => parseQueueAddress(text),
      RangeError,
      "redis://host:port",
    );
    if (text.includes("ada")) assertEquals(message.includes("secret"), false, message);
  }
});

Deno.test("lines are found again wherever a stream is cut, in the middle of a letter too", async () => {
  const text = "one\n\nvier und zwölf €\nlast";
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size <= bytes.length; size++) {
    const parts = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, i) => bytes.slice(i * size, (i + 1) * size),
    );
    assertEquals(await Array.fromAsync(linesOf(ReadableStream.from(parts))), text.split("\n"));
  }
});
