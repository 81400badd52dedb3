/**
 * The font of still pictures, and how wide its letters are.
 *
 * DejaVu Sans has every sign that the notebooks use (Greek, subscripts, arrows) and the widths of
 * Verdana, which plotly uses on most machines. It comes as an npm package, so a picture looks the
 * same wherever it is made.
 *
 * @module
 */
// Fetches the package; its files are read.
import "dejavu-fonts-ttf/package.json" with { type: "json" };
import { host } from "@/host/host.ts";

export const FONT_FAMILY = "DejaVu Sans";

/** A bold letter is wider by about this factor. */
const BOLD = 1.12;

/** The part of opentype.js that is used here. */
interface Font {
  unitsPerEm: number;
  charToGlyph(character: string): { advanceWidth: number };
}

/** Two weights of one family: regular and bold. */
export interface Fonts {
  files: Uint8Array[];
  /** Pixels that a text takes, in a size in pixels. */
  width(text: string, size: number, bold?: boolean): number;
}

let loaded: Promise<Fonts> | undefined;

/** Reads the fonts, once. */
export function loadFonts(): Promise<Fonts> {
  return loaded ??= read();
}

async function read(): Promise<Fonts> {
  const names = ["DejaVuSans", "DejaVuSans-Bold"];
  const files = await Promise.all(
    names.map((name) => host.asset(`npm:dejavu-fonts-ttf/ttf/${name}.ttf`)),
  );
  // Loaded only when needed: most programs draw no picture, and it takes longer to load than the
  // rest.
  const { default: opentype } = await import("opentype.js");
  // Glyphs one by one, as they are needed: all six thousand take four times as long.
  const font = opentype.parse(files[0].buffer, { lowMemory: true }) as Font;
  const widths = new Map<string, number>();
  const widthOf = (character: string) => {
    const known = widths.get(character);
    if (known !== undefined) return known;
    const width = font.charToGlyph(character).advanceWidth / font.unitsPerEm;
    widths.set(character, width);
    return width;
  };
  return {
    files,
    width: (text, size, bold) =>
      [...text].reduce((sum, character) => sum + widthOf(character), 0) * size * (bold ? BOLD : 1),
  };
}
