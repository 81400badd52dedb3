/** What the command line says to do about an error of the library. */
import { taskCommand } from "@/cli/place.ts";
import { assertEquals } from "@std/assert";
import { adviceOn, optionOf } from "@/cli/advice.ts";
import { exitCodeOf } from "@/cli/program.ts";
import { type Remedy, withRemedies } from "@/remedy.ts";
import { asRequestError, RequestError } from "@/run/request_error.ts";
import { type Node, nodesOf, sourcesBelow } from "../support/source.ts";

const advised = (...remedies: Remedy[]) => adviceOn(withRemedies(new Error("x"), ...remedies));

Deno.test("remedies are worded as what is typed, alternatives in one sentence", () => {
  assertEquals(advised(), undefined);
  assertEquals(adviceOn(new Error("x")), undefined);
  assertEquals(adviceOn("x"), undefined);
  assertEquals(
    advised({ do: "give", setting: "resume" }, { do: "give", setting: "run" }),
    "Add --resume to go on with it, or choose another folder with --run",
  );
  assertEquals(
    advised({ do: "wait" }, { do: "give", setting: "out" }),
    "Wait for it, or choose another folder with --out",
  );
  assertEquals(
    advised({ do: "leave out", setting: "batchSize" }, {
      do: "leave out",
      setting: "set batchSize",
    }),
    "Leave --batch-size out, or leave --set batchSize out",
  );
  assertEquals(advised({ do: "leave out", setting: "resume" }), "Leave --resume out to begin one");
  assertEquals(
    advised({ do: "resume", run: "a b", give: { setting: "backend", value: "wasm" } }),
    `To go on from there: ${
      taskCommand("train", "--run", "a b", "--resume")
    } (or with --backend wasm)`,
  );
  assertEquals(optionOf("gradientPenalty"), "--gradient-penalty");
});

Deno.test("an error is printed with its advice, after a full stop or on a line of its own", async () => {
  const printed = async (error: Error) => {
    const { error: own } = console;
    const lines: unknown[] = [];
    console.error = (line: unknown) => lines.push(line);
    try {
      return [await exitCodeOf(() => Promise.reject(error)), ...lines];
    } finally {
      console.error = own;
    }
  };
  const remedy = { do: "leave out", setting: "port" } as const;
  assertEquals(await printed(withRemedies(new Error("Cannot listen"), remedy)), [
    1,
    "error: Cannot listen. Leave --port out for a free one",
  ]);
  assertEquals(await printed(withRemedies(new Error("Cannot listen\nIt is taken"), remedy)), [
    1,
    "error: Cannot listen\nIt is taken\nLeave --port out for a free one",
  ]);
  // A value that cannot be is what was typed, and keeps its remedy.
  const request = asRequestError(withRemedies(new RangeError("Cannot listen"), remedy));
  assertEquals(request instanceof RequestError, true);
  assertEquals(await printed(request as Error), [
    2,
    "error: Cannot listen. Leave --port out for a free one",
  ]);
  const other = new TypeError("x");
  assertEquals(asRequestError(other), other);
});

/** Rooms that somebody uses who has no command line: a notebook, another course. */
const ROOMS = ["data", "eval", "experiments", "formats", "host", "io", "math", "plot", "run"];

Deno.test("no text of the library below the command line names an option or a task", async () => {
  const sources = await sourcesBelow(...ROOMS.map((room) => `lib/${room}`));
  const found = sources.flatMap(({ path, tree }) =>
    [...nodesOf(tree)].map((node) => textOf(node).replace(/<style>.*<\/style>/s, ""))
      .filter((text) => /(^|[\s(>])--[a-z][a-z-]+|deno task/.test(text))
      .map((text) => `${path}: ${text}`)
  );
  assertEquals(found, []);
});

function textOf({ type, value }: Node): string {
  if (type === "TemplateElement") return (value as { cooked: string }).cooked;
  return type === "Literal" && typeof value === "string" ? value : "";
}
