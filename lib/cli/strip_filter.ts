/**
 * What git runs for a notebook that it looks at, where `deno task kernel --git-filter` has asked for it: a notebook on stdin,
 * the same without outputs on stdout. What is no notebook that is known here comes out as it went in, with a warning: a
 * filter must never keep somebody from a commit.
 *
 * @module
 */
import { keptText, parseNotebook } from "@/notebook/document.ts";
import { decodeText } from "@/formats/text.ts";

/** The notebook as it is kept; its own bytes where it is none. */
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
