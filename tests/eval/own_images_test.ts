/** Images from a file of the reader's own. */
import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { loadOwnImages } from "@/eval/own_images.ts";
import { encodeNpy } from "@/formats/npy.ts";

/** An IDX file of images of one grey. */
function idx(count: number, side: number, grey: number): Uint8Array {
  const bytes = new Uint8Array(16 + count * side * side).fill(grey);
  bytes.set([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, side, 0, 0, 0, side]);
  return bytes;
}

Deno.test("an own file is IDX, packed or not, or .npy; its images are numbers in [0, 1]", async () => {
  const folder = await Deno.makeTempDir();
  const put = async (name: string, bytes: Uint8Array) => {
    await Deno.writeFile(`${folder}/${name}`, bytes);
    return `${folder}/${name}`;
  };
  try {
    const grey = new Float32Array(2 * 784).fill(51 / 255);
    assertEquals(await loadOwnImages(await put("a", idx(2, 28, 51))), grey);
    assertEquals(await loadOwnImages(await put("b", gzipSync(idx(2, 28, 51)))), grey);
    assertEquals(await loadOwnImages(await put("c", encodeNpy(grey, [2, 784]))), grey);
    const small = await put("d", idx(1, 8, 1));
    await assertRejects(() => loadOwnImages(small), RangeError, "must be 28×28, got 8×8");
    const many = await put("e", encodeNpy(grey.map(() => 2), [2, 784]));
    await assertRejects(() => loadOwnImages(many), RangeError, "every pixel must be in [0, 1]");
    await assertRejects(
      () => loadOwnImages(`${folder}/f`),
      Deno.errors.NotFound,
      "there is no such file here. Put it beside the notebook",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
