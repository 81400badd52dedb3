/**
 * The library in a browser that lacks something: it trains all the same, and says what took the
 * steps. Chromium is started without it, or it is taken from a worker before the library is loaded.
 * `docs/browsers.md` says which browsers these are.
 */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { BrowserBundle } from "../jupyter/real/support/browser_bundle.ts";
import { Reader } from "../jupyter/real/support/jupyter.ts";
import { type Computed, computed } from "../jupyter/real/support/ten_steps.ts";
import { type Lack, takeAway } from "./support/taken_away.ts";
import { type Asked, type Trained, trained } from "./support/trained.ts";

const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

const bundle = await BrowserBundle.make({
  thread: 'import "@/wasm/worker.ts";',
  // The library is loaded when all is gone that is to be taken away.
  worker: `import { takeAway } from ${at("support/taken_away.ts")};
    onmessage = async ({ data: { lacks, asked } }) => {
      try {
        lacks.forEach(takeAway);
        const found = asked
          ? await (await import(${at("support/trained.ts")})).trained(asked)
          : await (await import(${at("../jupyter/real/support/ten_steps.ts")})).computed();
        postMessage({ found });
      } catch (error) {
        postMessage({ error: error.stack });
      }
    };`,
});

/** The page as a host serves it that sets no headers. */
const BARE = `${bundle.url}?bare`;
const MLP: Asked = { preset: "mlp", backend: "auto", threads: 2 };

/** What a worker of a page says that lacks something. */
async function inWorker<T = Trained>(
  { page }: Reader,
  { lacks = [], asked, url = bundle.url }: { lacks?: Lack[]; asked?: Asked; url?: string },
): Promise<T> {
  await page.goto(url);
  const { found, error } = await page.evaluate<{ found?: T; error?: string }>(
    `new Promise((resolve) => {
      const worker = new Worker("/worker.js", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => resolve({ error: message ?? "the worker did not start" });
      worker.postMessage(${JSON.stringify({ lacks, asked })});
      setTimeout(() => resolve({ error: "nothing for two minutes" }), 120_000);
    })`,
  );
  assertEquals(error, undefined);
  return found!;
}

/** What Deno computes, with relaxed SIMD or without. */
const inDeno: Record<"relaxed" | "plain", Trained> = await (async () => {
  const relaxed = await trained({ ...MLP, backend: "wasm" });
  const putBack = takeAway("relaxed SIMD");
  const plain = await trained({ ...MLP, backend: "wasm", threads: 1 });
  putBack();
  return { relaxed, plain };
})();

Deno.test("a page that is not isolated trains on one thread, with the numbers of many", async () => {
  await using reader = await Reader.open();
  assertEquals(await reader.page.evaluate("typeof SharedArrayBuffer"), "undefined");
  const alone = await inWorker(reader, { asked: MLP, url: BARE });
  assertEquals(alone.steps, "planned, 1 thread");
  assertStringIncludes(alone.warning!, "not cross-origin isolated, so there is one thread");
  assertEquals(alone.digest, inDeno.relaxed.digest);
  assertEquals(reader.requests.filter((url) => url.endsWith("/thread.js")), []);

  const together = await inWorker(reader, { asked: MLP });
  assertEquals([together.steps, together.warning], ["planned, 2 threads", undefined]);
  assertEquals([together.backend, together.reason], ["wasm", "no WebGPU adapter"]);
  assertEquals(together.digest, inDeno.relaxed.digest);
  assert(reader.requests.some((url) => url.endsWith("/thread.js")));
  assertEquals(reader.errors, []);
});

Deno.test("a page of another machine, over plain HTTP, reads MNIST and trains on one thread", async () => {
  const name = "classroom.test";
  await using reader = await Reader.open({}, [`--host-resolver-rules=MAP ${name} 127.0.0.1`]);
  const url = bundle.url.replace("127.0.0.1", name);
  const asked = { ...MLP, mnist: true };
  const found = await inWorker(reader, { url, asked });
  assertEquals(
    await reader.page.evaluate("[isSecureContext, typeof crypto.subtle].join()"),
    "false,undefined",
  );
  assertEquals([found.backend, found.steps], ["wasm", "planned, 1 thread"]);
  assertEquals(found.id.length, 36);
  assertEquals(found.digest, (await trained({ ...asked, backend: "wasm" })).digest);
});

Deno.test("without relaxed SIMD the second build of the loops takes the steps, with its own last digits", async () => {
  await using reader = await Reader.open();
  const found = await inWorker(reader, { lacks: ["relaxed SIMD"], asked: MLP });
  assertEquals(found.steps, "planned, 2 threads, without relaxed SIMD");
  assertStringIncludes(found.warning!, "this WebAssembly has no relaxed SIMD");
  assertEquals(found.digest, inDeno.plain.digest);
  const both = await inWorker(reader, { lacks: ["relaxed SIMD"], asked: MLP, url: BARE });
  assertEquals(both.steps, "planned, 1 thread, without relaxed SIMD");
  assertEquals(both.digest, inDeno.plain.digest);
});

Deno.test("where 2 GiB are refused the engine trains in less", async () => {
  await using reader = await Reader.open();
  const found = await inWorker(reader, { lacks: ["2 GiB"], asked: MLP });
  assertEquals([found.steps, found.warning], ["planned, 2 threads", undefined]);
  assertEquals(found.digest, inDeno.relaxed.digest);
});

/** Chromium has flags for what an x86-64 may lack, and none for other processors. */
const ON_X86 = { ignore: Deno.build.arch !== "x86_64" };

Deno.test(
  "without fused instructions the relaxed build has the digits of the other one",
  ON_X86,
  async () => {
    await using reader = await Reader.open({}, ["--js-flags=--no-enable-fma3"]);
    const found = await inWorker(reader, { asked: MLP });
    assertEquals(found.steps, "planned, 2 threads");
    assertEquals(found.digest, inDeno.plain.digest);
  },
);

Deno.test("without vectors autodiff takes the steps, and the reason is given", ON_X86, async () => {
  await using reader = await Reader.open({}, [
    "--js-flags=--no-enable-sse4-1 --no-enable-sse4-2 --no-enable-avx --no-enable-avx2",
  ]);
  const found = await inWorker(reader, { asked: MLP });
  assertEquals([found.backend, found.steps], ["wasm", "autodiff"]);
  assertMatch(found.warning!, /^the engine did not start .* training steps are taken by autodiff/);
  assertNear(found.losses, inDeno.relaxed.losses);
});

Deno.test("without WebAssembly plain JavaScript takes the steps, and says that it is slow", async () => {
  await using reader = await Reader.open({}, ["--js-flags=--jitless"]);
  const found = await inWorker(reader, { asked: { ...MLP, preset: "tiny" } });
  assertEquals([found.backend, found.steps], ["cpu", "autodiff"]);
  assertEquals(found.reason, "no WebGPU adapter, and no WebAssembly");
  assertStringIncludes(found.warning!, "switched WebAssembly off, so training is very slow");
  assertNear(found.losses, (await trained({ ...MLP, preset: "tiny", backend: "wasm" })).losses);
});

Deno.test("without the JavaScript of the last two years all is computed as with it", async () => {
  await using reader = await Reader.open();
  const found = await inWorker<Computed>(reader, { lacks: ["new JavaScript"] });
  const { "a warning": _, ...expected } = (await computed()).digests;
  const { "a warning": warning, ...digests } = found.digests;
  assertEquals(digests, expected);
  assertEquals(warning, "none");
});

Deno.test.afterAll(() => bundle[Symbol.asyncDispose]());

function assertNear(found: number[], expected: number[]): void {
  assertEquals(found.length, expected.length);
  assertNotEquals(found.length, 0);
  for (const [i, value] of found.entries()) {
    assert(Math.abs(value - expected[i]) < 1e-4, `${value} is not ${expected[i]}`);
  }
}
