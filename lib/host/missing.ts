/**
 * What a browser of the last two years may lack of JavaScript itself, and what runs in browsers
 * uses: it is put where it belongs, unless it is there. `docs/browsers.md` has the versions.
 *
 * @module
 */

/** Numbers of bytes that `String.fromCharCode` takes at once. */
const CHUNK = 8192;

function toHex(this: Uint8Array): string {
  return Array.from(this, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function toBase64(this: Uint8Array): string {
  let characters = "";
  for (let from = 0; from < this.length; from += CHUNK) {
    characters += String.fromCharCode(...this.subarray(from, from + CHUNK));
  }
  return btoa(characters);
}

/** Adds to the methods of a `Uint8Array` those that are missing. */
export function addMissing(bytes: object): void {
  for (const [name, value] of Object.entries({ toHex, toBase64 })) {
    if (name in bytes) continue;
    Object.defineProperty(bytes, name, { value, writable: true, configurable: true });
  }
}

addMissing(Uint8Array.prototype);
