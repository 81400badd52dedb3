/**
 * Optimisers as data and as one step over named tensors: the one list of them.
 *
 * Notation: w a weight, g its gradient, t the number of this step, counted from 1.
 * Sources: Adam, Kingma and Ba 2015, arXiv:1412.6980, Algorithm 1; momentum and its schedules, the
 * `mnist.yaml` of Goodfellow et al. 2014.
 *
 * An entry of `OPTIMISERS` is all that an optimiser needs: autodiff trains with it, `checkOptions`
 * and `--help-options` know it, and checkpoints keep its slots. An engine that has no such step
 * leaves the steps to autodiff.
 *
 * @module
 */
import { tf } from "@/tf.ts";
import { freedWhenForgotten } from "@/tfjs/forgotten_tensors.ts";
import { checkFields, checkRules, type Refuse, type Rule, shown, within } from "./fields.ts";
import { type Tensors } from "./network.ts";

/** Adam (Kingma and Ba 2015). */
export interface AdamSpec {
  /** Names the optimiser. */
  kind: "adam";
  /** Size of the first step. */
  learningRate: number;
  /**
   * The rate of step t is learningRate / decay^(t - 1); 1, a constant rate, where it is left out.
   */
  decay?: number;
  /** Decay of the mean gradient. */
  beta1: number;
  /** Decay of the mean squared gradient. */
  beta2: number;
  /** Added to the root of the mean square. */
  epsilon: number;
}

/** Gradient descent with momentum, on the schedules of Goodfellow et al. 2014. */
export interface MomentumSpec {
  /** Names the optimiser. */
  kind: "momentum";
  /** Size of the first step. */
  learningRate: number;
  /** The rate of step t is learningRate / decay^(t - 1), and never below `floor`. */
  decay: number;
  /** The rate never falls below this. */
  floor: number;
  /** Share of the last move in the next: `initial` to epoch `from`, linear to `final` at `to`. */
  momentum: { initial: number; final: number; from: number; to: number };
}

/** An optimiser as data. */
export type OptimiserSpec = AdamSpec | MomentumSpec;

/** When a step is taken. */
export interface Moment {
  /** Steps taken before it. */
  step: number;
  /** Counted from 1. */
  epoch: number;
}

/** Everything that defines an optimiser. */
export interface OptimiserKind<S> {
  /**
   * The fields besides `kind`: what each may be, and what it means. A name that ends in ? may be
   * left out; parts of a record come after a point.
   */
  fields: Readonly<Record<string, [rule: Rule, meaning: string]>>;
  /** What the fields must be together. */
  check?(spec: S, name: string, refuse: Refuse): void;
  /** What it remembers of each weight; zero at first. */
  slots: readonly string[];
  /** The learning rate of the step after `step` steps. */
  rate(spec: S, step: number): number;
  /** The new w and slots; called within a tidy. */
  update(spec: S, w: tf.Tensor, g: tf.Tensor, slots: tf.Tensor[], at: Moment): tf.Tensor[];
  /** A line for a reader, without the rate. */
  describe(spec: S): string;
}

const POSITIVE = within("(", 0, Infinity, ")");
const SHARE = within("[", 0, 1, ")");
const EPOCH = within("[", 0, Infinity, ")");
const DECAY: [Rule, string] = [
  within("[", 1, Infinity, ")"),
  "the rate is divided by this at each step",
];
const RATE: [Rule, string] = [POSITIVE, "size of the first step"];
const MOMENTUM = "share of the last move in the next";

const adam: OptimiserKind<AdamSpec> = {
  fields: {
    learningRate: RATE,
    "decay?": DECAY,
    beta1: [SHARE, "decay of the mean gradient"],
    beta2: [SHARE, "decay of the mean squared gradient"],
    epsilon: [POSITIVE, "added to the root of the mean square"],
  },
  slots: ["mean", "square"],
  rate: ({ learningRate, decay = 1 }, step) => learningRate / decay ** step,
  update(spec, w, g, [mean, square], { step }) {
    const { beta1, beta2, epsilon } = spec;
    const rate = this.rate(spec, step) / (1 - beta1 ** (step + 1));
    const correction = Math.sqrt(1 - beta2 ** (step + 1));
    const m = tf.add(tf.mul(beta1, mean), tf.mul(1 - beta1, g));
    const v = tf.add(tf.mul(beta2, square), tf.mul(1 - beta2, tf.square(g)));
    const root = tf.add(tf.div(tf.sqrt(v), correction), epsilon);
    return [tf.sub(w, tf.mul(rate, tf.div(m, root))), m, v];
  },
  describe: ({ beta1, beta2 }) => `Adam, beta1 ${beta1}, beta2 ${beta2}`,
};

const momentum: OptimiserKind<MomentumSpec> = {
  fields: {
    learningRate: RATE,
    decay: DECAY,
    floor: [within("[", 0, Infinity, ")"), "the rate never falls below this"],
    "momentum.initial": [SHARE, `${MOMENTUM}, at first`],
    "momentum.final": [SHARE, `${MOMENTUM}, at last`],
    "momentum.from": [EPOCH, "epoch up to which momentum keeps its initial value"],
    "momentum.to": [EPOCH, "epoch from which momentum has its final value"],
  },
  check({ momentum: { from, to } }, name, refuse) {
    if (from >= to) refuse(`from of ${name}'s momentum must be less than to, ${to}`, from);
  },
  slots: ["velocity"],
  rate: ({ learningRate, decay, floor }, step) => Math.max(floor, learningRate / decay ** step),
  update(spec, w, g, [velocity], { step, epoch }) {
    const last = tf.mul(momentumAt(spec, epoch), velocity);
    const v = tf.sub(last, tf.mul(this.rate(spec, step), g));
    return [tf.add(w, v), v];
  },
  describe: ({ momentum: { initial, final } }) =>
    `gradient descent, momentum ${initial} to ${final}`,
};

/** Every optimiser by its kind. */
export const OPTIMISERS: Readonly<
  { [K in OptimiserSpec["kind"]]: OptimiserKind<Extract<OptimiserSpec, { kind: K }>> }
> = { adam, momentum };

const KIND_NAMES = Object.keys(OPTIMISERS);

/** The entry of an optimiser. */
function kindOf({ kind }: OptimiserSpec): OptimiserKind<OptimiserSpec> {
  return OPTIMISERS[kind];
}

/**
 * Checks an optimiser that comes from outside.
 *
 * @param name Named in errors.
 * @throws {RangeError} Naming the field, the rule and the value found.
 */
export function checkOptimiser(name: string, spec: OptimiserSpec): void {
  const refuse: Refuse = (rule, value) => {
    throw new RangeError(`Cannot train with this optimiser: ${rule}, got ${shown(value)}`);
  };
  if (typeof spec !== "object" || spec === null) refuse(`${name} must be an object`, spec);
  if (!Object.hasOwn(OPTIMISERS, String(spec.kind))) {
    return refuse(`the kind of ${name} must be ${KIND_NAMES.join(" or ")}`, spec.kind);
  }
  const { fields, check } = kindOf(spec);
  const names = Object.keys(fields);
  const own = new Set(names.map((field) => field.split(".")[0]));
  checkFields(name, spec, ["kind", ...own], refuse);
  checkRules(
    spec,
    rulesOf(names.filter((field) => !field.includes(".")), fields),
    refuse,
    ` of ${name}`,
  );
  for (const record of own) {
    const parts = names.filter((field) => field.startsWith(`${record}.`));
    if (parts.length === 0) continue;
    const rules = rulesOf(parts, fields);
    const value = (spec as unknown as Record<string, object>)[record];
    checkFields(`${record} of ${name}`, value, Object.keys(rules), refuse);
    checkRules(value, rules, refuse, ` of ${name}'s ${record}`);
  }
  check?.(spec, name, refuse);
}

/** The rules of some fields, each by the last part of its name. */
function rulesOf(
  names: string[],
  fields: OptimiserKind<OptimiserSpec>["fields"],
): Record<string, Rule> {
  return Object.fromEntries(
    names.map((name) => [name.split(".").at(-1)!.replace("?", ""), fields[name][0]]),
  );
}

/** An optimiser with what it remembers. */
export interface Optimiser {
  /** Its spec. */
  readonly spec: OptimiserSpec;
  /** Steps taken. */
  step: number;
  /** `<slot>.<weight>`: `mean.` and `square.` for Adam, `velocity.` for momentum. */
  slots: Tensors;
}

/**
 * A new optimiser for these weights: no steps, slots of zero.
 *
 * @throws {RangeError} If the spec is not valid.
 */
export function createOptimiser(spec: OptimiserSpec, weights: Tensors): Optimiser {
  checkOptimiser("the optimiser", spec);
  const slots: Tensors = {};
  for (const [name, weight] of Object.entries(weights)) {
    for (const slot of kindOf(spec).slots) {
      slots[`${slot}.${name}`] = freedWhenForgotten(tf.zerosLike(weight));
    }
  }
  return { spec, step: 0, slots };
}

/** The learning rate of the step after `step` steps. */
export function learningRateAt(spec: OptimiserSpec, step: number): number {
  return kindOf(spec).rate(spec, step);
}

/** The momentum during an epoch, counted from 1. */
export function momentumAt({ momentum }: MomentumSpec, epoch: number): number {
  const { initial, final, from, to } = momentum;
  const share = Math.min(1, Math.max(0, (epoch - from) / (to - from)));
  return initial * (1 - share) + final * share;
}

/** An optimiser in one line, for a reader. */
export function describeOptimiser(spec: OptimiserSpec): string {
  const { learningRate, decay = 1 } = spec;
  const falls = decay === 1 ? "" : `, divided by ${decay} at each step`;
  const [name, ...rest] = kindOf(spec).describe(spec).split(", ");
  return [name, `learning rate ${learningRate}${falls}`, ...rest].join(", ");
}

/**
 * Moves `weights` against `gradients`: their tensors are replaced and the old ones freed.
 *
 * @param gradients One for each weight, by the same names; they stay the caller's to free.
 * @param epoch Counted from 1; decides the momentum.
 */
export function applyGradients(
  optimiser: Optimiser,
  weights: Tensors,
  gradients: Tensors,
  epoch: number,
): void {
  const { spec, slots } = optimiser;
  const kind = kindOf(spec);
  const at = { step: optimiser.step, epoch };
  optimiser.step++;
  for (const [name, w] of Object.entries(weights)) {
    const names = kind.slots.map((slot) => `${slot}.${name}`);
    const old = [w, ...names.map((slot) => slots[slot])];
    const [moved, ...kept] = tf.tidy(() => kind.update(spec, w, gradients[name], old.slice(1), at));
    tf.dispose(old);
    weights[name] = freedWhenForgotten(moved);
    names.forEach((slot, i) => slots[slot] = freedWhenForgotten(kept[i]));
  }
}
