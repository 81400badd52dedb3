/** A playground in a notebook: embedded on the site, and a still picture elsewhere. */
import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { host } from "@/host/host.ts";
import { type Outlet } from "@/host/host.ts";
import { playground } from "@/notebook/playground.ts";
import { frameAttributes, PLAYGROUND_TYPE } from "@/notebook/playground_frame.ts";
import { show } from "@/notebook/show.ts";
import { fromAddress } from "@/playground/address.ts";
import { settingsOf } from "@/playground/settings.ts";

/** What is sent to a page while something is done. */
async function sent(figures: Outlet["figures"], work: () => Promise<void>) {
  const data: Record<string, unknown>[] = [];
  const before = Object.getOwnPropertyDescriptor(host, "jupyter");
  const outlet: Outlet = {
    figures,
    broadcast: (_, content) => Promise.resolve(void data.push(content.data as never)),
  };
  Object.defineProperty(host, "jupyter", { value: outlet, configurable: true });
  try {
    await work();
  } finally {
    if (before) Object.defineProperty(host, "jupyter", before);
    else delete (host as { jupyter?: Outlet }).jupyter;
  }
  return data;
}

Deno.test("on the site a playground is the address of the same settings, within a frame", async () => {
  const settings = settingsOf("spiral", { seed: 7 });
  const [bundle] = await sent("plain", () => show(playground(settings)));
  const embedded = bundle[PLAYGROUND_TYPE] as { address: string; title: string };
  assertEquals(fromAddress(embedded.address), settings);
  assertEquals(bundle["text/plain"], "Playground: spiral");
  const { src, title } = frameAttributes(embedded);
  assertEquals(src, `playground.html?embed#${embedded.address}`);
  assertEquals(title, "Playground: spiral");
});

Deno.test("in Jupyter it is a still picture of the trained run, with how to open it", async () => {
  const bundles = await sent(undefined, () => show(playground("line", { steps: 2 })));
  const figure = bundles.find((bundle) => "application/vnd.plotly.v1+json" in bundle)!;
  assertMatch(figure["text/plain"] as string, /Playground: line, step 2/);
  const html = bundles.at(-1)!["text/html"] as string;
  assertStringIncludes(html, "deno task site --serve");
  const [, address] = /playground\.html#([^"]+)"/.exec(html)!;
  assertEquals(fromAddress(address.replaceAll("&amp;", "&")), settingsOf("line"));
});

Deno.test("a playground of an address has its settings, and a wrong name is refused", () => {
  assertEquals(playground("v=1&preset=line&seed=3").settings.options.seed, 3);
  assertThrows(() => playground("lines"), RangeError, "Cannot find the preset lines");
});
