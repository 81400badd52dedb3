/** Notebook 00 promises a GAN in thirty lines. */
import { assertEquals } from "@std/assert";
import { parseNotebook, sourceOf } from "@/notebook/document.ts";

const PATH = "notebooks/00_gan_in_thirty_lines.ipynb";

/** What watches the training, names what the cell needs or hands over what it has made. */
const APART = /^import |watch\(|draw\(|^ {2}return \{/;

Deno.test("the networks, the losses and the loop of notebook 00 are thirty lines", async () => {
  const { cells } = parseNotebook(await Deno.readTextFile(PATH), PATH);
  const lines = ["networks", "losses", "training"].map((id) =>
    sourceOf(cells.find((cell) => cell.id === id)!).split("\n")
      .filter((line) => line.trim() !== "" && !APART.test(line)).length
  );
  assertEquals(lines, [13, 5, 12]);
});
