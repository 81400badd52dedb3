/**
 * The reader's versions of cells, kept by the browser: never sent anywhere. With each is kept what
 * the book had there, so that a new edition of the book does not mix with what was written for an
 * old one.
 *
 * @module
 */

/** What is needed of the browser's `localStorage`. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** A reader's version of a cell. */
export interface Edit {
  code: string;
  /** The book's version when it was written. */
  book: string;
}

/** The reader's versions of the cells of one notebook. */
export class Edits {
  readonly #start: string;

  /** @param store Undefined where the browser keeps nothing. */
  constructor(private readonly store: Store | undefined, notebook: string) {
    this.#start = `gan-workbook/${notebook}/`;
  }

  /** The reader's version of a cell, if there is one. */
  of(id: string): Edit | undefined {
    const text = this.#tried((store) => store.getItem(this.#start + id));
    if (!text) return undefined;
    try {
      const { code, book } = JSON.parse(text);
      return typeof code === "string" && typeof book === "string" ? { code, book } : undefined;
    } catch {
      return undefined; // Another program's, or cut.
    }
  }

  /**
   * Keeps a version; the book's own is forgotten instead.
   *
   * @returns False if the browser does not keep it.
   */
  keep(id: string, edit: Edit): boolean {
    return this.#tried((store) => {
      if (edit.code === edit.book) store.removeItem(this.#start + id);
      else store.setItem(this.#start + id, JSON.stringify(edit));
      return true;
    }) ?? false;
  }

  /** Forgets the reader's version of a cell. */
  forget(id: string): void {
    this.#tried((store) => store.removeItem(this.#start + id));
  }

  /** The cells of which there is a version, in no order. */
  ids(): string[] {
    return this.#tried((store) =>
      Array.from({ length: store.length }, (_, i) => store.key(i) ?? "")
        .filter((key) => key.startsWith(this.#start))
        .map((key) => key.slice(this.#start.length))
    ) ?? [];
  }

  /** A browser may refuse, as it does in some private windows or when there is no more room. */
  #tried<Of>(what: (store: Store) => Of): Of | undefined {
    try {
      return this.store && what(this.store);
    } catch {
      return undefined;
    }
  }
}

/** What the browser keeps for pages of this place; undefined where it refuses. */
export function browsersStore(): Storage | undefined {
  let store: Storage | undefined;
  try {
    store = globalThis.localStorage;
  } catch {
    // As where a reader has forbidden pages to keep anything.
  }
  return store;
}

/** A choice that the browser keeps; empty if there is none. */
export function kept(key: string): string {
  try {
    return browsersStore()?.getItem(key) ?? "";
  } catch {
    return "";
  }
}

/** Keeps a choice, or forgets it if it is empty. Where the browser refuses, it holds for the page. */
export function keep(key: string, choice: string): void {
  try {
    if (choice === "") browsersStore()?.removeItem(key);
    else browsersStore()?.setItem(key, choice);
  } catch {
    // The page goes on without.
  }
}
