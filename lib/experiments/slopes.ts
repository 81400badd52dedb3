/**
 * How steep D is at points, and which way it pulls the points of G.
 *
 * Notation: a is D's logit, D = σ(a). With the loss -log D(x) a generated point x is pulled along
 * -∂/∂x (-log D) = (1 - D) ∇ₓa; G's weights may move it otherwise, since all points share them.
 *
 * @module
 */
import { sync } from "@/gan/custody.ts";
import { type Gan } from "@/gan/gan.ts";
import { inputGradient, trace } from "@/gan/network.ts";
import { sigmoid } from "@/math/stable.ts";
import { tf } from "@/tf.ts";

/** D's logit at points, and its gradient there. */
export interface Slopes {
  /** [count]. */
  logits: Float32Array;
  /** ∇ₓa, [count, 2]. */
  gradients: Float32Array;
}

/** D's logits and their gradients at points of the plane, [count, 2]. */
export async function slopesAt(gan: Gan, points: Float32Array): Promise<Slopes> {
  sync(gan);
  const count = points.length / 2;
  const [logits, gradients] = tf.tidy(() => {
    const mode = { training: false } as const;
    const pass = trace(gan.discriminator, tf.tensor2d(points, [count, 2]), mode);
    return [pass.output, inputGradient(gan.discriminator, pass, mode, count)];
  });
  const found = {
    logits: await logits.data() as Float32Array,
    gradients: await gradients.data() as Float32Array,
  };
  tf.dispose([logits, gradients]);
  return found;
}

/** ‖∇ₓa‖ in the mean over points. */
export function meanSteepness({ gradients }: Slopes): number {
  let sum = 0;
  for (let i = 0; i < gradients.length; i += 2) sum += Math.hypot(gradients[i], gradients[i + 1]);
  return sum / (gradients.length / 2);
}

/** (1 - D) ∇ₓa at each point, [count, 2]: the pull of the non-saturating loss. */
export function pullsOf({ logits, gradients }: Slopes): Float32Array {
  return gradients.map((g, i) => sigmoid(-logits[i >> 1]) * g);
}
