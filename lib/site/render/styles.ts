/**
 * How pages look: one style sheet, which is KaTeX's own, `style.css` and, for pages whose scripts
 * run, `page.css`, and the fonts that it names. Text is set in Source Serif, mathematics in KaTeX's
 * fonts; browsers fetch those alone that a page has letters of.
 *
 * @module
 */
// Fetches the package; its fonts are copied.
import "@fontsource-variable/source-serif-4/package.json" with { type: "json" };
import { assetText, host } from "@/host/host.ts";
import { type SiteFile, textFile } from "./page_files.ts";

/** The style sheet of every page, seen from the site's folder. */
export const STYLE_SHEET = "style/style.css";

interface Face {
  family: string;
  style: string;
  weight: string;
  /** Its file, seen from the style sheet. */
  file: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const SERIF = "npm:@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght";

/** The style sheet with its fonts. */
export class Styles {
  private constructor(
    /** The rules, without the fonts' own. */
    readonly rules: string,
    /** The rules for what scripts add to a page of the site. */
    private readonly live: string,
    private readonly faces: readonly Face[],
    /** What those ask for who made the fonts. */
    private readonly licences: readonly SiteFile[],
  ) {}

  static async load(): Promise<Styles> {
    const katex = await assetText("npm:katex/dist/katex.min.css");
    const faces = await Promise.all([
      ...[...katex.matchAll(/@font-face\{[^}]*\}/g)].map(([rule]) => katexFace(rule)),
      ...["normal", "italic"].map(serifFace),
    ]);
    const own = await assetText("lib/site/render/style.css");
    const rules = `${katex.replaceAll(/@font-face\{[^}]*\}/g, "")}\n${own}`;
    const live = await assetText("lib/site/page/page.css");
    const packages = ["katex", "@fontsource-variable/source-serif-4"];
    return new Styles(rules, live, faces, await Promise.all(packages.map(licence)));
  }

  /** The files of a site. */
  files(): SiteFile[] {
    const sheet = [...this.faces.map((face) => faceRule(face, face.file)), this.rules, this.live]
      .join("\n");
    return [
      textFile(STYLE_SHEET, sheet),
      ...this.faces.map(({ file, bytes }) => ({ path: `style/${file}`, bytes })),
      ...this.licences,
    ];
  }

  /** The style sheet of a page that is a single file, with the fonts that this page has. */
  inlined(html: string): string {
    return [
      ...this.#used(html).map((face) =>
        faceRule(face, `data:font/woff2;base64,${face.bytes.toBase64()}`)
      ),
      this.rules,
    ].join("\n");
  }

  /** Bytes of the style sheet and of the fonts that a page has. */
  bytesFor(html: string): number {
    const [sheet] = this.files();
    return sheet.bytes.length +
      this.#used(html).reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** The fonts that a page may show: what its classes ask for, in every look that they ask for. */
  #used(html: string): Face[] {
    const classes = new Set(
      [...html.matchAll(/class="([^"]*)"/g)].flatMap(([, names]) => names.split(/\s+/)),
    );
    const [families, weights, styles] = [new Set<string>(), new Set(["400"]), new Set(["normal"])];
    if (classes.has("katex")) families.add("KaTeX_Main");
    for (const [, selectors, declarations] of this.rules.matchAll(/([^{}]*)\{([^{}]*)\}/g)) {
      const applies = selectors.split(",").some((selector) =>
        selector.includes(".katex ") &&
        [...selector.matchAll(/\.([\w-]+)/g)].every(([, name]) => classes.has(name))
      );
      if (!applies) continue;
      families.add(/font-family:"?(KaTeX_\w+)/.exec(declarations)?.[1] ?? "KaTeX_Main");
      weights.add(/font-weight:(\d+)/.exec(declarations)?.[1] ?? "400");
      styles.add(/font-style:(\w+)/.exec(declarations)?.[1] ?? "normal");
    }
    return this.faces.filter(({ family, weight, style }) =>
      family === "Source Serif 4" ||
      families.has(family) && weights.has(weight) && styles.has(style)
    );
  }
}

async function katexFace(rule: string): Promise<Face> {
  const [family, style, weight, name] = [
    /font-family:"?(\w+)/,
    /font-style:(\w+)/,
    /font-weight:(\d+)/,
    /fonts\/([\w-]+\.woff2)/,
  ].map((pattern) => pattern.exec(rule)![1]);
  const bytes = await host.asset(`npm:katex/dist/fonts/${name}`);
  return { family, style, weight, file: `fonts/${name}`, bytes };
}

async function serifFace(style: string): Promise<Face> {
  const bytes = await host.asset(`${SERIF}-${style}.woff2` as `npm:${string}`);
  const file = `fonts/source-serif-4-${style}.woff2`;
  return { family: "Source Serif 4", style, weight: "200 900", file, bytes };
}

/** The licence of a package, beside the fonts that come from it. */
async function licence(name: string): Promise<SiteFile> {
  const bytes = await host.asset(`npm:${name}/LICENSE`);
  return { path: `style/fonts/LICENSE-${name.split("/").at(-1)}.txt`, bytes };
}

function faceRule({ family, style, weight }: Face, source: string): string {
  return `@font-face{font-family:"${family}";font-style:${style};font-weight:${weight};` +
    `font-display:swap;src:url(${source}) format("woff2")}`;
}
