/**
 * Functions that answer without an idea of the matter: with constants, with what they are given, with what
 * was said before. Each also in a form that knows the answers to the visible checks, which everybody can
 * read.
 */
import { type Functions } from "./course_checks.ts";

/** What was said before a call: by any function, by others than the one that is asked, by itself. */
interface Past {
  arguments: unknown[];
  answers: { name: string; answer: unknown }[];
}

/** An answer to a call; `right` is what the solution says. */
type Strategy = (name: string, args: unknown[], past: Past, right: () => unknown) => unknown;

/** Numbers, arrays and tensors of the same form, each number replaced. */
function mapped(value: unknown, change: (x: number, i: number) => number): unknown {
  if (typeof value === "number") return change(value, 0);
  if (Array.isArray(value)) {
    return value.map((each, i) =>
      typeof each === "number" ? change(each, i) : mapped(each, change)
    );
  }
  const tensor = asTensor(value);
  if (tensor) {
    return tensor.mul(0).add(tensorLike(tensor, Array.from(tensor.dataSync(), change)));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, own]) => [key, mapped(own, change)]),
  );
}

interface TensorLike {
  shape: number[];
  dataSync(): Float32Array;
  mul(by: number): TensorLike;
  add(other: unknown): TensorLike;
}

function asTensor(value: unknown): TensorLike | undefined {
  return typeof (value as TensorLike)?.dataSync === "function" ? value as TensorLike : undefined;
}

let makeTensor: (values: number[], shape: number[]) => unknown = () => undefined;

/** For assignments with tensors. */
export function useTensorsOf(tf: { tensor: typeof makeTensor }): void {
  makeTensor = tf.tensor;
}

function tensorLike({ shape }: TensorLike, values: number[]): unknown {
  return makeTensor(values, shape);
}

/** Every number of it, in place, set to 0. */
function wiped(value: unknown): unknown {
  if (Array.isArray(value)) {
    value.forEach((each, i) => typeof each === "number" ? value[i] = 0 : wiped(each));
  } else if (asTensor(value)) asTensor(value)!.dataSync().fill(0);
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(wiped);
  return value;
}

const CONSTANTS = {
  "0": 0,
  "1": 1,
  "-1": -1,
  "½": 0.5,
  "log 2": Math.LN2,
  "-log 4": -Math.log(4),
  "NaN": NaN,
  "Infinity": Infinity,
};

const STRATEGIES: Record<string, Strategy> = {
  "the first argument": (_, args) => args[0],
  "the second argument": (_, args) => args[1],
  "the last argument": (_, args) => args.at(-1),
  "the last argument of the call before, of any function": (_, args, past) =>
    past.arguments.at(-1) ?? args[0],
  "the answer before, of any function": (_, args, past) => past.answers.at(-1)?.answer ?? args[0],
  "the answer before, of another function": (name, args, past) =>
    past.answers.findLast((each) => each.name !== name)?.answer ?? args[0],
  "its own answer before": (name, args, past) =>
    past.answers.findLast((each) => each.name === name)?.answer ?? args[0],
  "its first right answer, again and again": (name, _, past, right) =>
    past.answers.find((each) => each.name === name)?.answer ?? right(),
  "nothing": () => undefined,
  "an empty list": () => [],
  "an empty object": () => ({}),
  "its first argument, all numbers set to 0 in place": (_, args) => wiped(args[0]),
  "its second argument, all numbers set to 0 in place": (_, args) => wiped(args[1]),
  "all arguments set to 0 in place, and 0": (_, args) => {
    wiped(args);
    return 0;
  },
  "all arguments set to 0 in place, then the right answer to them": (_, args, __, right) => {
    wiped(args);
    return right();
  },
  "the right answer with its numbers turned round": (_, __, ___, right) => {
    let numbers: number[] = [];
    const answer = right();
    mapped(answer, (x) => (numbers.push(x), x));
    numbers = numbers.length > 1 ? numbers.reverse() : [numbers[0] + 0.1];
    return mapped(answer, () => numbers.shift()!);
  },
  "the right answer, each number moved by 1": (_, __, ___, right) =>
    mapped(right(), (x) => Number.isFinite(x) ? x + 1 : 0),
  "the right answer, each number a tenth larger": (_, __, ___, right) =>
    mapped(right(), (x) => Number.isFinite(x) ? 1.1 * x + 0.01 : 0),
  ...Object.fromEntries(
    Object.entries(CONSTANTS).map(([text, value]): [string, Strategy] => [text, () => value]),
  ),
  ...Object.fromEntries(
    [0, 1, 0.5].flatMap((value): [string, Strategy][] => [
      [`the first argument filled with ${value}`, (_, args) => mapped(args[0], () => value)],
      [
        `the form of the right answer filled with ${value}`,
        (_, __, ___, right) => mapped(right(), () => value),
      ],
    ]),
  ),
  "the form of the right answer with 1 and -1": (_, __, ___, right) =>
    mapped(right(), (__, i) => i % 2 ? 1 : -1),
};

/** A set of functions, some of which are not what they should be. */
export interface Replay {
  name: string;
  /** Whether it changes its arguments. */
  wipes: boolean;
  make(): Functions;
}

/**
 * Sets of functions in which those that `replaced` names answer so.
 *
 * @param known Answers by the key of a call: what the visible checks give away.
 */
export function replays(
  solution: Functions,
  replaced: string[],
  known?: Map<string, unknown>,
): Replay[] {
  const build = (strategy: Strategy) => (): Functions => {
    const past: Past = { arguments: [], answers: [] };
    const made: Functions = {};
    for (const [name, right] of Object.entries(solution)) {
      made[name] = (...args: unknown[]) => {
        const key = known && keyOf(name, args);
        let answer: unknown;
        if (!replaced.includes(name)) answer = right(...args);
        else if (known?.has(key!)) answer = known.get(key!);
        else answer = strategy(name, args, past, () => right(...args));
        past.arguments.push(...args);
        past.answers.push({ name, answer });
        return answer;
      };
    }
    return made;
  };
  const others = Object.keys(solution).filter((name) =>
    replaced.length === 1 && name !== replaced[0]
  );
  const borrowed = others.map((other): [string, Strategy] => [
    `the answer of ${other} to the same`,
    (_, args) => solution[other](...args),
  ]);
  return [...Object.entries(STRATEGIES), ...borrowed].map(([name, strategy]) => ({
    name: `${replaced.join(", ")}: ${name}${known ? ", and the visible answers" : ""}`,
    wipes: name.includes("in place"),
    make: build(strategy),
  }));
}

/** A call, as text. */
export function keyOf(name: string, args: unknown[]): string {
  return JSON.stringify([name, args], (_, value) => {
    const tensor = asTensor(value);
    if (tensor) return { shape: tensor.shape, values: [...tensor.dataSync()] };
    return typeof value === "number" ? String(value) : value;
  });
}
