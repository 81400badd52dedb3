import { assertEquals } from "@std/assert";
import { describeFigure } from "@/plot/describe.ts";
import { ganDiagram } from "@/plot/gan_diagram.ts";

Deno.test("only fakes come from G, D sees fakes and real samples, and its verdict teaches both", () => {
  const [, arrows] = describeFigure(ganDiagram()).split('": ');
  assertEquals(arrows.split("; "), [
    "noise z → generator G",
    "generator G → fake x = G(z)",
    "the data → real x",
    "fake x = G(z) → discriminator D",
    "real x → discriminator D",
    "discriminator D → D(x), how likely real",
    "D(x), how likely real → generator G (G learns to make fakes look real)",
    "D(x), how likely real → discriminator D (D learns which is which)",
  ]);
});
