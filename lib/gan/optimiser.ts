/**
 * Adam, and gradient descent with momentum, as data and as one step over named tensors.
 *
 * Notation: w a weight, g its gradient, t the number of this step, counted from 1.
 * Sources: Adam, Kingma and Ba 2015, arXiv:1412.6980, Algorithm 1; momentum and its schedules, the
 * `mnist.yaml` of Goodfellow et al. 2014.
 *
 * @module
 */
import { adamInOnePass } from "@/tfjs/plain_wasm.ts";
import { tf } from "@/tf.ts";
import { checkFields, checkRules, type Refuse, type Rule, shown, within } from "./fields.ts";
import { type Tensors } from "./network.ts";

export interface AdamSpec {
  kind: "adam";
  learningRate: number;
  /** The rate of step t is learningRate / decay^(t - 1); 1, a constant rate, where it is left out. */
  decay?: number;
  /** Decay of the mean gradient. */
  beta1: number;
  /** Decay of the mean squared gradient. */
  beta2: number;
  /** Added to the root of the mean square. */
  epsilon: number;
}

export interface MomentumSpec {
  kind: "momentum";
  learningRate: number;
  /** The rate of step t is learningRate / decay^(t - 1), and never below `floor`. */
  decay: number;
  floor: number;
  /** Share of the last move in the next: `initial` to epoch `from`, linear to `final` at `to`. */
  momentum: { initial: number; final: number; from: number; to: number };
}

export type OptimiserSpec = AdamSpec | MomentumSpec;

const KINDS: Readonly<
  Record<OptimiserSpec["kind"], { fields: string[]; rules: Record<string, Rule> }>
> = {
  adam: {
    fields: ["kind", "learningRate", "decay?", "beta1", "beta2", "epsilon"],
    rules: {
      learningRate: within("(", 0, Infinity, ")"),
      decay: within("[", 1, Infinity, ")"),
      beta1: within("[", 0, 1, ")"),
      beta2: within("[", 0, 1, ")"),
      epsilon: within("(", 0, Infinity, ")"),
    },
  },
  momentum: {
    fields: ["kind", "learningRate", "decay", "floor", "momentum"],
    rules: {
      learningRate: within("(", 0, Infinity, ")"),
      decay: within("[", 1, Infinity, ")"),
      floor: within("[", 0, Infinity, ")"),
    },
  },
};

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
  const kind = Object.hasOwn(KINDS, String(spec?.kind)) ? KINDS[spec.kind] : undefined;
  if (!kind) return refuse(`the kind of ${name} must be adam or momentum`, spec?.kind);
  checkFields(name, spec, kind.fields, refuse);
  checkRules(spec, kind.rules, refuse, ` of ${name}`);
  if (spec.kind !== "momentum") return;
  checkFields(`momentum of ${name}`, spec.momentum, ["initial", "final", "from", "to"], refuse);
  checkRules(spec.momentum, MOMENTUM_RULES, refuse, ` of ${name}'s momentum`);
  const { from, to } = spec.momentum;
  if (from >= to) refuse(`from of ${name}'s momentum must be less than to, ${to}`, from);
}

const RATE: Rule = within("[", 0, 1, ")");
const EPOCH: Rule = within("[", 0, Infinity, ")");
const MOMENTUM_RULES = { initial: RATE, final: RATE, from: EPOCH, to: EPOCH };

/** The rule of each number of an optimiser, by its kind. */
export const OPTIMISER_RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  adam: KINDS.adam.rules,
  momentum: {
    ...KINDS.momentum.rules,
    ...Object.fromEntries(
      Object.entries(MOMENTUM_RULES).map(([name, rule]) => [`momentum.${name}`, rule]),
    ),
  },
};

/** An optimiser with what it remembers. */
export interface Optimiser {
  readonly spec: OptimiserSpec;
  /** Steps taken. */
  step: number;
  /** `mean.<weight>` and `square.<weight>` for Adam, `velocity.<weight>` for momentum. */
  slots: Tensors;
}

/**
 * A new optimiser for these weights: no steps, slots of zero.
 *
 * @throws {RangeError} If the spec is not one.
 */
export function createOptimiser(spec: OptimiserSpec, weights: Tensors): Optimiser {
  checkOptimiser("the optimiser", spec);
  const slots: Tensors = {};
  const kinds = spec.kind === "adam" ? ["mean", "square"] : ["velocity"];
  for (const [name, weight] of Object.entries(weights)) {
    for (const kind of kinds) slots[`${kind}.${name}`] = tf.zerosLike(weight);
  }
  return { spec, step: 0, slots };
}

/** The learning rate of the step after `step` steps. */
export function learningRateAt(spec: OptimiserSpec, step: number): number {
  if (spec.kind === "adam") return spec.learningRate / (spec.decay ?? 1) ** step;
  return Math.max(spec.floor, spec.learningRate / spec.decay ** step);
}

/** The momentum during an epoch, counted from 1. */
export function momentumAt({ momentum }: MomentumSpec, epoch: number): number {
  const { initial, final, from, to } = momentum;
  const share = Math.min(1, Math.max(0, (epoch - from) / (to - from)));
  return initial * (1 - share) + final * share;
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
  const rate = learningRateAt(spec, optimiser.step);
  optimiser.step++;
  const replace = (owner: Tensors, name: string, value: tf.Tensor) => {
    owner[name].dispose();
    owner[name] = value;
  };
  for (const [name, w] of Object.entries(weights)) {
    const g = gradients[name];
    if (spec.kind === "adam") {
      const [mean, square, moved] = adamUpdate(
        w,
        g,
        slots[`mean.${name}`],
        slots[`square.${name}`],
        spec,
        rate,
        optimiser.step,
      );
      replace(slots, `mean.${name}`, mean);
      replace(slots, `square.${name}`, square);
      replace(weights, name, moved);
    } else {
      const momentum = momentumAt(spec, epoch);
      const velocity = tf.tidy(() =>
        tf.sub(tf.mul(momentum, slots[`velocity.${name}`]), tf.mul(rate, g))
      );
      replace(slots, `velocity.${name}`, velocity);
      replace(weights, name, tf.add(w, velocity));
    }
  }
}

function adamUpdate(
  w: tf.Tensor,
  g: tf.Tensor,
  mean: tf.Tensor,
  square: tf.Tensor,
  { beta1, beta2, epsilon }: AdamSpec,
  rate: number,
  t: number,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const step = rate / (1 - beta1 ** t);
  const correction = Math.sqrt(1 - beta2 ** t);
  const numbers = { beta1, beta2, epsilon, rate: step, correction };
  return adamInOnePass({ w, g, mean, square }, numbers) ?? tf.tidy(() => {
    const m = tf.add(tf.mul(beta1, mean), tf.mul(1 - beta1, g));
    const v = tf.add(tf.mul(beta2, square), tf.mul(1 - beta2, tf.square(g)));
    const root = tf.add(tf.div(tf.sqrt(v), correction), epsilon);
    return [m, v, tf.sub(w, tf.mul(step, tf.div(m, root)))];
  });
}
