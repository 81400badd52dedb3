/** The gradient that reaches G through D, as notebook 05 uses it. */
import { assertAlmostEquals, assertGreater } from "@std/assert";
import { LINE_DISCRIMINATOR } from "@/gan/discriminate.ts";
import { generatorLoss } from "@/gan/losses.ts";
import { createNetwork, type Network, trace } from "@/gan/network.ts";
import { gradientsIn } from "@/gan/steps.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";

for (const kind of ["saturating", "nonSaturating"] as const) {
  testOnBackends(`G's ${kind} gradient through D equals central differences`, async () => {
    const random = new Random(8);
    const generator = createNetwork({
      inputs: 1,
      layers: [{ width: 6, activation: "tanh" }, { width: 1, activation: "linear" }],
      initialisation: { kind: "fanIn" },
    }, random.split("generator"));
    const discriminator = createNetwork(LINE_DISCRIMINATOR, random.split("discriminator"));
    const z = tf.tensor2d(random.normals(64), [64, 1]);
    const loss = (g: Network) => {
      const { output } = trace(g, z, { training: true });
      return generatorLoss(kind, trace(discriminator, output, { training: true }).output);
    };
    const gradients = gradientsIn(generator, loss);
    let largest = 0;
    for (const [name, weight] of Object.entries(generator.weights)) {
      const [values, found] = [await weight.data(), await gradients[name].data()];
      for (let i = 0; i < values.length; i++) {
        const at = async (shift: number) => {
          const moved = tf.tensor(values.map((v, j) => j === i ? v + shift : v), weight.shape);
          const weights = { ...generator.weights, [name]: moved };
          return (await tf.tidy(() => loss({ ...generator, weights })).data())[0];
        };
        // D has kinks, and float32 rounds by 1e-7 over 2h.
        assertAlmostEquals(found[i], (await at(0.01) - await at(-0.01)) / 0.02, 3e-4, name);
        largest = Math.max(largest, Math.abs(found[i]));
      }
    }
    assertGreater(largest, 0.01); // Not a comparison of zeros.
  });
}
