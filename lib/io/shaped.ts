/**
 * JSON that has the shape which a program expects of it, or an error that names the field.
 *
 * @module
 */
import * as v from "valibot";

/** The longest piece of a file that an error shows. */
const MOST_SHOWN = 60;

/**
 * The value of a JSON text.
 *
 * @param action How the message begins: what cannot be done, with the file's name.
 * @throws {RangeError} If it is no JSON, or a field is not what the schema says.
 */
export function shaped<const S extends v.GenericSchema>(
  schema: S,
  text: string,
  action: string,
): v.InferOutput<S> {
  let value: unknown;
  try {
    // Some editors begin a file with a byte order mark.
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new RangeError(`${action}: it must be JSON, got ${(error as Error).message}`);
  }
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
  if (success) return output;
  const [{ path, expected, input }] = issues;
  const field = (path ?? []).reduce(
    (text, { key }) => typeof key === "number" ? `${text}[${key}]` : `${text}.${String(key)}`,
    "",
  ).replace(/^\./, "");
  throw new RangeError(
    `${action}: ${field || "its content"} must be ${
      input === undefined ? "there" : expected ?? "of another kind"
    }, got ${shown(input)}`,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
