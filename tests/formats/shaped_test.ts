import { assertEquals, assertThrows } from "@std/assert";
import * as v from "valibot";
import { shaped } from "@/formats/shaped.ts";

const SCHEMA = v.object({ a: v.number(), list: v.array(v.object({ b: v.string() })) });
const GOOD = '{"a": 1, "list": [{"b": "x"}]}';

Deno.test("JSON is read with a byte order mark and any line ends", () => {
  for (const text of [GOOD, `\ufeff${GOOD}`, GOOD.replaceAll(" ", "\r\n"), `${GOOD}\r\n`]) {
    assertEquals(shaped(SCHEMA, text, "Cannot read x"), { a: 1, list: [{ b: "x" }] });
  }
});

const wrong: Record<string, [text: string, message: string]> = {
  "no JSON": [
    "{a: 1}",
    "Cannot read x: it must be JSON, got a text that is wrong at line 1, column 2",
  ],
  "nothing": ["", "Cannot read x: it must be JSON, got an empty text"],
  "a text that is cut": ['{"a": 1, "li', "it must be JSON, got a text that ends in the middle"],
  "a page": ["<html>", "it must be JSON, got another text"],
  "null": ["null", "Cannot read x: its content must be an object, got null"],
  "a list": ["[]", "a must be there, got nothing"],
  "a missing field": ['{"list": []}', "Cannot read x: a must be there, got nothing"],
  "a field of another kind": ['{"a": "1", "list": []}', 'a must be number, got "1"'],
  "a field of a field": ['{"a": 1, "list": [{"b": 2}]}', "list[0].b must be string, got 2"],
};

for (const [what, [text, message]] of Object.entries(wrong)) {
  Deno.test(`${what} is refused, and the field is named`, () => {
    assertThrows(() => shaped(SCHEMA, text, "Cannot read x"), RangeError, message);
  });
}
