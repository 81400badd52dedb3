/** The live page: who may read it, what a late reader gets, and that nobody is waited for. */
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { PRESETS } from "@/gan/presets.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { gridPng } from "@/plot/grid.ts";
import { RunFolder } from "@/run/folder.ts";
import { LivePage } from "@/run/live_page.ts";
import { beginRun, eventAt } from "../support/runs.ts";
import { inTempFolder } from "../support/commands.ts";

/** A live page of a run that was begun, and what is at its address. */
async function withPage(
  test: (page: LivePage, run: RunFolder) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (folder) => {
    using run = await beginRun(folder, PRESETS.tiny.options);
    await using page = LivePage.start(0);
    await page.show(run);
    await test(page, run);
  });
}

/** Reads server-sent events until one of this name. */
async function hear(body: ReadableStream<Uint8Array>, name: string): Promise<string[]> {
  const reader = body.pipeThrough(
    new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>,
  ).getReader();
  let text = "";
  while (!new RegExp(`^event: ${name}\\ndata: .*\\n\\n`, "m").test(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`no ${name} in ${text.slice(0, 200)}`);
    text += value;
  }
  await reader.cancel();
  return text.trimEnd().split("\n\n");
}

const dataOf = (message: string) => JSON.parse(message.slice(message.indexOf("data: ") + 6));

/** The status of a request that says what it likes in its head, which fetch does not allow. */
async function statusOf(port: number, head: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${head}\r\nConnection: close\r\n\r\n`));
  const text = await new Response(connection.readable).text();
  return text.slice(9, 12);
}

Deno.test("only this computer's own names are answered, and only to read", () =>
  withPage(async (page) => {
    const { port, hostname } = new URL(page.url);
    assertEquals(hostname, "127.0.0.1");
    const get = (host: string) => statusOf(Number(port), `GET / HTTP/1.1\r\nHost: ${host}`);
    assertEquals(await get(`127.0.0.1:${port}`), "200");
    assertEquals(await get(`localhost:${port}`), "200");
    for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", "127.0.0.1:1", ""]) {
      assert(["421", "400"].includes(await get(host)), host);
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const { status, body } = await fetch(page.url, { method });
      await body?.cancel();
      assertEquals(status, 405, method);
    }
    for (const path of ["config.json", "..%2f..%2fetc/passwd", "samples/step-000000.png"]) {
      const response = await fetch(page.url + path);
      assertEquals(response.status, 404, path);
      await response.body?.cancel();
    }
    const { headers, body } = await fetch(page.url);
    await body?.cancel();
    assertEquals(headers.get("access-control-allow-origin"), null);
  }));

Deno.test("a reader who comes late gets all that has been, then what comes", () =>
  withPage(async (page, run) => {
    for (const step of [10, 20, 30]) page.event(eventAt(step));
    page.quality({ step: 30, epoch: 1, samples: 5, figures: { score: 2 } });
    await run.writeSampleGrid(30, gridPng(new Float32Array(784), 28));
    const { body } = await fetch(`${page.url}events?after=0`);
    setTimeout(() => page.event(eventAt(40)), 100);
    const messages = await hear(body!, "events");
    const [history, grid, events] = messages.map(dataOf);
    assertEquals(history.events.map(({ step }: TrainEvent) => step), [10, 20, 30]);
    assertEquals(history.quality.length, 1);
    assertEquals([grid.step, grid.after], [30, "after step 30, epoch 2"]);
    assertStringIncludes(grid.src, "data:image/png;base64,");
    assertEquals(events.map(({ step }: TrainEvent) => step), [40]);
  }));

Deno.test("a long history is told in few events, with the first and the last", () =>
  withPage(async (page) => {
    for (let step = 1; step <= 30_000; step++) page.event(eventAt(step));
    const { body } = await fetch(`${page.url}events?after=0`);
    const [{ events }] = (await hear(body!, "history")).map(dataOf);
    assert(events.length <= 4000, `${events.length} events`);
    assertEquals([events[0].step, events.at(-1).step], [1, 30_000]);
  }));

Deno.test("a reader who does not read is let go, and costs the training next to nothing", () =>
  withPage(async (page) => {
    const { port } = new URL(page.url);
    using silent = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    const head = `GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    await silent.write(new TextEncoder().encode(head));
    // Its headers: the stream has begun.
    await silent.read(new Uint8Array(16));
    const png = new Uint8Array(1_000_000);
    let longest = 0;
    for (let step = 0; step < 60; step++) {
      const began = performance.now();
      page.grid(step, png);
      longest = Math.max(longest, performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    // 80 MB in all: more than may wait, and more than a system's buffers.
    assertEquals(page.readers, 0);
    assert(longest < 500, `${longest} ms`);
  }));

Deno.test("the end is told, and nothing listens after it", () =>
  withPage(async (page) => {
    const { body } = await fetch(`${page.url}events?after=0`);
    const heard = hear(body!, "end");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const began = performance.now();
    await page.close("It is over.");
    assert(performance.now() - began < 2000);
    assertEquals(dataOf((await heard).at(-1)!), { text: "It is over." });
    const again = await fetch(page.url).then(() => "answered", () => "refused");
    assertEquals(again, "refused");
  }));

Deno.test("before the run is there, the page says so and looks again", async () => {
  await using page = LivePage.start(0);
  const response = await fetch(page.url);
  assertEquals([response.status, response.headers.get("refresh")], [503, "1"]);
  assertMatch(await response.text(), /being prepared/);
});

Deno.test("a port that is taken cannot be had", async () => {
  await using page = LivePage.start(0);
  const port = Number(new URL(page.url).port);
  assertThrows(() => LivePage.start(port), Error, "another program has it");
});
