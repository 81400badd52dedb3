/**
 * What a cell shows: `await show(…)` shows a figure, a table, text or a PNG, and figures can change
 * in place. In a plain Deno program each prints a line that says what it shows.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { describeFigure } from "@/plot/describe.ts";
import { type Figure, packed } from "@/plot/figure.ts";
import { type Table, tableText } from "@/plot/table.ts";
import {
  type Bundle,
  display,
  FIGURE_TYPE,
  inKernel,
  type PictureSize,
  redisplay,
  sendAgain,
  shownSoFar,
} from "./display.ts";
import { figureHtml, plotlyHtml } from "./figure_html.ts";
import { figureJson } from "./figure_look.ts";
import { type Playground } from "./playground.ts";
import { openingHtml, PLAYGROUND_TYPE } from "./playground_frame.ts";
import { flushPictures, LatePicture, type Picture, pictureOf } from "./still.ts";
import { tableHtml, textHtml } from "./plain_html.ts";

/** What `show` knows how to show; bytes are a PNG. */
export type Showable = Figure | Table | Playground | string | Uint8Array;

/**
 * Shows something below the cell. Await it: it returns once the output is sure to arrive.
 *
 * @throws {TypeError} If it is nothing that can be shown.
 */
export async function show(item: Showable): Promise<void> {
  await flushPictures();
  if (isPlayground(item)) return await showPlayground(item);
  if (isFigure(item)) await bringPlotly(item);
  const { bundle, size } = await pictured(item);
  await display(bundle, { size });
}

/** On the site the live page; elsewhere a still picture, and how to open the page. */
async function showPlayground(item: Playground): Promise<void> {
  if (inKernel() && !host.jupyter?.figures) {
    const { stillOfPlayground } = await import("./playground_still.ts");
    await show(await stillOfPlayground(item));
  }
  await display(bundleOf(item));
}

/** A figure that can be redrawn in place. */
export class LiveFigure {
  readonly #picture: LatePicture;

  /** Use `liveFigure`, which shows it. */
  constructor(private readonly displayId: string, private readonly number: number) {
    this.#picture = new LatePicture(async (figure) => {
      const { bundle, size } = await pictured(figure);
      await sendAgain(bundle, { displayId, number, size });
    });
  }

  /** Draws another figure in place of the one before; its still picture follows. */
  async update(figure: Figure): Promise<void> {
    if (!inKernel()) return;
    await this.#picture.changed(figure);
    await redisplay(bundleOf(figure), this.displayId, this.number);
  }
}

/** Shows a figure that a loop changes with `update`, about 40 times a second at most. */
export async function liveFigure(figure: Figure): Promise<LiveFigure> {
  await bringPlotly(figure);
  const displayId = crypto.randomUUID();
  await flushPictures();
  const { bundle, size } = await pictured(figure);
  await display(bundle, { displayId, size });
  return new LiveFigure(displayId, shownSoFar().length);
}

/**
 * The bundle of an item as a notebook keeps it: a figure with its picture. A plain program has
 * none.
 */
async function pictured(item: Showable): Promise<{ bundle: Bundle; size?: PictureSize }> {
  if (!isFigure(item) || !inKernel() || host.jupyter?.figures === "plain") {
    return { bundle: bundleOf(item) };
  }
  const picture = await pictureOf(item);
  const size = "png" in picture ? { width: picture.width, height: picture.height } : undefined;
  return { bundle: bundleOf(item, picture), size };
}

/**
 * The bundle of an item, with the line of text that every one has.
 *
 * A figure has HTML, whose script draws it, and its picture for wherever scripts do not run: once
 * within the HTML, which Notebook and JupyterLab prefer even if they do not trust it, and once
 * alone. plotly's own type is for VS Code, fitted to the width of the picture; its renderer knows
 * no frames, so a figure with a slider is left to the HTML.
 */
export function bundleOf(item: Showable, picture?: Picture): Bundle {
  if (typeof item === "string") return { "text/plain": item, "text/html": textHtml(item) };
  if (item instanceof Uint8Array) return imageBundle(item);
  if (isFigure(item)) {
    const still = picture && "png" in picture ? picture : undefined;
    if (host.jupyter?.figures) {
      return {
        "text/plain": describeFigure(item),
        [FIGURE_TYPE]: packed(item),
        ...(still ? { "image/png": still.png.toBase64() } : {}),
      };
    }
    return {
      "text/plain": describeFigure(item),
      "text/html": figureHtml(item, picture),
      ...(item.frames
        ? {}
        : { "application/vnd.plotly.v1+json": figureJson(still?.fitted ?? item) }),
      ...(still ? { "image/png": still.png.toBase64() } : {}),
    };
  }
  if (isPlayground(item)) {
    const { embedded } = item;
    return {
      "text/plain": embedded.title,
      ...(host.jupyter?.figures
        ? { [PLAYGROUND_TYPE]: embedded }
        : { "text/html": openingHtml(embedded) }),
    };
  }
  if (isTable(item)) return { "text/plain": tableText(item), "text/html": tableHtml(item) };
  throw new TypeError(
    `Cannot show this: it must be a figure, a table, a playground, text or the bytes of a PNG, got ${
      host.inspect(item, { depth: 0 })
    }`,
  );
}

/** The title of the figure that brought plotly.js in this session. */
let bringer: string | undefined;

/**
 * plotly.js, once per session: in an output of its own, so that a live figure stays small. The
 * figure that brought it brings it again, since running its cell again has removed the first copy
 * from the notebook.
 */
async function bringPlotly({ layout }: Figure): Promise<void> {
  if (!inKernel() || host.jupyter?.figures) return;
  const title = JSON.stringify(layout.title);
  if (bringer !== undefined && bringer !== title) return;
  bringer = title;
  await display({
    "text/plain": "(plotly.js, which draws the figures of this notebook)",
    "text/html": await plotlyHtml(),
  });
}

function isPlayground(item: Showable): item is Playground {
  return typeof item === "object" && item !== null && "kind" in item && item.kind === "playground";
}

function isFigure(item: Showable): item is Figure {
  return typeof item === "object" && item !== null && "data" in item && "layout" in item;
}

function isTable(item: Showable): item is Table {
  return typeof item === "object" && item !== null && "headings" in item && "rows" in item;
}

function imageBundle(bytes: Uint8Array): Bundle {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  if (!signature.every((byte, i) => bytes[i] === byte)) {
    throw new TypeError(
      `Cannot show these bytes: they must be a PNG, got ${bytes.length} bytes that begin ${
        bytes.subarray(0, 8).toHex()
      }`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return {
    "text/plain": `Picture, ${view.getUint32(16)} × ${view.getUint32(20)} pixels`,
    "image/png": bytes.toBase64(),
  };
}
