/**
 * What cells have shown, as HTML.
 *
 * On the site a figure is a picture until a script has drawn it; the picture and the figure are
 * files of their own. A page that is a single file carries both, and what came out of Jupyter
 * stands on it as it came: figures brought their scripts with them. HTML in outputs is trusted,
 * since it was made by the cells that stand on the same page.
 *
 * @module
 */
import { type Cell, type Output } from "@/notebook/document.ts";
import { FIGURE_TYPE, type PictureSize } from "@/notebook/display.ts";
import { escapeHtml, figureHtml, plotlyHtml } from "@/notebook/figure_html.ts";
import {
  type EmbeddedPlayground,
  frameAttributes,
  PLAYGROUND_TYPE,
} from "@/notebook/playground_frame.ts";
import { type Figure } from "@/plot/figure.ts";
import { type SiteFile, textFile } from "./page_files.ts";

/** Formats of pictures, the best first, with the endings of their files. */
const PICTURES = {
  "image/png": "png",
  "image/svg+xml": "svg",
  "image/jpeg": "jpg",
  "image/gif": "gif",
};

/** How many pictures of a page are fetched before the reader scrolls. */
const EAGER = 1;

/** The outputs of one page. */
export class OutputWriter {
  /** Files that the page needs beside it. */
  readonly files: SiteFile[] = [];
  /** Bytes of the pictures that are fetched with the page. */
  eagerBytes = 0;
  #pictures = 0;
  #plotly = false;

  /** @param number The notebook's, "02", for a page of the site; without it all is in the page. */
  constructor(
    private readonly markdown: (source: string) => string,
    private readonly number?: string,
  ) {}

  /**
   * All that a cell has shown.
   *
   * @param folded Whether it is not seen before the reader asks for it.
   */
  async html(cell: Cell, folded: boolean): Promise<string> {
    const parts: string[] = [];
    for (const [k, output] of (cell.outputs ?? []).entries()) {
      parts.push(await this.#output(output, `${cell.id}-${k}`, folded));
    }
    return parts.filter((part) => part !== "").join("\n");
  }

  async #output(output: Output, name: string, folded: boolean): Promise<string> {
    if (output.output_type === "stream") return plain(joined(output.text));
    if (output.output_type === "error") return errorHtml(output);
    const { data = {}, metadata = {} } = output;
    const figure = data[FIGURE_TYPE] as Figure | undefined;
    if (figure) return await this.#figure(figure, output, name, folded);
    const played = data[PLAYGROUND_TYPE] as EmbeddedPlayground | undefined;
    if (played) return frameHtml(played);
    if (data["text/html"] !== undefined) {
      return `<div class="html">${joined(data["text/html"])}</div>`;
    }
    const picture = this.#picture(data, metadata, name, folded);
    if (picture) return picture;
    if (data["text/markdown"] !== undefined) {
      return `<div class="html">${this.markdown(joined(data["text/markdown"]))}</div>`;
    }
    return plain(joined(data["text/plain"]));
  }

  async #figure(
    figure: Figure,
    { data = {}, metadata = {} }: Output,
    name: string,
    folded: boolean,
  ): Promise<string> {
    if (this.number === undefined) return await this.#drawn(figure, data, metadata);
    const path = `figures/${this.number}/${name}.json`;
    this.files.push(textFile(path, JSON.stringify(figure)));
    const picture = this.#picture(data, metadata, name, folded) ??
      `<p>${escapeHtml(joined(data["text/plain"]))}</p>`;
    const rest = figure.frames
      ? "<noscript><p>The sliders and buttons of this figure move where scripts run.</p></noscript>"
      : "";
    return `<figure class="figure" data-figure="${path}">${picture}${rest}</figure>`;
  }

  /** A figure with the script that draws it, on a page that is a single file. */
  async #drawn(figure: Figure, data: Bundled, metadata: Bundled): Promise<string> {
    const plotly = this.#plotly ? "" : await plotlyHtml();
    this.#plotly = true;
    const size = metadata["image/png"] as PictureSize | undefined;
    const png = data["image/png"];
    const picture = size && png !== undefined
      ? { png: Uint8Array.fromBase64(joined(png)), ...size, fitted: figure }
      : undefined;
    return `${plotly}<figure class="figure">${figureHtml(figure, picture)}</figure>`;
  }

  #picture(data: Bundled, metadata: Bundled, name: string, folded: boolean): string | undefined {
    const found = Object.entries(PICTURES).find(([type]) => data[type] !== undefined);
    if (!found) return undefined;
    const [type, ending] = found;
    const content = joined(data[type]);
    const bytes = type === "image/svg+xml"
      ? new TextEncoder().encode(content)
      : Uint8Array.fromBase64(content.replaceAll(/\s/g, ""));
    const size = metadata[type] as PictureSize | undefined ?? pixelsOf(type, bytes);
    const lazy = folded || this.#pictures++ >= EAGER;
    if (!lazy) this.eagerBytes += bytes.length;
    const attributes = {
      src: this.#source(bytes, type, `${name}.${ending}`),
      alt: joined(data["text/plain"]),
      ...size,
      ...(lazy && this.number !== undefined ? { loading: "lazy" } : {}),
      decoding: "async",
    };
    return `<img${written(attributes)}>`;
  }

  #source(bytes: Uint8Array, type: string, name: string): string {
    if (this.number === undefined) return `data:${type};base64,${bytes.toBase64()}`;
    const path = `pictures/${this.number}/${name}`;
    this.files.push({ path, bytes });
    return path;
  }
}

/** The attributes of an element, as they are written. */
function written(attributes: Record<string, string | number | undefined>): string {
  return Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeHtml(String(value))}"`)
    .join("");
}

/** The playground's page, within another. */
function frameHtml(played: EmbeddedPlayground): string {
  return `<iframe${written(frameAttributes(played))}></iframe>`;
}

type Bundled = Record<string, unknown>;

/** A text of a notebook, which may be a list of lines. */
function joined(text: unknown): string {
  return Array.isArray(text) ? text.join("") : String(text ?? "");
}

function plain(text: string): string {
  return text === "" ? "" : `<pre class="text" tabindex="0">${escapeHtml(text.trimEnd())}</pre>`;
}

function errorHtml(output: Output): string {
  const { ename, evalue, traceback } = output as unknown as Bundled;
  const lines = Array.isArray(traceback) && traceback.length > 0
    ? traceback.join("\n")
    : `${ename}: ${evalue}`;
  // deno-lint-ignore no-control-regex -- colours of a terminal begin with an escape
  const text = lines.replaceAll(/\x1b\[[0-9;]*m/g, "");
  return `<pre class="error" tabindex="0">${escapeHtml(text)}</pre>`;
}

/** The size of a PNG, which its head has. */
function pixelsOf(type: string, bytes: Uint8Array): PictureSize | undefined {
  if (type !== "image/png" || bytes.length < 24) return undefined;
  const head = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: head.getUint32(16), height: head.getUint32(20) };
}
