/**
 * Notebooks that are made here, and recognised as long as nobody has changed them
 * (`io/outputs.ts`).
 *
 * The seal is a digest of the cells with everything that is in them. An editor that writes the same
 * cells differently (texts as lists of lines, keys in another order) does not break the seal; nor
 * do the notebook's own metadata, to which editors add.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { type Notebook, parseNotebook } from "./document.ts";

const KEY = "gan_workbook";

/** The notebook with its seal in its metadata. */
export function sealed(notebook: Notebook): Notebook {
  const metadata = { ...notebook.metadata, [KEY]: { sha256: digestOf(notebook) } };
  return { ...notebook, metadata };
}

/**
 * Whether a file is a notebook as `sealed` made it, or has the cells of `same`.
 *
 * @param same A notebook that would be written there now.
 */
export function isSealed(bytes: Uint8Array, same?: Notebook): boolean {
  let notebook: Notebook;
  try {
    notebook = parseNotebook(new TextDecoder().decode(bytes), "");
  } catch {
    return false;
  }
  const found = digestOf(notebook);
  const seal = (notebook.metadata[KEY] as { sha256?: unknown } | undefined)?.sha256;
  return seal === found || (same !== undefined && digestOf(same) === found);
}

function digestOf({ cells }: Notebook): string {
  return host.sha256(JSON.stringify(canonical(cells)));
}

/** Lines as one text, keys in their order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.length > 0 && value.every((item) => typeof item === "string")
      ? value.join("")
      : value.map(canonical);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map((
      [key, one],
    ) => [key, canonical(one)]),
  );
}
