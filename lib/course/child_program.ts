/**
 * The program of the processes that hold students' code: one file of JavaScript, made once for an
 * assignment.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";
import { type MakeTensor } from "./codec.ts";

/** What a child process runs. */
export interface ChildProgram {
  /** One JavaScript file for each way to take in a submission. */
  paths: Record<ChildMode, string>;
  makeTensor?: MakeTensor;
}

/**
 * How a submission is taken in: as functions, with what they are made of, or as a notebook, whose
 * cells are run whole and in order.
 */
export type ChildMode = "functions" | "notebook";

/** The names that submissions may import, by module, and whether they compute with tensors. */
export type ImportList = Map<string, Set<string>>;

const TENSORFLOW = "@/tf.ts";

/** Modules that show things or choose a backend: here their names do nothing. */
const IDLE = /^@\/(notebook\/|plot\/|course\/passed\.ts$|backend\.ts$)/;

/**
 * For the program of a process: TensorFlow.js with its cpu backend only, half of what `tf.ts`
 * brings, since each process reads it anew.
 */
const PLAIN_TENSORFLOW = `import * as tf from ${JSON.stringify("@tensorflow/tfjs")};
tf.enableProdMode();
await tf.setBackend("cpu");`;

/**
 * Makes the program of the child processes, in `folder`: `serveChild` with what may be imported.
 *
 * @throws {Error} If it cannot be bundled.
 */
export async function makeChildProgram(
  imports: ImportList,
  folder: string,
): Promise<ChildProgram> {
  const tensors = imports.has(TENSORFLOW);
  const lines = [
    `import { serveChild } from "@/course/child.ts";`,
    tensors ? PLAIN_TENSORFLOW : "",
    "const nothing = () => {};",
  ];
  const members = [...imports].map(([source, names], i) => {
    const value = (name: string) => {
      if (source === TENSORFLOW) return "tf";
      return IDLE.test(source) ? "nothing" : `m${i}[${JSON.stringify(name)}]`;
    };
    if (source !== TENSORFLOW && !IDLE.test(source)) {
      lines.push(`import * as m${i} from ${JSON.stringify(source)};`);
    }
    const own = [...names].map((name) => `${JSON.stringify(name)}: ${value(name)}`);
    return `${JSON.stringify(source)}: { ${own.join(", ")} }`;
  });
  const served = [`{ ${members.join(", ")} }`, tensors ? "tf.tensor" : "undefined"];
  const programs: Record<ChildMode, string[]> = {
    functions: [...lines, `serveChild(${served.join(", ")});`],
    // The notebook's parser is large, and most submissions do not need it.
    notebook: [
      `import { NotebookSession } from "@/course/child_notebook.ts";`,
      ...lines,
      `serveChild(${[...served, "(hooks) => new NotebookSession(hooks)"].join(", ")});`,
    ],
  };
  const paths = {} as ChildProgram["paths"];
  for (const mode of Object.keys(programs) as ChildMode[]) {
    paths[mode] = join(folder, `${mode}.js`);
    await Deno.writeTextFile(paths[mode], await bundled(programs[mode].join("\n")));
  }
  return { paths, makeTensor: tensors ? await tensorMaker() : undefined };
}

/** Bundles, by their entries: what submissions import rarely changes. */
const bundles = new Map<string, string>();

/** A program as one file of JavaScript without imports. */
async function bundled(text: string): Promise<string> {
  const known = bundles.get(text) ?? await bundle(text);
  bundles.set(text, known);
  return known;
}

/** TensorFlow.js on this side, which computes what is expected. */
async function tensorMaker(): Promise<MakeTensor> {
  const [{ tf }, { useBackend }] = [await import("@/tf.ts"), await import("@/backend.ts")];
  await useBackend("cpu");
  return (...args) => tf.tensor(...args);
}

/** The project's deno.json, where "@/" is defined. */
export const CONFIG = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  "deno.json",
);
