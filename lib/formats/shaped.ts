/**
 * JSON that has the shape that a program expects, or an error that names the field.
 *
 * @module
 */
import * as v from "valibot";

/** The longest piece of a file that an error shows. */
const MOST_SHOWN = 60;

/**
 * The value of a JSON text.
 *
 * @param action The beginning of the message: what cannot be done, with the file's name.
 * @throws {RangeError} If it is not JSON, or a field is not what the schema says.
 */
export function shaped<const S extends v.GenericSchema>(
  schema: S,
  text: string,
  action: string,
): v.InferOutput<S> {
  const value = parsedJson(text, (found) => {
    throw new RangeError(`${action}: it must be JSON, got ${found}`);
  });
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
  if (success) return output;
  const [{ path, expected, input }] = issues;
  const field = (path ?? []).reduce(
    (text, { key }) => typeof key === "number" ? `${text}[${key}]` : `${text}.${String(key)}`,
    "",
  ).replace(/^\./, "");
  throw new RangeError(
    `${action}: ${field || "its content"} must be ${
      input === undefined ? "there" : kindNamed(expected)
    }, got ${shown(input)}`,
  );
}

/**
 * What a JSON text says; some editors begin a file with a byte order mark.
 *
 * @param refuse Is told what was found if the text is not JSON.
 */
export function parsedJson(text: string, refuse: (found: string) => never): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    return refuse(notJson(text, (error as Error).message));
  }
}

/** What a text that is not JSON is, from V8's message about it. */
function notJson(text: string, message: string): string {
  if (text.trim() === "") return "an empty text";
  if (/end of JSON input|^Unterminated/.test(message)) return "a text that ends in the middle";
  const [, line, column] = message.match(/line (\d+) column (\d+)/) ?? [];
  return line ? `a text that is wrong at line ${line}, column ${column}` : "another text";
}

/** What a field must be: "an object", not "Object". */
function kindNamed(expected: string | null): string {
  if (expected === "Object") return "an object";
  if (expected === "Array") return "a list";
  return expected ?? "of another kind";
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
