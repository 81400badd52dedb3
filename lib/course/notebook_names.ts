/**
 * Names of files that students hand in: which could be the assignment's notebook, and what the
 * others are.
 *
 * @module
 */

/** What files are, by their ending, for readers who expected a notebook. */
const FORMATS: [ending: RegExp, what: string][] = [
  [/\.html?$/i, "a web page"],
  [/\.pdf$/i, "a PDF document"],
  [/\.(docx?|odt|rtf|pages)$/i, "a document of an office program"],
  [/\.(ts|tsx|js|mjs|py|r)$/i, "a program"],
  [/\.(md|txt)$/i, "a text"],
  [/\.(rar|7z|tar|tgz|gz|bz2|xz)$/i, "an archive of another kind than zip"],
  [/\.(png|jpe?g|heic|gif)$/i, "a picture"],
  [/\.(url|webloc|lnk|gdoc|ipynb\.(crdownload|part|download))$/i, "a link or half a download"],
];

/** What kind of file it is instead of a notebook; undefined for one that nobody would hand in. */
export function formatOf(name: string): string | undefined {
  return FORMATS.find(([ending]) => ending.test(name))?.[1];
}

/** Whether a file may be a notebook, even if a mail program or an editor changed its ending. */
export function mayBeNotebook(name: string): boolean {
  return /\.ipynb(\.txt|\.json)?$/i.test(name);
}

/**
 * Whether a name is near that of an assignment's notebook: in another case or form of its letters,
 * with something before or after it (`Copy of …`, ` (1)`, `-Copy1`, a student's name), or with
 * other separators.
 */
export function isNearName(name: string, assignment: string): boolean {
  if (!mayBeNotebook(name) && !/\.json$/i.test(name) && /\.\w+$/.test(name)) return false;
  return bare(name.replace(/(\.ipynb|\.json|\.txt)+$/i, "")).includes(bare(assignment));
}

/** Letters and digits only, in one case. */
function bare(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}
