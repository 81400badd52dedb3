import { assertEquals, assertStringIncludes } from "@std/assert";
import { beforeIdle, offerCellHost } from "@/host/cell.ts";
import { flushPictures, LatePicture, pictureOf } from "@/notebook/still.ts";
import { type Figure } from "@/plot/figure.ts";

const figure = (name: string): Figure => ({ data: [], layout: { title: { text: name } } });
const nameOf = ({ layout }: Figure) => (layout.title as { text: string }).text;

Deno.test("a figure that changes gets a picture of its last state, once, before the cell is idle", async () => {
  const sent: string[] = [];
  const late = new LatePicture((figure) => Promise.resolve(void sent.push(nameOf(figure))));
  offerCellHost({ signal: () => new AbortController().signal, beforeIdle: new Set() });
  for (const name of ["first", "second", "third"]) await late.changed(figure(name));
  assertEquals(sent, [], "not in the loop's path");
  const actions = [...beforeIdle()!];
  assertEquals(actions.includes(flushPictures), true);
  for (const action of actions) await action();
  assertEquals(sent, ["third"]);
  await flushPictures();
  assertEquals(sent, ["third"], "nothing is left");
});

Deno.test("a change waits for a picture on its way: an older figure is never shown after it", async () => {
  const order: string[] = [];
  const sending = Promise.withResolvers<void>();
  const late = new LatePicture(async (figure) => {
    await sending.promise;
    order.push(`picture of ${nameOf(figure)}`);
  });
  await late.changed(figure("first"));
  const flushed = flushPictures();
  const changed = late.changed(figure("second")).then(() => order.push("second is shown"));
  sending.resolve();
  await Promise.all([flushed, changed]);
  await flushPictures();
  assertEquals(order, ["picture of first", "second is shown", "picture of second"]);
});

Deno.test("before it is idle a cell waits for a picture that is on its way already", async () => {
  const sending = Promise.withResolvers<void>();
  const late = new LatePicture(() => sending.promise);
  await late.changed(figure("only"));
  const first = late.flush();
  let flushed = false;
  const second = flushPictures().then(() => flushed = true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(flushed, false);
  sending.resolve();
  await Promise.all([first, second]);
});

Deno.test("a picture that cannot be sent leaves the figure to change, and the next picture to come", async () => {
  const sent: string[] = [];
  const late = new LatePicture((figure) => {
    if (nameOf(figure) === "first") throw new Error("the connection is closed");
    return Promise.resolve(void sent.push(nameOf(figure)));
  });
  for (const name of ["first", "second"]) {
    await late.changed(figure(name));
    await flushPictures();
  }
  assertEquals(sent, ["second"]);
});

Deno.test("a figure that is changed no more gets its picture by itself, within seconds", async () => {
  const sent = Promise.withResolvers<string>();
  const late = new LatePicture((figure) => Promise.resolve(sent.resolve(nameOf(figure))));
  const began = performance.now();
  await late.changed(figure("only"));
  assertEquals(await sent.promise, "only");
  // One second where nothing else is at work.
  assertEquals(performance.now() - began < 5000, true);
});

Deno.test("a figure that cannot be drawn still is told why", async () => {
  const picture = await pictureOf({ data: [{ type: "pie" }], layout: {} });
  assertStringIncludes((picture as { failure: string }).failure, "got pie");
});
