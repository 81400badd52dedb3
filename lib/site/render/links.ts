/**
 * Where the links of a notebook lead once it is a page.
 *
 * A notebook of the same book is a page beside this one. Other files of the project, such as
 * `../docs/training.md`, are not on the site: where the address of the project's files is known they
 * lead there, and otherwise the text is followed by the file's name and is no link.
 *
 * @module
 */
import { posix } from "node:path";

/** What a link needs to know of its page. */
export interface PagePlace {
  /** Names of the notebooks that have a page, such as "02_optimal_discriminator". */
  names: ReadonlySet<string>;
  /** Folder of the notebook in the project, such as "notebooks". */
  folder: string;
  /** The address of the project's files, ending in a slash, if they can be read anywhere. */
  repository?: string;
}

/** An address; or the path of a file in the project that has none. */
export type Target = { href: string } | { file: string };

/** Where a link written in a notebook leads. */
export function targetOf(href: string, { names, folder, repository }: PagePlace): Target {
  if (href.startsWith("#")) return { href: `#${slug(fragment(href.slice(1)))}` };
  if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith("//")) return { href };
  const [path, anchor] = href.split("#", 2);
  const file = posix.normalize(posix.join(folder, decodeURI(path)));
  const name = posix.basename(file, ".ipynb");
  if (file.endsWith(".ipynb") && names.has(name)) {
    return { href: `${name}.html${anchor ? `#${slug(fragment(anchor))}` : ""}` };
  }
  return repository === undefined || file.startsWith("..")
    ? { file }
    : { href: `${repository}${encodeURI(file)}${anchor ? `#${anchor}` : ""}` };
}

/** A fragment as the heading that it names: Jupyter writes hyphens for spaces. */
function fragment(text: string): string {
  return decodeURIComponent(text).replaceAll("-", " ");
}

/** The id of a heading, from its text. */
export function slug(text: string): string {
  const words = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
    .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join("-") || "section";
}
