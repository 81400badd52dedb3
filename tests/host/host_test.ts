/**
 * Both hosts keep to one interface. What a browser's asks of the platform, Deno has as well: it is
 * tried here too.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { host as browser } from "@/host/browser.ts";
import { GzipError } from "@/host/gzip_error.ts";
import { host as deno } from "@/host/host.ts";
import { Random } from "@/random.ts";

const HOSTS = { deno, browser };

/** Bytes that gzip cannot make much smaller. */
const NOISE = new Uint8Array(new Random(1).uniforms(50_000).buffer);
const PACKED = new Uint8Array(gzipSync(NOISE));

for (const [name, host] of Object.entries(HOSTS)) {
  Deno.test(`${name}: SHA-256 is that of FIPS 180-4's examples, in parts and in one`, () => {
    const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assertEquals(host.sha256("abc"), abc);
    assertEquals(host.sha256("a", new TextEncoder().encode("bc")), abc);
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assertEquals([host.sha256(), host.sha256("", new Uint8Array())], [empty, empty]);
    assertEquals(host.sha256("π"), host.sha256(Uint8Array.of(0xcf, 0x80)));
  });

  Deno.test(`${name}: a whole gzip file is unpacked, up to its limit and not beyond it`, async () => {
    assertEquals(await host.gunzip(PACKED, NOISE.length), NOISE);
    const error = await assertRejects(() => host.gunzip(PACKED, NOISE.length - 1), GzipError);
    assertEquals(error.fault, "longer");
  });

  Deno.test(`${name}: a gzip file that is cut off or damaged is refused`, async () => {
    const faultOf = async (bytes: Uint8Array) =>
      (await assertRejects(() => host.gunzip(bytes, NOISE.length), GzipError)).fault;
    assertEquals(await faultOf(PACKED.subarray(0, -9)), "truncated");
    assertEquals(await faultOf(PACKED.subarray(0, PACKED.length >> 1)), "truncated");
    assertEquals(await faultOf(Uint8Array.of(0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9)), "damaged");
  });

  Deno.test(`${name}: the first bytes of a gzip file give the first bytes of its content`, async () => {
    const start = await host.gunzipStart(PACKED.subarray(0, 4096));
    assert(start.length > 2000, `${start.length} bytes of 4,096`);
    assertEquals(start, NOISE.slice(0, start.length));
    assertEquals(await host.gunzipStart(gzipSync("short")), new TextEncoder().encode("short"));
    await assertRejects(() => host.gunzipStart(new Uint8Array(100).fill(7)), GzipError);
  });

  Deno.test(`${name}: a turn lets in what waits, and a pause takes its time`, async () => {
    const order: string[] = [];
    const waiting = new Promise<void>((resolve) => {
      setTimeout(() => resolve(void order.push("timer")), 0);
    });
    const began = performance.now();
    for (let i = 0; i < 200; i++) await host.nextTurn();
    await waiting;
    await host.pause(20);
    order.push("pause");
    assertEquals(order, ["timer", "pause"]);
    assert(performance.now() - began >= 15);
  });
}

Deno.test("both hosts write a value in the same way", () => {
  class Point {
    constructor(readonly x: number, readonly y: number) {}
  }
  const values: unknown[] = [
    ...[1, -0, NaN, 1e21, 12n, true, null, undefined, "a", 'a "quoted" one', "a\nline"],
    ...[[], [1, [2, "b"]], {}, { a: 1, b: { c: [2] } }, new Point(1, 2), Math.sin, () => 1],
    ...[Float32Array.of(0.5, 1), Symbol("s"), Object.create(null)],
  ];
  const options = { depth: 2, compact: true, strAbbreviateSize: 60, iterableLimit: 6 };
  for (const value of values) {
    assertEquals(
      browser.inspect(value, options),
      deno.inspect(value, options).replaceAll(/\s+/g, " "),
    );
  }
  assertEquals(browser.inspect([{ a: 1 }], { depth: 0 }), "[ [Object] ]");
});

Deno.test("a browser has the files that its reader has picked, and says how to pick one", async () => {
  assertEquals(await browser.files.isFolder("images"), false);
  await assertRejects(
    () => browser.files.read("images"),
    Error,
    'Cannot read images: there is no such file here. On a page, code reads the files that you have picked: use "Your files"',
  );
});

Deno.test("both hosts have the same members, but for what only one of them knows", () => {
  const only = ["architecture", "jupyter", "tensorflowFolder"];
  const members = (host: object) => Object.keys(host).filter((key) => !only.includes(key)).sort();
  assertEquals(members(browser), members(deno));
});
