/** The files of a page: those that its reader has picked, and those that it fetches. */
import { assertEquals, assertRejects } from "@std/assert";
import { gunzipSync, gzipSync } from "node:zlib";
import { addPicked, bytesOfResponse, fetchPacked, onFetching, pickedFiles } from "@/host/picked.ts";

class NotFound extends Error {}

const files = pickedFiles(NotFound);
const bytes = (...values: number[]) => Uint8Array.from(values);
const unpack = (packed: Uint8Array) => Promise.resolve(new Uint8Array(gunzipSync(packed)));

Deno.test("a picked file is found by its name, in the folder where a notebook is", async () => {
  addPicked("mine.npy", bytes(1, 2));
  addPicked("set/a.idx", bytes(3));
  assertEquals(await files.read("mine.npy"), bytes(1, 2));
  assertEquals(await files.read("./mine.npy"), bytes(1, 2));
  assertEquals(await files.size("mine.npy"), 2);
  assertEquals(await files.list("."), ["mine.npy", "set"]);
  assertEquals(await files.list("set/"), ["a.idx"]);
  assertEquals([await files.isFolder("set"), await files.isFolder("mine.npy")], [true, false]);
  assertEquals(await files.read(files.join("set", "a.idx")), bytes(3));
});

Deno.test("code that changes what it has read does not change the file", async () => {
  addPicked("kept.npy", bytes(1));
  (await files.read("kept.npy"))[0] = 9;
  assertEquals(await files.read("kept.npy"), bytes(1));
});

Deno.test("a file that was not picked: the error says how to pick it", async () => {
  assertEquals(await files.isFile("other.npy"), false);
  await assertRejects(() => files.read("other.npy"), NotFound, 'use "Your files" above the cells');
});

Deno.test("how much of a file has come is told while it comes", async () => {
  const told: unknown[] = [];
  onFetching((...heard) => void told.push(heard));
  const stream = ReadableStream.from([bytes(1, 2), bytes(3)]);
  const response = new Response(stream, { headers: { "content-length": "3" } });
  assertEquals(await bytesOfResponse(response, "set"), bytes(1, 2, 3));
  assertEquals(told, [["set", 2, 3], ["set", 3, 3]]);
});

Deno.test("a packed file is unpacked and kept; one that a server has unpacked is taken as it is", async () => {
  const content = bytes(0, 0, 8, 1, ...Array(1000).keys());
  let asked = 0;
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    asked++;
    const { pathname } = new URL(request.url);
    if (pathname === "/packed.gz") return new Response(new Uint8Array(gzipSync(content)));
    if (pathname === "/plain.gz") return new Response(content);
    return new Response(null, { status: 404 });
  });
  const at = (name: string) => `http://127.0.0.1:${server.addr.port}/${name}`;
  try {
    assertEquals(await fetchPacked(at("packed.gz"), "x", unpack), content);
    assertEquals(await fetchPacked(at("packed.gz"), "x", unpack), content);
    assertEquals(asked, 1, "the second time it is kept");
    assertEquals(await fetchPacked(at("plain.gz"), "x", unpack), content);
    assertEquals(await fetchPacked(at("none.gz"), "x", unpack), undefined);
  } finally {
    await caches.delete("gan-workbook data 1");
  }
});

Deno.test("what is kept and damaged is thrown away and fetched again; what is no data set is not kept", async () => {
  const content = bytes(0, 0, 8, 1, ...Array(1000).keys());
  const packed = new Uint8Array(gzipSync(content));
  let answer: Uint8Array<ArrayBuffer>;
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response(answer),
  );
  const at = `http://127.0.0.1:${server.addr.port}/data.gz`;
  const kept = await caches.open("gan-workbook data 1");
  try {
    for (const damage of [packed.slice(0, 40), bytes(1, 2, 3), bytes()]) {
      answer = packed;
      await kept.put(at, new Response(damage));
      assertEquals(await fetchPacked(at, "x", unpack), content);
      assertEquals(new Uint8Array(await (await kept.match(at))!.arrayBuffer()), packed);
      await kept.delete(at);
    }
    answer = new TextEncoder().encode("<!doctype html><title>Please log in</title>");
    await assertRejects(() => fetchPacked(at, "x", unpack), Error, "something else came");
    assertEquals(await kept.match(at), undefined);
  } finally {
    await caches.delete("gan-workbook data 1");
  }
});
