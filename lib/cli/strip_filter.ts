/**
 * What git runs for a notebook that it looks at, once `deno task kernel --git-filter` has set it: a
 * notebook comes in on stdin and leaves without outputs on stdout. What is not a notebook of a
 * known kind comes out as it went in, with a warning: a filter must never keep anybody from
 * committing.
 *
 * @module
 */
import { keptText, parseNotebook } from "@/notebook/document.ts";
import { decodeText } from "@/formats/text.ts";

/** The notebook as it is kept, or the same bytes if it is not a notebook. */
export function cleaned(bytes: Uint8Array, warn: (text: string) => void): Uint8Array {
  if (bytes.length === 0) return bytes;
  try {
    const text = decodeText(bytes);
    if (text === undefined) throw new TypeError("a notebook is a text in UTF-8");
    return new TextEncoder().encode(keptText(parseNotebook(text, "it")));
  } catch (error) {
    warn(`warning: a notebook goes into git with its outputs: ${(error as Error).message}`);
    return bytes;
  }
}

if (import.meta.main) {
  const bytes = new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
  const out = cleaned(bytes, (text) => console.error(text));
  for (let at = 0; at < out.length;) at += await Deno.stdout.write(out.subarray(at));
}
