/**
 * A value as text where there is no `Deno.inspect`: in the same style, but only as much as messages
 * need.
 *
 * @module
 */
import { type InspectOptions } from "./host.ts";

/** A value as text. */
export function written(value: unknown, options: InspectOptions = {}, level = 0): string {
  if (typeof value === "string") return quoted(value, options.strAbbreviateSize);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") {
    return `[Function${value.name ? `: ${value.name}` : " (anonymous)"}]`;
  }
  if (typeof value !== "object" || value === null) {
    return Object.is(value, -0) ? "-0" : String(value);
  }
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof RegExp) return String(value);
  if (value instanceof Date) return isNaN(Number(value)) ? "Invalid Date" : value.toISOString();
  const deep = level > (options.depth ?? 4);
  const name = value.constructor?.name ?? "[Object: null prototype]";
  if (deep) return `[${name}]`;
  const inner = (item: unknown) => written(item, options, level + 1);
  const { iterableLimit = 100 } = options;
  if (Array.isArray(value) || ArrayBuffer.isView(value) && "length" in value) {
    const list = value as ArrayLike<unknown>;
    const title = Array.isArray(value) ? "" : `${name}(${list.length}) `;
    return `${title}${enclosed("[]", list, inner, iterableLimit)}`;
  }
  if (value instanceof Set) {
    return `${name}(${value.size}) ${enclosed("{}", [...value], inner, iterableLimit)}`;
  }
  if (value instanceof Map) {
    const pair = ([key, item]: [unknown, unknown]) => `${inner(key)} => ${inner(item)}`;
    return `${name}(${value.size}) ${enclosed("{}", [...value], pair, iterableLimit)}`;
  }
  const property = ([key, item]: [string, unknown]) => `${key}: ${inner(item)}`;
  const title = name === "Object" ? "" : `${name} `;
  return `${title}${enclosed("{}", Object.entries(value), property)}`;
}

/** Items that are not shown are not written either: a list may have millions. */
function enclosed<Item>(
  [open, close]: string,
  list: ArrayLike<Item>,
  write: (item: Item) => string,
  limit = 100,
): string {
  if (list.length === 0) return open + close;
  const rest = list.length - limit;
  const more = rest > 0 ? [`... ${rest} more item${rest > 1 ? "s" : ""}`] : [];
  const items = Array.from({ length: Math.min(list.length, limit) }, (_, i) => write(list[i]));
  return `${open} ${[...items, ...more].join(", ")} ${close}`;
}

function quoted(text: string, limit = Infinity): string {
  if (text.length > limit) return `${quoted(text.slice(0, limit))}...`;
  const quote = [`"`, "'", "`"].find((sign) => !text.includes(sign));
  const json = JSON.stringify(text);
  if (quote === undefined || quote === `"`) return json;
  return quote + json.slice(1, -1).replaceAll('\\"', '"') + quote;
}
