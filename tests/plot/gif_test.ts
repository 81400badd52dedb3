/** Animated GIFs, by the blocks of the format. */
import { decode } from "fast-png";
import { decodeFrames } from "modern-gif";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { gifOf } from "@/plot/gif.ts";
import { gridPng } from "@/plot/grid.ts";
import { Raster } from "@/plot/raster.ts";
import { Random } from "@/random.ts";

/** Width, height and the delay of each frame in ms, from the bytes alone. */
function layoutOf(gif: Uint8Array) {
  const view = new DataView(gif.buffer, gif.byteOffset, gif.length);
  const delays: number[] = [];
  for (let at = 0; at + 8 < gif.length; at++) {
    // A graphic control extension: 21 f9 04, flags, delay in hundredths, transparent colour, 00.
    if (gif[at] === 0x21 && gif[at + 1] === 0xf9 && gif[at + 2] === 4 && gif[at + 7] === 0) {
      delays.push(10 * view.getUint16(at + 4, true));
    }
  }
  return { width: view.getUint16(6, true), height: view.getUint16(8, true), delays };
}

const noise = new Random(1);
const grid = () => gridPng(noise.uniforms(9 * 784), 28);

Deno.test("a GIF has a frame for each picture, the same pixels, and a bar that grows", async () => {
  const pictures = [grid(), grid(), grid()];
  const gif = await gifOf(pictures.map((png, i) => ({ png, share: i / 2 })));
  assertEquals(new TextDecoder().decode(gif.subarray(0, 6)), "GIF89a");
  assert(new TextDecoder("latin1").decode(gif).includes("NETSCAPE2.0"), "it begins again");
  const { width, height, delays } = layoutOf(gif);
  const side = 3 * 58 + 2;
  assertEquals([width, height], [side, side + 6]);
  assertEquals(delays, [400, 400, 2000]);
  const frames = decodeFrames(new Uint8Array(gif));
  frames.forEach(({ data }, i) => {
    const own = decode(pictures[i]).data;
    let most = 0;
    for (let at = 0; at < own.length; at++) most = Math.max(most, Math.abs(data[4 * at] - own[at]));
    // 256 greys, white and the bar's colours share 255 places.
    assert(most <= 12, `frame ${i} is off by ${most} of 255`);
    const bar = [...data.subarray(4 * side * (side + 2), 4 * side * (side + 3))];
    const blue = bar.filter((_, at) => at % 4 === 0 && bar[at] < 60 && bar[at + 2] > 120).length;
    assertEquals(blue, Math.round(i / 2 * side), `the bar of frame ${i}`);
  });
});

Deno.test("colours stay", async () => {
  const raster = new Raster(40, 40);
  raster.rectangle({ left: 0, top: 0, width: 20, height: 40 }, [213, 94, 0]);
  const [{ data }] = decodeFrames(new Uint8Array(await gifOf([{ png: raster.png(), share: 1 }])));
  assertEquals([...data.subarray(0, 3)].map((value) => Math.round(value / 4)), [53, 24, 0]);
});

Deno.test("no pictures, and pictures of two sizes, are refused", async () => {
  await assertRejects(() => gifOf([]), TypeError, "at least one picture");
  const small = gridPng(noise.uniforms(784), 28);
  const frames = [grid(), small].map((png) => ({ png, share: 0 }));
  await assertRejects(() => gifOf(frames), TypeError, "all pictures must be of 176×176");
});
