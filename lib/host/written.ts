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
  const deep = level > (options.depth ?? 4);
  const name = value.constructor?.name ?? "[Object: null prototype]";
  const inner = (item: unknown) => written(item, options, level + 1);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    if (deep) return `[${name}]`;
    const list = Array.from(value as ArrayLike<unknown>);
    const title = Array.isArray(value) ? "" : `${name}(${list.length}) `;
    return `${title}${enclosed("[", list.map(inner), "]", options.iterableLimit)}`;
  }
  if (deep) return `[${name}]`;
  const items = Object.entries(value).map(([key, item]) => `${key}: ${inner(item)}`);
  return `${name === "Object" ? "" : `${name} `}${enclosed("{", items, "}")}`;
}

function enclosed(open: string, items: string[], close: string, limit = 100): string {
  if (items.length === 0) return open + close;
  const rest = items.length - limit;
  const more = rest > 0 ? [`... ${rest} more item${rest > 1 ? "s" : ""}`] : [];
  return `${open} ${[...items.slice(0, limit), ...more].join(", ")} ${close}`;
}

function quoted(text: string, limit = Infinity): string {
  if (text.length > limit) return `${quoted(text.slice(0, limit))}...`;
  const quote = [`"`, "'", "`"].find((sign) => !text.includes(sign));
  const json = JSON.stringify(text);
  if (quote === undefined || quote === `"`) return json;
  return quote + json.slice(1, -1).replaceAll('\\"', '"') + quote;
}
