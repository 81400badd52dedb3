/**
 * What the running cell has shown, for a page that comes back while it runs: a page that was
 * reloaded has lost its place.
 *
 * @module
 */
import { type Content } from "./messages.ts";

/** An output as it would be published now. */
export interface Kept {
  type: string;
  content: Content;
  metadata: Content;
}

/** Nobody reads text beyond this length again. */
const MOST_CHARACTERS = 1_000_000;

/** The outputs of one cell, each as it is now. */
export class Transcript {
  #kept: Kept[] = [];

  get outputs(): readonly Kept[] {
    return this.#kept;
  }

  /** Takes in a message that was published. */
  add({ type, content, metadata }: Kept): void {
    const last = this.#kept.at(-1);
    if (type === "stream" && last?.type === "stream" && last.content.name === content.name) {
      const text = `${last.content.text}${content.text}`.slice(-MOST_CHARACTERS);
      last.content = { ...last.content, text };
    } else if (type === "update_display_data") {
      const id = content.transient?.display_id;
      const changed = this.#kept.find(({ content }) => content.transient?.display_id === id);
      if (changed) Object.assign(changed, { content, metadata });
      // A display of an earlier cell: the page has seen it, but does not know its name any more.
      else this.#kept.push({ type: "display_data", content, metadata });
    } else if (type === "clear_output") {
      this.#kept = [];
    } else if (["stream", "display_data", "execute_result", "error"].includes(type)) {
      this.#kept.push({ type, content, metadata });
    }
  }
}
