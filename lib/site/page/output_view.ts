/**
 * One output of a cell as an element of its page.
 *
 * @module
 */
import { type Output } from "@/notebook/document.ts";
import { FIGURE_TYPE } from "@/notebook/figure_type.ts";
import { sizeInWords } from "@/notebook/file_size.ts";
import {
  type EmbeddedPlayground,
  frameAttributes,
  PLAYGROUND_TYPE,
} from "@/notebook/playground_frame.ts";
import { type Figure } from "@/plot/figure.ts";
import { type CellError } from "../cell_messages.ts";
import { make } from "./dom.ts";
import { PageFigure } from "./page_figures.ts";

/** An output that is on the page. */
export interface OutputView {
  element: HTMLElement;
  /** Shows another output in its place; false if it cannot. */
  update(output: Output): boolean;
  /** Resolves when it has the room that it needs. */
  drawn: Promise<void>;
  remove(): void;
}

/** Makes the element of an output. */
export function viewOf(output: Output): OutputView {
  const figure = figureIn(output);
  return figure ? figureView(figure, textOf(output)) : plainView(elementOf(output));
}

/** The figure of an output, if it is one. */
function figureIn({ data }: Output): Figure | undefined {
  return data?.[FIGURE_TYPE] as Figure | undefined;
}

/** The text of an output that printed. */
export function printed({ output_type, text }: Output): string | undefined {
  return output_type === "stream" ? joined(text) : undefined;
}

/** What a cell threw, with a link to the line. */
export function errorElement(
  { name, message, cell, line, stack }: CellError,
  goTo: (cell: number, line: number) => void,
): HTMLElement {
  const place = cell === undefined
    ? []
    : line === undefined
    ? [` in cell ${cell}`]
    : [" in ", linkTo(`cell ${cell}, line ${line}`, () => goTo(cell, line))];
  return make(
    "div",
    { class: "error" },
    make("p", {}, make("strong", {}, name), ...place, ": ", message),
    ...(stack ? [make("details", {}, make("summary", {}, "Stack"), make("pre", {}, stack))] : []),
  );
}

function linkTo(text: string, go: () => void): HTMLElement {
  const pressed = (event: Event) => {
    event.preventDefault();
    go();
  };
  return make("a", { href: "#", class: "to-line", click: pressed }, text);
}

/** A link that saves a file, and what gives its memory back. */
export function savingLink(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Pick<OutputView, "element" | "remove"> {
  const href = URL.createObjectURL(new Blob([bytes]));
  const link = make("a", { href, download: name }, `Save ${name}`);
  const element = make("p", { class: "file" }, link, ` (${sizeInWords(bytes.length)})`);
  return {
    element,
    remove() {
      element.remove();
      URL.revokeObjectURL(href);
    },
  };
}

function figureView(figure: Figure, label: string): OutputView {
  const element = make("figure", { class: "figure live" });
  const drawing = new PageFigure(element, figure, label);
  drawing.drawn.catch((error) =>
    element.replaceChildren(make("p", {}, `${error.message}. ${label}`))
  );
  return {
    element,
    drawn: drawing.drawn.catch(() => {}),
    update(output) {
      const next = figureIn(output);
      if (next) drawing.update(next, textOf(output));
      return next !== undefined;
    },
    remove() {
      element.remove();
      drawing.remove();
    },
  };
}

function plainView(element: HTMLElement): OutputView {
  return {
    element,
    drawn: Promise.resolve(),
    update: () => false,
    remove: () => element.remove(),
  };
}

function elementOf(output: Output): HTMLElement {
  const { data = {}, name } = output;
  const text = printed(output);
  if (text !== undefined) {
    return make("pre", { class: `text stream ${name === "stderr" ? "stderr" : ""}` }, text);
  }
  const played = data[PLAYGROUND_TYPE] as EmbeddedPlayground | undefined;
  if (played) return make("iframe", frameAttributes(played));
  if ("image/png" in data) {
    const { width } = (output.metadata?.["image/png"] ?? {}) as { width?: number };
    return make("img", {
      src: `data:image/png;base64,${joined(data["image/png"])}`,
      alt: textOf(output),
      ...(width ? { width: String(width) } : {}),
    });
  }
  if ("text/html" in data) {
    const html = make("div", { class: "html" });
    html.innerHTML = joined(data["text/html"]);
    return html;
  }
  return make("pre", { class: "text" }, textOf(output));
}

function textOf({ data }: Output): string {
  return joined(data?.["text/plain"]);
}

function joined(text: unknown): string {
  return Array.isArray(text) ? text.join("") : String(text ?? "");
}
