/**
 * Still pictures of figures as small PNGs.
 *
 * resvg draws the SVG, as WebAssembly and with the project's own font. With 256 colours the PNG is
 * a third as large as with all of them, and looks the same.
 *
 * @module
 */
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { encode } from "fast-png";
import { host } from "@/host/host.ts";
import { type Figure } from "../figure.ts";
import { stillSvg } from "./drawing.ts";
import { FONT_FAMILY, loadFonts } from "./font.ts";
import { indexed } from "./palette.ts";

/** A picture of a figure. */
export interface Still {
  /** The file's bytes. */
  png: Uint8Array;
  /** Size on a page; the PNG has `scaleOf` times as many pixels along each side. */
  width: number;
  /** Pixels of the page. */
  height: number;
}

/**
 * Pixels of the PNG for each pixel of the page: 1.5 are sharp on paper and on fine screens. Grids
 * of digits would take 200 kB at that, and show no more than they do at 1.
 */
function scaleOf({ layout }: Figure): number {
  return (layout.images as unknown[] | undefined)?.length ? 1 : 1.5;
}

let started: Promise<unknown> | undefined;

/** Draws a figure as it is before a reader moves anything. */
export async function stillOf(figure: Figure): Promise<Still> {
  const fonts = await loadFonts();
  await (started ??= start());
  const { svg, width, height } = stillSvg(figure, fonts);
  const drawing = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scaleOf(figure) },
    font: { fontBuffers: fonts.files, defaultFontFamily: FONT_FAMILY, loadSystemFonts: false },
  });
  const image = drawing.render();
  try {
    return { png: smallPng(image.pixels, image.width, image.height), width, height };
  } finally {
    image.free();
    drawing.free();
  }
}

async function start(): Promise<void> {
  await initWasm(await host.asset("npm:@resvg/resvg-wasm/index_bg.wasm"));
}

function smallPng(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const { palette, data } = indexed(rgba);
  return encode({ width, height, data, channels: 1, depth: 8, palette }, { zlib: { level: 9 } });
}
