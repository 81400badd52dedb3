/**
 * Texts as plotly takes them, with its few tags (b, i, sub, sup, br, span with a style), as SVG.
 *
 * @module
 */
import { type Fonts } from "./font.ts";
import { attributes, number } from "./svg.ts";

/** The distance from one line to the next, in font sizes; plotly's own number. */
export const LINE_HEIGHT = 1.3;

/** A piece of a line in one look. */
interface Run {
  text: string;
  size: number;
  bold: boolean;
  italic: boolean;
  colour?: string;
  /** Pixels above the line. */
  rise: number;
}

/** A text, laid out. */
export interface Text {
  lines: Run[][];
  size: number;
  width: number;
  height: number;
}

type Look = Omit<Run, "text">;

const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  nbsp: "\u00a0",
  times: "×",
  minus: "−",
};

/** Takes a text apart; unknown tags are left out. */
export function textOf(html: unknown, size: number, fonts: Fonts): Text {
  const lines: Run[][] = [[]];
  const looks: Look[] = [{ size, bold: false, italic: false, rise: 0 }];
  for (const [, tag, text] of String(html ?? "").matchAll(/<([^<>]*)>|([^<]+|<)/g)) {
    if (text !== undefined) lines.at(-1)!.push({ text: unescaped(text), ...looks.at(-1)! });
    else if (/^br\s*\/?$/.test(tag)) lines.push([]);
    else if (tag.startsWith("/")) looks.length > 1 && looks.pop();
    else looks.push(lookOf(tag, looks.at(-1)!));
  }
  const width = Math.max(...lines.map((line) => lineWidth(line, fonts)));
  return { lines, size, width, height: LINE_HEIGHT * size * lines.length };
}

function lookOf(tag: string, look: Look): Look {
  const name = /^\w*/.exec(tag)![0];
  if (name === "b") return { ...look, bold: true };
  if (name === "i" || name === "em") return { ...look, italic: true };
  const small = { ...look, size: 0.7 * look.size };
  if (name === "sup") return { ...small, rise: look.rise + 0.6 * look.size };
  if (name === "sub") return { ...small, rise: look.rise - 0.3 * look.size };
  const size = /font-size:\s*([\d.]+)px/.exec(tag);
  const colour = /(?:^|[\s;"'])color:\s*([^;"']+)/.exec(tag);
  return {
    ...look,
    size: size ? Number(size[1]) : look.size,
    colour: colour ? colour[1].trim() : look.colour,
  };
}

function unescaped(text: string): string {
  return text.replaceAll(/&(#?\w+);/g, (whole, name: string) => {
    if (name.startsWith("#")) {
      return String.fromCodePoint(Number(name.slice(1).replace(/^x/, "0x")));
    }
    return ENTITIES[name] ?? whole;
  });
}

function lineWidth(line: Run[], fonts: Fonts): number {
  return line.reduce((sum, { text, size, bold }) => sum + fonts.width(text, size, bold), 0);
}

/** Where a text stands. */
export interface Standing {
  /** Of its left end, middle or right end. */
  x: number;
  /** The base line of its first line. */
  y: number;
  align?: "left" | "center" | "right";
  colour?: string;
  /** Degrees clockwise around (x, y). */
  angle?: number;
}

const ANCHORS = { left: "start", center: "middle", right: "end" };

export function textSvg(text: Text, { x, y, align = "left", colour, angle }: Standing): string {
  return text.lines.map((line, i) => {
    if (line.length === 0) return "";
    let rise = 0;
    const runs = line.map((run) => {
      const dy = rise - run.rise;
      rise = run.rise;
      return `<tspan${
        attributes({
          "font-size": run.size,
          "font-weight": run.bold ? "bold" : undefined,
          "font-style": run.italic ? "italic" : undefined,
          fill: run.colour,
          dy: dy === 0 ? undefined : dy,
        })
      }>${escaped(run.text)}</tspan>`;
    });
    return `<text${
      attributes({
        x,
        y: y + i * LINE_HEIGHT * text.size,
        "text-anchor": ANCHORS[align],
        fill: colour,
        transform: angle ? `rotate(${number(angle)} ${number(x)} ${number(y)})` : undefined,
      })
    }>${runs.join("")}</text>`;
  }).join("");
}

/** Text inside an element; spaces that XML would drop are kept. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(/^ | $/g, "\u00a0");
}
