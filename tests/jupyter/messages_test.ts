import { assertEquals } from "@std/assert";
import { Messages } from "@/jupyter/messages.ts";
import { Transcript } from "@/jupyter/transcript.ts";
import { encodeFrames } from "@/jupyter/zmtp.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("frames are as ZMTP 3.0 writes them: flags, a length of one byte or eight, the body", () => {
  assertEquals([...encodeFrames([bytes("ab"), bytes("")])], [1, 2, 97, 98, 0, 0]);
  const long = encodeFrames([new Uint8Array(256).fill(7)]);
  assertEquals([...long.slice(0, 10)], [2, 0, 0, 0, 0, 0, 0, 1, 0, 7]);
  assertEquals(long.length, 9 + 256);
  assertEquals([...encodeFrames([bytes("x")], 4)], [4, 1, 120]);
});

Deno.test("a message is signed by HMAC-SHA256 of its four parts, and is read only with its key", async () => {
  const messages = new Messages("Jefe");
  const frames = messages.encode("status", { execution_state: "idle" }, {}, {
    metadata: { a: 1 },
  });
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes("Jefe"), algorithm, false, ["sign"]);
  const parts = new Blob(frames.slice(2, 6).map((frame) => new Uint8Array(frame)));
  const signature = await crypto.subtle.sign("HMAC", key, await parts.arrayBuffer());
  assertEquals(new TextDecoder().decode(frames[1]), new Uint8Array(signature).toHex());
  const read = messages.decode([bytes("identity"), ...frames])!;
  assertEquals([read.header.msg_type, read.content, read.metadata], [
    "status",
    { execution_state: "idle" },
    { a: 1 },
  ]);
  assertEquals(read.identities.map((frame) => new TextDecoder().decode(frame)), ["identity"]);
  assertEquals(new Messages("jefe").decode(frames), undefined);
  const changed = frames.with(5, bytes('{"execution_state":"busy"}'));
  assertEquals(messages.decode(changed), undefined);
  assertEquals(messages.decode(frames.slice(1)), undefined);
});

Deno.test("a page that comes back is told each output as it is now", () => {
  const transcript = new Transcript();
  const add = (type: string, content: object) => transcript.add({ type, content, metadata: {} });
  add("stream", { name: "stdout", text: "a" });
  add("stream", { name: "stdout", text: "b" });
  add("stream", { name: "stderr", text: "c" });
  const figure = (n: number) => ({ data: { n }, transient: { display_id: "x" } });
  add("display_data", figure(1));
  add("update_display_data", figure(2));
  add("status", { execution_state: "busy" });
  assertEquals(
    transcript.outputs.map(({ type, content }) => [type, content.text ?? content.data]),
    [
      ["stream", "ab"],
      ["stream", "c"],
      ["display_data", { n: 2 }],
    ],
  );
  add("clear_output", { wait: false });
  assertEquals(transcript.outputs, []);
  // A display of an earlier cell is one for the page, under the same name.
  add("update_display_data", figure(3));
  assertEquals(transcript.outputs.map(({ type }) => type), ["display_data"]);
});
