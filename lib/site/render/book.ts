/**
 * The notebooks as a book: what the first cell of each says about it.
 *
 * @module
 */
import { type Notebook, sourceOf } from "@/notebook/document.ts";

/** A notebook of the book. */
export interface Chapter {
  /** Name of its file, without the ending: "02_optimal_discriminator". */
  name: string;
  /** "02"; empty if its name has none. */
  number: string;
  /** Its page, beside the others. */
  page: string;
  title: string;
  /** What a reader can do afterwards, in Markdown. */
  teaches: string[];
  minutes?: number;
  /** What it builds on, in Markdown; undefined if that is nothing. */
  needs?: string;
}

/** What a notebook says about itself at its beginning. */
export function chapterOf(name: string, { cells }: Notebook): Chapter {
  const text = sourceOf(cells.find(({ cell_type }) => cell_type === "markdown") ?? NOTHING);
  const title = /^# +(?:\d\d +· +)?(.+)$/m.exec(text)?.[1] ?? name;
  return {
    name,
    number: /^\d\d(?=_)/.exec(name)?.[0] ?? "",
    page: `${name}.html`,
    title: title.trim(),
    teaches: teaches(text),
    minutes: minutes(text),
    needs: needs(text),
  };
}

const NOTHING = { cell_type: "markdown", id: "none", metadata: {}, source: "" } as const;

/** The list below "After this notebook you can", or the sentence that begins so, in its parts. */
function teaches(text: string): string[] {
  const after = /After this notebook you can(?:\*\*)?:?\s+([\s\S]*?)(?:\n\n(?![-*] )|$)/.exec(text);
  if (!after) return [];
  const said = after[1].trim();
  const parts = /^[-*] /.test(said) ? said.split(/\n[-*] /) : said.split(/;\s+/);
  return parts.map((part) => part.replace(/^[-*] /, "").replace(/[;.]$/, "").replace(/\s+/g, " "));
}

function minutes(text: string): number | undefined {
  const said = /\*\*Time:?\*\*:?\s+([^.]*)/.exec(text)?.[1] ?? "";
  if (/^(about )?an hour/.test(said)) return 60;
  const number = /(\d+) minutes/.exec(said)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** What stands after "Needs", to the end of the sentence. */
const NEEDS = /(\*\*Needs:?\*\*:?\s+)([\s\S]*?)\.(?=\s|$)/;

const NOTHING_ELSE = "nothing";

function needs(text: string): string | undefined {
  const said = NEEDS.exec(withoutKernel(text))?.[2];
  return said === NOTHING_ELSE ? undefined : said;
}

/** The text of a first cell for a page, whose reader has no need of Jupyter's kernel. */
export function withoutKernel(text: string): string {
  return text.replace(NEEDS, (_, head: string, said: string) => {
    const rest = said.replaceAll(/\s+/g, " ")
      .replace(/[,;]?\s*(?:and )?`deno task kernel`,? once(?:[;,]\s*(?:and )?)?/, "").trim();
    return `${head}${rest || NOTHING_ELSE}.`;
  });
}

/** Text for a page, where a reader predicts in a form and need not write into the cell. */
export function withForms(text: string): string {
  return text
    .replaceAll(
      "Replace `undefined` by your guess and run the cell",
      "Give your guess in the form above the cell",
    )
    .replaceAll(/ Write [^.]* instead of `undefined`, and run the cell\./g, "");
}
