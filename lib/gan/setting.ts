/**
 * What `--set name=value` asks for, as it was typed.
 *
 * @module
 */

/** An option that is to be set. */
export interface Setting {
  name: string;
  /** As it was typed. */
  text: string;
}

/** `name=value` in its parts; undefined where it is not of that form. */
export function parseSetting(text: string): Setting | undefined {
  const at = text.indexOf("=");
  const name = text.slice(0, at).trim();
  return at < 1 || name === "" ? undefined : { name, text: text.slice(at + 1).trim() };
}
