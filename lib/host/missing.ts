/**
 * What runs in browsers uses, and a browser may lack: methods that those of 2024 do not have, and
 * one that is kept from pages that came over plain HTTP. They are put where they belong, unless they
 * are there. `docs/browsers.md` has the versions.
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

/** A random UUID, version 4: six bits of 128 say so. */
function randomUUID(this: Pick<Crypto, "getRandomValues">): string {
  const bytes = this.getRandomValues(new Uint8Array(16));
  bytes[6] = 0x40 | (bytes[6] & 15);
  bytes[8] = 0x80 | (bytes[8] & 63);
  return toHex.call(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Adds what is missing to the methods of a `Uint8Array`, and to those of `crypto`. */
export function addMissing(bytes: object, crypto: object): void {
  const add = (owner: object, methods: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(methods)) {
      if (name in owner) continue;
      Object.defineProperty(owner, name, { value, writable: true, configurable: true });
    }
  };
  add(bytes, { toHex, toBase64 });
  add(crypto, { randomUUID });
}

addMissing(Uint8Array.prototype, crypto);
