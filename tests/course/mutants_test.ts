/**
 * Wrong solutions lose the points of what they get wrong, and no others; right ones that are written
 * otherwise lose nothing.
 *
 * A mutant that is used by later parts loses their points as well, where they depend on what it broke.
 */
import { assertEquals } from "@std/assert";
import { parseNotebook } from "@/notebook/document.ts";
import { checksOf, passed, solutionOf } from "../support/course_checks.ts";
import { changed, grade, readAssignment, submission } from "../support/submissions.ts";
import { gateTest } from "../support/gate.ts";

/** A change of the solution, and the items that it costs. */
type Mutant = [name: string, from: string, to: string, loses: string[]];

const mutants: Record<string, Mutant[]> = {
  a1_theory: [
    [
      "BCE: sign flipped",
      "return losses.reduce((sum, loss) => sum + loss, 0)",
      "return -losses.reduce((sum, loss) => sum + loss, 0)",
      ["bce-one", "bce-batch", "bce-extremes", "value-coin", "value-samples", "value-extremes"],
    ],
    [
      "BCE: label sides swapped",
      "labels[i] * softplus(-a) + (1 - labels[i]) * softplus(a)",
      "labels[i] * softplus(a) + (1 - labels[i]) * softplus(-a)",
      ["bce-one", "bce-batch", "bce-extremes", "value-samples", "value-extremes"],
    ],
    ["BCE: sum for mean", "loss, 0) / losses.length", "loss, 0)", [
      "bce-batch",
      "value-coin",
      "value-samples",
      "value-extremes",
    ]],
    ["BCE: bits for nats", "loss, 0) / losses.length", "loss, 0) / losses.length / Math.LN2", [
      "bce-one",
      "bce-batch",
      "bce-extremes",
      "value-coin",
      "value-samples",
      "value-extremes",
    ]],
    [
      "BCE: logarithm after the sigmoid",
      "const softplus = (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));\n  // -log σ",
      "const softplus = (a: number) => -Math.log(1 / (1 + Math.exp(a)));\n  // -log σ",
      ["bce-extremes", "value-extremes"],
    ],
    [
      "BCE: log(1 + exp(a)) overflows",
      "const softplus = (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));\n  // -log σ",
      "const softplus = (a: number) => Math.log(1 + Math.exp(a));\n  // -log σ",
      ["bce-extremes", "value-extremes"],
    ],
    [
      "BCE: log in the place of log1p loses tiny losses",
      "Math.log1p(Math.exp(-Math.abs(a)));\n  // -log σ",
      "Math.log(1 + Math.exp(-Math.abs(a)));\n  // -log σ",
      ["bce-extremes"],
    ],
    [
      "BCE: a clipped logarithm",
      "const softplus = (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));\n  // -log σ",
      "const softplus = (a: number) => -Math.log(Math.max(1e-7, 1 / (1 + Math.exp(a))));\n  // -log σ",
      ["bce-extremes", "value-extremes"],
    ],
    [
      "BCE: labels rounded",
      "labels[i] * softplus(-a) + (1 - labels[i]) * softplus(a)",
      "Math.round(labels[i]) * softplus(-a) + (1 - Math.round(labels[i])) * softplus(a)",
      ["bce-batch"],
    ],
    [
      "BCE: the last sample forgotten",
      "logits.map((a, i) => labels[i] * softplus(-a)",
      "logits.slice(0, Math.max(1, logits.length - 1)).map((a, i) => labels[i] * softplus(-a)",
      ["bce-batch", "value-coin", "value-samples", "value-extremes"],
    ],
    [
      "BCE: the real term only",
      "labels[i] * softplus(-a) + (1 - labels[i]) * softplus(a)",
      "labels[i] * softplus(-a)",
      ["bce-one", "bce-batch", "bce-extremes", "value-coin", "value-samples", "value-extremes"],
    ],
    ["V: sign flipped", "return -real - fake;", "return real + fake;", [
      "value-coin",
      "value-samples",
      "value-extremes",
    ]],
    ["V: mean of the two sides", "return -real - fake;", "return (-real - fake) / 2;", [
      "value-coin",
      "value-samples",
      "value-extremes",
    ]],
    ["V: label sides swapped", "realLogits.map(() => 1)", "realLogits.map(() => 0)", [
      "value-samples",
      "value-extremes",
    ]],
    [
      "V: one mean over both sides",
      "return -real - fake;",
      "return -2 * (real * realLogits.length + fake * fakeLogits.length) / (realLogits.length + fakeLogits.length);",
      ["value-samples", "value-extremes"],
    ],
    ["D*: p and q exchanged", "p - logQ[i] + odds", "logQ[i] - p + odds", [
      "dstar-balanced",
      "dstar-prior",
      "cost-theorem",
      "cost-supports",
    ]],
    ["D*: the prior ignored", "p - logQ[i] + odds", "p - logQ[i]", ["dstar-prior"]],
    ["D*: the prior's sign", "p - logQ[i] + odds", "p - logQ[i] - odds", ["dstar-prior"]],
    [
      "D*: the prior in the place of its odds",
      "Math.log(prior) - Math.log(1 - prior)",
      "Math.log(2 * prior)",
      ["dstar-prior"],
    ],
    [
      "D*: densities instead of their logarithms",
      "p - logQ[i] + odds",
      "Math.log(Math.exp(p) / Math.exp(logQ[i])) + odds",
      ["dstar-balanced"],
    ],
    [
      "D*: the probability, not its logit",
      "p - logQ[i] + odds",
      "1 / (1 + Math.exp(-(p - logQ[i] + odds)))",
      ["dstar-balanced", "dstar-prior", "cost-equal", "cost-theorem", "cost-supports"],
    ],
    ["KL: bits for nats", "pi * Math.log(pi / q[i])", "pi * Math.log2(pi / q[i])", [
      "divergences-kl",
      "divergences-zeros",
      "divergences-js",
    ]],
    ["KL: the other way round", "pi * Math.log(pi / q[i])", "q[i] * Math.log(q[i] / pi)", [
      "divergences-kl",
      "divergences-zeros",
      "divergences-js",
    ]],
    [
      "KL: no case for zeros",
      "pi === 0 ? sum : sum + pi * Math.log(pi / q[i])",
      "sum + pi * Math.log(pi / q[i])",
      ["divergences-zeros", "divergences-js"],
    ],
    ["KL: zeros of q skipped too", "pi === 0 ? sum", "pi === 0 || q[i] === 0 ? sum", [
      "divergences-zeros",
    ]],
    [
      "KL: clipped at 1e-12",
      "pi * Math.log(pi / q[i])",
      "pi * Math.log(pi / Math.max(q[i], 1e-12))",
      ["divergences-zeros"],
    ],
    ["KL: sign flipped", "pi * Math.log(pi / q[i])", "pi * Math.log(q[i] / pi)", [
      "divergences-kl",
      "divergences-zeros",
      "divergences-js",
    ]],
    ["JS: the sum of both", "(kl(p, m) + kl(q, m)) / 2", "kl(p, m) + kl(q, m)", ["divergences-js"]],
    ["JS: its root", "(kl(p, m) + kl(q, m)) / 2", "Math.sqrt((kl(p, m) + kl(q, m)) / 2)", [
      "divergences-js",
    ]],
    ["JS: one side only", "(kl(p, m) + kl(q, m)) / 2", "kl(p, m)", ["divergences-js"]],
    ["JS: symmetrised KL", "(kl(p, m) + kl(q, m)) / 2", "(kl(p, q) + kl(q, p)) / 2", [
      "divergences-js",
    ]],
    ["C: the width forgotten", "sum - width * (", "sum - (", [
      "cost-equal",
      "cost-theorem",
      "cost-supports",
    ]],
    ["C: sign flipped", "sum - width * (", "sum + width * (", [
      "cost-equal",
      "cost-theorem",
      "cost-supports",
    ]],
    [
      "C: D and 1 - D exchanged",
      "weigh(logP[i], softplus(-a)) + weigh(logQ[i], softplus(a))",
      "weigh(logP[i], softplus(a)) + weigh(logQ[i], softplus(-a))",
      ["cost-theorem", "cost-supports"],
    ],
    [
      "C: the data's term only",
      "(weigh(logP[i], softplus(-a)) + weigh(logQ[i], softplus(a)))",
      "weigh(logP[i], softplus(-a))",
      ["cost-equal", "cost-theorem", "cost-supports"],
    ],
    [
      "C: NaN where there is no mass",
      "logDensity === -Infinity ? 0 : Math.exp(logDensity) * value",
      "Math.exp(logDensity) * value",
      ["cost-supports"],
    ],
    [
      "C: the last cell forgotten",
      "return logits.reduce((sum, a, i) => {",
      "return logits.slice(0, logits.length / 2).reduce((sum, a, i) => {",
      ["cost-equal", "cost-theorem"],
    ],
  ],
  a2_gan: [
    [
      "D's block: ReLU",
      "tf.leakyRelu(affine(x, weight, bias), 0.2)",
      "tf.relu(affine(x, weight, bias))",
      ["blocks-discriminator", "dstep-moves", "gstep-moves"],
    ],
    [
      "D's block: another slope",
      "tf.leakyRelu(affine(x, weight, bias), 0.2)",
      "tf.leakyRelu(affine(x, weight, bias), 0.01)",
      ["blocks-discriminator", "dstep-moves", "gstep-moves"],
    ],
    [
      "G's block: no batch normalisation",
      "const normal = tf.div(centred, tf.sqrt(tf.add(variance, 1e-5)));",
      "const normal = tf.add(h, tf.mul(0, variance));",
      ["blocks-norm", "blocks-generator", "dstep-moves", "gstep-moves", "gstep-learns"],
    ],
    [
      "G's block: normalised over the units",
      "const centred = tf.sub(h, tf.mean(h, 0));\n  const variance = tf.mean(tf.square(centred), 0);",
      "const centred = tf.sub(h, tf.mean(h, 1, true));\n  const variance = tf.mean(tf.square(centred), 1, true);",
      ["blocks-norm", "blocks-generator", "dstep-moves", "gstep-moves"],
    ],
    [
      "G's block: divided by the variance",
      "tf.sqrt(tf.add(variance, 1e-5))",
      "tf.add(variance, 1e-5)",
      ["blocks-norm", "blocks-generator", "dstep-moves", "gstep-moves", "gstep-learns"],
    ],
    [
      "G's block: the unbiased variance",
      "tf.mean(tf.square(centred), 0)",
      "tf.div(tf.sum(tf.square(centred), 0), h.shape[0]! - 1)",
      ["blocks-norm", "blocks-generator", "dstep-moves", "gstep-moves"],
    ],
    [
      "G's block: ReLU before scale and shift",
      "tf.relu(tf.add(tf.mul(normal, scale), shift))",
      "tf.add(tf.mul(tf.relu(normal), scale), shift)",
      ["blocks-norm", "blocks-generator", "gstep-moves"],
    ],
    [
      "G's block: no ReLU",
      "tf.relu(tf.add(tf.mul(normal, scale), shift))",
      "tf.add(tf.mul(normal, scale), shift)",
      ["blocks-generator", "dstep-moves", "gstep-moves"],
    ],
    [
      "L_D: the sum, not the mean of the two",
      "return tf.mul(0.5, tf.add(real, fake));",
      "return tf.add(real, fake);",
      ["losses-discriminator", "losses-extremes", "dstep-moves"],
    ],
    [
      "L_D: label sides swapped",
      "const real = tf.mean(tf.softplus(tf.neg(realLogits)));\n  const fake = tf.mean(tf.softplus(fakeLogits));",
      "const real = tf.mean(tf.softplus(realLogits));\n  const fake = tf.mean(tf.softplus(tf.neg(fakeLogits)));",
      ["losses-discriminator", "losses-extremes", "dstep-moves", "dstep-learns"],
    ],
    [
      "L_D: sum over the batch",
      "const real = tf.mean(tf.softplus(tf.neg(realLogits)));",
      "const real: tf.Scalar = tf.sum(tf.softplus(tf.neg(realLogits)));",
      ["losses-discriminator", "dstep-moves", "dstep-learns"],
    ],
    [
      "L_D: logarithm after the sigmoid",
      "const real = tf.mean(tf.softplus(tf.neg(realLogits)));\n  const fake = tf.mean(tf.softplus(fakeLogits));",
      "const real = tf.neg(tf.mean(tf.log(tf.sigmoid(realLogits))));\n  const fake: tf.Scalar = tf.neg(tf.mean(tf.log(tf.sub(1, tf.sigmoid(fakeLogits)))));",
      ["losses-extremes"],
    ],
    ["L_G: the two kinds exchanged", 'kind === "non-saturating"', 'kind === "saturating"', [
      "losses-generator",
      "losses-extremes",
      "gstep-moves",
    ]],
    [
      "L_G: the sign of the saturating loss",
      ": tf.neg(tf.mean(tf.softplus(fakeLogits)));\n",
      ": tf.mean(tf.softplus(fakeLogits));\n",
      ["losses-generator", "losses-extremes"],
    ],
    [
      "L_G: always non-saturating",
      ": tf.neg(tf.mean(tf.softplus(fakeLogits)));\n",
      ": tf.mean(tf.softplus(tf.neg(fakeLogits)));\n",
      ["losses-generator", "losses-extremes"],
    ],
    [
      "step of D: uphill",
      "return { generator: gan.generator, discriminator: moved };",
      "return { generator: gan.generator, discriminator: moved.map((w, i) => tf.sub(tf.mul(2, gan.discriminator[i]), w)) };",
      ["dstep-moves", "dstep-learns"],
    ],
    [
      "step of D: no stop of the gradient, G moves too",
      "return { generator: gan.generator, discriminator: moved };",
      "const all = tf.grads((...w: Weights) => discriminatorLoss(discriminator(real, gan.discriminator), discriminator(generator(z, w), gan.discriminator)))(gan.generator);\n    return { generator: gan.generator.map((w, i) => tf.sub(w, tf.mul(rate, all[i]))), discriminator: moved };",
      ["dstep-stops"],
    ],
    [
      "step of D: the first block is forgotten",
      "const moved = gan.discriminator.map((w, i) => tf.sub(w, tf.mul(rate, gradients[i])));\n    return { generator: gan.generator,",
      "const moved = gan.discriminator.map((w, i) => i < 2 ? w : tf.sub(w, tf.mul(rate, gradients[i])));\n    return { generator: gan.generator,",
      ["dstep-moves"],
    ],
    [
      "step of D: the rate ignored",
      "const moved = gan.discriminator.map((w, i) => tf.sub(w, tf.mul(rate, gradients[i])));\n    return { generator: gan.generator,",
      "const moved = gan.discriminator.map((w, i) => tf.sub(w, tf.mul(0.01, gradients[i])));\n    return { generator: gan.generator,",
      ["dstep-moves", "dstep-learns"],
    ],
    [
      "step of D: real samples as generated",
      "discriminatorLoss(discriminator(real, w), discriminator(fake, w))",
      "discriminatorLoss(discriminator(fake, w), discriminator(real, w))",
      ["dstep-moves", "dstep-learns"],
    ],
    [
      "step of D: the noise taken for samples",
      "const fake = generator(z, gan.generator);",
      "const fake = tf.slice(z, [0, 0], [-1, 1]);",
      ["dstep-moves"],
    ],
    [
      "step of G: saturating",
      'gan.discriminator), "non-saturating")',
      'gan.discriminator), "saturating")',
      ["gstep-moves"],
    ],
    [
      "step of G: D moves too",
      "return { generator: moved, discriminator: gan.discriminator };",
      'const other = tf.grads((...w: Weights) => generatorLoss(discriminator(generator(z, gan.generator), w), "non-saturating"))(gan.discriminator);\n    return { generator: moved, discriminator: gan.discriminator.map((w, i) => tf.sub(w, tf.mul(rate, other[i]))) };',
      ["gstep-stops"],
    ],
    [
      "step of G: uphill",
      "const moved = gan.generator.map((w, i) => tf.sub(w, tf.mul(rate, gradients[i])));",
      "const moved = gan.generator.map((w, i) => tf.add(w, tf.mul(rate, gradients[i])));",
      ["gstep-moves", "gstep-learns"],
    ],
    [
      "step of G: the gradient is cut off",
      "generatorLoss(discriminator(generator(z, w), gan.discriminator)",
      "generatorLoss(tf.add(tf.mul(0, discriminator(generator(z, w), gan.discriminator)), discriminator(generator(z, gan.generator.map((w) => tf.tensor(w.dataSync(), w.shape))), gan.discriminator))",
      ["gstep-moves", "gstep-stops", "gstep-learns", "loop-order", "loop-k", "loop-seed"],
    ],
    [
      "loop: G before D",
      "    for (let i = 0; i < k; i++) {\n      gan = discriminatorStep(gan, draw.real(), draw.noise(), rate);\n    }\n    gan = generatorStep(gan, draw.noise(), rate);",
      "    gan = generatorStep(gan, draw.noise(), rate);\n    for (let i = 0; i < k; i++) {\n      gan = discriminatorStep(gan, draw.real(), draw.noise(), rate);\n    }",
      ["loop-order", "loop-k"],
    ],
    ["loop: off by one in k", "i < k; i++", "i <= k; i++", ["loop-order", "loop-k"]],
    ["loop: k ignored", "i < k; i++", "i < 1; i++", ["loop-k"]],
    ["loop: off by one in the steps", "step < steps", "step <= steps", [
      "loop-order",
      "loop-k",
      "loop-seed",
    ]],
    ["loop: one step more than once", "step < steps", "step < Math.min(1, steps)", [
      "loop-order",
      "loop-k",
    ]],
    ["loop: seed ignored", "minibatches(seed, batchSize)", "minibatches(7, batchSize)", [
      "loop-order",
      "loop-k",
      "loop-seed",
    ]],
    [
      "loop: the same batch for all k steps",
      "    for (let i = 0; i < k; i++) {\n      gan = discriminatorStep(gan, draw.real(), draw.noise(), rate);",
      "    const [x, z] = [draw.real(), draw.noise()];\n    for (let i = 0; i < k; i++) {\n      gan = discriminatorStep(gan, x, z, rate);",
      ["loop-k"],
    ],
    [
      "loop: D's noise again for G",
      "gan = discriminatorStep(gan, draw.real(), draw.noise(), rate);\n    }\n    gan = generatorStep(gan, draw.noise(), rate);",
      "gan = discriminatorStep(gan, draw.real(), z = draw.noise(), rate);\n    }\n    gan = generatorStep(gan, z, rate);",
      ["loop-order", "loop-k"],
    ],
    ["loop: the batch size ignored", "minibatches(seed, batchSize)", "minibatches(seed, 16)", [
      "loop-order",
      "loop-k",
    ]],
  ],
  a3_evaluation: [
    [
      "lme: unstable",
      "return largest + Math.log(sum / values.length);",
      "return Math.log(sum * Math.exp(largest) / values.length);",
      ["lme-extremes", "parzen-many"],
    ],
    ["lme: the sum, not the mean", "Math.log(sum / values.length)", "Math.log(sum)", [
      "lme-values",
      "lme-extremes",
      "parzen-many",
    ]],
    ["lme: NaN for no mass", "  if (Math.abs(largest) === Infinity) return largest;\n", "", [
      "lme-extremes",
    ]],
    [
      "lme: the mean of the logarithms",
      "return largest + Math.log(sum / values.length);",
      "return values.reduce((a, b) => a + b, 0) / values.length;",
      ["lme-values", "lme-extremes", "parzen-many"],
    ],
    [
      "lme: the largest only",
      "return largest + Math.log(sum / values.length);",
      "return largest;",
      ["lme-values", "lme-extremes", "parzen-many"],
    ],
    ["Parzen: the ½ forgotten", "-distance / (2 * sigma * sigma)", "-distance / (sigma * sigma)", [
      "parzen-one",
      "parzen-many",
      "parzen-score",
      "parzen-sigma",
    ]],
    [
      "Parzen: the width not squared",
      "-distance / (2 * sigma * sigma)",
      "-distance / (2 * sigma)",
      ["parzen-one", "parzen-many", "parzen-sigma"],
    ],
    ["Parzen: the number of coordinates forgotten", "x.length * Math.log(sigma", "Math.log(sigma", [
      "parzen-one",
      "parzen-many",
    ]],
    [
      "Parzen: the constant added",
      "logMeanExp(exponents) - x.length",
      "logMeanExp(exponents) + x.length",
      ["parzen-one", "parzen-many", "parzen-score", "parzen-sigma"],
    ],
    ["Parzen: 2π without its root", "Math.sqrt(2 * Math.PI))", "2 * Math.PI)", [
      "parzen-one",
      "parzen-many",
      "parzen-score",
    ]],
    [
      "Parzen: distance, not its square",
      "const distance = g.reduce((sum, coordinate, j) => sum + (x[j] - coordinate) ** 2, 0);",
      "const distance = Math.sqrt(g.reduce((sum, coordinate, j) => sum + (x[j] - coordinate) ** 2, 0));",
      ["parzen-one", "parzen-many", "parzen-score", "parzen-sigma"],
    ],
    [
      "score: the deviation, not its error",
      "Math.sqrt(variance / scores.length)",
      "Math.sqrt(variance)",
      ["parzen-score"],
    ],
    [
      "score: divided by m - 1",
      "(score - mean) ** 2, 0) / scores.length",
      "(score - mean) ** 2, 0) / (scores.length - 1)",
      ["parzen-score"],
    ],
    [
      "score: the sum",
      "score, 0) / scores.length;\n  const variance",
      "score, 0);\n  const variance",
      ["parzen-score"],
    ],
    ["σ: the smallest score", "Math.max(...means)", "Math.min(...means)", ["parzen-sigma"]],
    ["σ: always the first", "candidates[means.indexOf(Math.max(...means))]", "candidates[0]", [
      "parzen-sigma",
    ]],
    [
      "σ: the score, not the width",
      "return candidates[means.indexOf(Math.max(...means))];",
      "return Math.max(...means);",
      ["parzen-sigma"],
    ],
    ["coverage: one sigma", "3 * sigma", "sigma", [
      "coverage-quality",
      "coverage-modes",
      "coverage-edges",
    ]],
    [
      "coverage: squares of the distances",
      "Math.hypot(x - cx, y - cy)",
      "(x - cx) ** 2 + (y - cy) ** 2",
      ["coverage-quality", "coverage-edges"],
    ],
    [
      "coverage: a box, not a disc",
      "Math.hypot(x - cx, y - cy)",
      "Math.max(Math.abs(x - cx), Math.abs(y - cy))",
      ["coverage-quality", "coverage-edges"],
    ],
    ["coverage: share of the modes", "good / points.length", "good / centres.length", [
      "coverage-quality",
      "coverage-edges",
    ]],
    [
      "coverage: every near mode counts",
      "    if (distances[nearest] <= 3 * sigma) owned[nearest]++;",
      "    distances.forEach((d, k) => { if (d <= 3 * sigma) owned[k]++; });",
      ["coverage-edges"],
    ],
    [
      "coverage: NaN dropped",
      "for (const [x, y] of points) {",
      "points = points.filter(([x, y]) => Number.isFinite(x + y));\n  for (const [x, y] of points) {",
      ["coverage-edges"],
    ],
    ["coverage: a mode needs two samples", "count > 0", "count > 1", [
      "coverage-modes",
      "coverage-edges",
    ]],
    [
      "slerp: a straight line",
      "const [first, second] = angle < 1e-6",
      "const [first, second] = angle < 10",
      ["interpolation-ends", "interpolation-arc", "interpolation-path"],
    ],
    [
      "slerp: the ends exchanged",
      "first * value + second * b[i]",
      "second * value + first * b[i]",
      ["interpolation-ends", "interpolation-arc", "interpolation-parallel", "interpolation-path"],
    ],
    ["slerp: NaN for parallel noise", "angle < 1e-6", "angle < -1", ["interpolation-parallel"]],
    [
      "slerp: the angle without the lengths",
      "dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))",
      "dot(a, b)",
      ["interpolation-arc"],
    ],
    ["path: off by one", "i / (count - 1)", "i / count", ["interpolation-path"]],
    ["path: without its end", "Array.from({ length: count }", "Array.from({ length: count - 1 }", [
      "interpolation-path",
    ]],
  ],
};

/** Right solutions, by the functions that are written otherwise. */
const equivalents: Record<string, [name: string, functions: Record<string, string>][]> = {
  a1_theory: [
    ["two branches", {
      bceOnLogits: `function bceOnLogits(logits: number[], labels: number[]): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const a = logits[i];
    const soft = a > 0 ? a + Math.log1p(Math.exp(-a)) : Math.log1p(Math.exp(a));
    sum += soft - labels[i] * a;
    if (labels[i] === 1) sum += (a > 0 ? Math.log1p(Math.exp(-a)) : -a + Math.log1p(Math.exp(a))) - (soft - a);
  }
  return sum / logits.length;
}`,
    }],
    ["an arrow function, a helper of its own", {
      bceOnLogits:
        `const logSigma = (a: number) => a < 0 ? a - Math.log1p(Math.exp(a)) : -Math.log1p(Math.exp(-a));
const bceOnLogits = (logits: number[], labels: number[]): number =>
  -logits.map((a, i) => labels[i] * logSigma(a) + (1 - labels[i]) * logSigma(-a)).reduce((s, v) => s + v) / logits.length;`,
    }],
    ["asynchronous", {
      valueOfGame:
        `async function valueOfGame(realLogits: number[], fakeLogits: number[]): Promise<number> {
  await Promise.resolve();
  return -(await bceOnLogits(realLogits, realLogits.map(() => 1))) - bceOnLogits(fakeLogits, fakeLogits.map(() => 0));
}`,
    }],
    ["a loop, and a typed array for an answer", {
      optimalLogits: `function optimalLogits(logP: number[], logQ: number[], prior = 0.5): any {
  const out = new Float64Array(logP.length);
  for (const i in logP) out[i] = logP[i] - logQ[i] + Math.log(prior / (1 - prior));
  return out;
}`,
    }],
    ["entropies", {
      js: `function js(p: number[], q: number[]): number {
  const h = (r: number[]) => -r.reduce((s, x) => x > 0 ? s + x * Math.log(x) : s, 0);
  const m = p.map((_, i) => (p[i] + q[i]) / 2);
  return Math.max(0, h(m) - h(p) / 2 - h(q) / 2);
}`,
      kl: `function kl(p: number[], q: number[]): number {
  let sum = 0;
  p.forEach((x, i) => { if (x > 0) sum += q[i] > 0 ? x * (Math.log(x) - Math.log(q[i])) : Infinity; });
  return sum;
}`,
    }],
    ["C(G) by logs of D*, without part 3", {
      costOnGrid: `function costOnGrid(logP: number[], logQ: number[], width: number): number {
  let sum = 0;
  for (let i = 0; i < logP.length; i++) {
    const [p, q] = [Math.exp(logP[i]), Math.exp(logQ[i])];
    if (p > 0) sum += p * Math.log(p / (p + q));
    if (q > 0) sum += q * Math.log(q / (p + q));
  }
  return sum * width;
}`,
    }],
  ],
  a2_gan: [
    ["blocks by other operations", {
      discriminatorBlock:
        `function discriminatorBlock(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const h = tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D).add(bias);
  return h.relu().sub(h.neg().relu().mul(0.2));
}`,
      generatorBlock:
        `function generatorBlock(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const h = affine(x, weight, bias);
  const { mean, variance } = tf.moments(h, 0);
  return tf.relu(tf.batchNorm(h as any, mean as any, variance as any, shift as any, scale as any, 1e-5));
}`,
    }],
    ["TensorFlow.js's own cross-entropy", {
      discriminatorLoss:
        `function discriminatorLoss(realLogits: tf.Tensor, fakeLogits: tf.Tensor): tf.Scalar {
  const real = tf.losses.sigmoidCrossEntropy(tf.onesLike(realLogits), realLogits);
  const fake = tf.losses.sigmoidCrossEntropy(tf.zerosLike(fakeLogits), fakeLogits);
  return tf.div(tf.add(real, fake), 2);
}`,
    }],
    ["the saturating loss as the sum's other half", {
      generatorLoss:
        `function generatorLoss(fakeLogits: tf.Tensor, kind: "non-saturating" | "saturating"): tf.Scalar {
  const sign = kind === "saturating" ? 1 : -1;
  return tf.mul(-sign, tf.mean(tf.softplus(tf.mul(sign, fakeLogits))));
}`,
    }],
    ["variables and an optimiser, in a step of D", {
      discriminatorStep:
        `function discriminatorStep(gan: Gan, real: tf.Tensor, z: tf.Tensor, rate: number): Gan {
  const weights = gan.discriminator.map((w) => tf.variable(w));
  const fake = generator(z, gan.generator);
  tf.train.sgd(rate).minimize(() => discriminatorLoss(discriminator(real, weights), discriminator(fake, weights)), false, weights);
  const discriminator_ = weights.map((w) => tf.clone(w));
  weights.forEach((w) => w.dispose());
  return { generator: gan.generator, discriminator: discriminator_ };
}`,
    }],
    ["a step of G with G's weights in one call", {
      generatorStep:
        `function generatorStep({ generator: g, discriminator: d }: Gan, z: tf.Tensor, rate: number): Gan {
  const { grads } = tf.valueAndGrads((...w: tf.Tensor[]) => tf.mean(tf.softplus(tf.neg(discriminator(generator(z, w), d)))))(g);
  return { discriminator: d, generator: g.map((w, i) => w.sub(grads[i].mul(rate))) };
}`,
    }],
    ["a loop that counts down", {
      trainGan: `function trainGan(start: Gan, options: TrainOptions): Gan {
  const { real, noise } = minibatches(options.seed, options.batchSize);
  let [now, left] = [start, options.steps];
  while (left-- > 0) {
    let todo = options.k;
    while (todo-- > 0) now = discriminatorStep(now, real(), noise(), options.rate);
    now = generatorStep(now, noise(), options.rate);
  }
  return now;
}`,
    }],
  ],
  a3_evaluation: [
    ["recursion by pairs", {
      logMeanExp: `function logMeanExp(values: number[]): number {
  const add = (a: number, b: number): number => {
    const [low, high] = a < b ? [a, b] : [b, a];
    return low === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
  };
  return values.reduce(add, -Infinity) - Math.log(values.length);
}`,
    }],
    ["the constant inside of the mean", {
      parzen: `function parzen(x: number[], samples: number[][], sigma: number): number {
  return logMeanExp(samples.map((g) => {
    let log = 0;
    for (let j = 0; j < x.length; j++) {
      log -= 0.5 * Math.log(2 * Math.PI) + Math.log(sigma) + ((x[j] - g[j]) / sigma) ** 2 / 2;
    }
    return log;
  }));
}`,
      parzenScore: `function parzenScore(tests: number[][], samples: number[][], sigma: number) {
  let [mean, squares, n] = [0, 0, 0];
  for (const x of tests) {
    const score = parzen(x, samples, sigma);
    const before = mean;
    mean += (score - mean) / ++n;
    squares += (score - before) * (score - mean);
  }
  return { standardError: Math.sqrt(squares / n / n), mean, extra: "ignored" };
}`,
    }],
    ["sorting", {
      chooseSigma:
        `function chooseSigma(validation: number[][], samples: number[][], candidates: number[]): number {
  return [...candidates].sort((a, b) =>
    parzenScore(validation, samples, b).mean - parzenScore(validation, samples, a).mean)[0];
}`,
    }],
    ["a set of owners", {
      coverage: `function coverage(points: number[][], centres: number[][], sigma: number) {
  const owners = new Set<number>();
  let good = 0;
  points.forEach(([x, y]) => {
    let best = -1, least = Infinity;
    centres.forEach(([a, b], k) => {
      const d = (x - a) ** 2 + (y - b) ** 2;
      if (d < least) [best, least] = [k, d];
    });
    if (Math.sqrt(least) > 3 * sigma || best < 0) return;
    owners.add(best);
    good++;
  });
  return { covered: owners.size, highQuality: good / points.length };
}`,
    }],
    ["an orthonormal pair", {
      slerp: `function slerp(a: number[], b: number[], t: number): number[] {
  const norm = (v: number[]) => Math.hypot(...v);
  const [u, v] = [a.map((x) => x / norm(a)), b.map((x) => x / norm(b))];
  const cosine = u.reduce((s, x, i) => s + x * v[i], 0);
  const rest = v.map((x, i) => x - cosine * u[i]);
  const sine = norm(rest);
  if (sine < 1e-7) return a.map((x, i) => x + t * (b[i] - x));
  const angle = Math.atan2(sine, cosine);
  const weight = (s: number) => Math.sin(s * angle) / sine;
  return a.map((x, i) => weight(1 - t) * x + weight(t) * b[i]);
}`,
      latentPath: `function latentPath(a: number[], b: number[], count: number): number[][] {
  const path = [];
  for (let i = 0; i < count; i++) path.push(slerp(a, b, i / (count - 1)));
  return path;
}`,
    }],
  ],
};

/** The games of a2_gan are trained for each solution: the gate does that. */
const testOf = (name: string) => name === "a2_gan" ? gateTest : Deno.test;

for (const [name, list] of Object.entries(mutants)) {
  testOf(name)(
    `${list.length} wrong solutions of ${name} lose what they get wrong and nothing else`,
    async () => {
      const assignment = await readAssignment(name);
      await using made = await checksOf(assignment);
      const checks = await made.load();
      const told = (name: string, ids: string[]) => `${name}: ${ids.join(" ")}`;
      const found: string[] = [];
      for (const [name, from, to] of list) {
        const wrong = parseNotebook(changed(assignment, [[from, to]]), name);
        const { make } = await solutionOf(assignment, wrong);
        const right = await passed(checks, make);
        found.push(told(name, checks.ids.filter((id) => !right.includes(id))));
      }
      const wanted = list.map(([name, , , loses]) => told(name, loses));
      assertEquals(found.filter((line, i) => line !== wanted[i]), []);
      assertEquals(found, wanted);
    },
  );
}

for (const [name, list] of Object.entries(equivalents)) {
  testOf(name)(`${list.length} other ways to solve ${name} get full marks`, async () => {
    const assignment = await readAssignment(name);
    const texts = list.map(([, own]) => submission(assignment, own, "solution"));
    const gradings = await grade(assignment, texts);
    gradings.forEach(({ marks, notes }, i) => {
      const wrong = marks.filter(({ outcome }) => !["right", "by hand"].includes(outcome));
      assertEquals([list[i][0], notes, wrong], [list[i][0], [], []]);
    });
  });
}

/** Every function says what was said last, by whichever function; at first what it is given. */
const LAST = (name: string) =>
  `function ${name}(...args: any[]): any {
  return (globalThis as any).last ??= args[0];
}`;

for (const name of Object.keys(mutants)) {
  Deno.test(`in the grader, functions that repeat themselves earn nothing of ${name}`, async () => {
    const assignment = await readAssignment(name);
    const all = Object.fromEntries(assignment.functions.map((own) => [own, LAST(own)]));
    const [{ marks }] = await grade(assignment, [submission(assignment, all)]);
    assertEquals(marks.filter(({ outcome }) => outcome === "right"), []);
  });
}

Deno.test("in the grader, a loop that says what a step said last has no points for the loop", async () => {
  const assignment = await readAssignment("a2_gan");
  const text = changed(assignment, [
    [
      "return { generator: gan.generator, discriminator: moved };",
      "return (globalThis as any).last = { generator: gan.generator, discriminator: moved };",
    ],
    [
      "return { generator: moved, discriminator: gan.discriminator };",
      "return (globalThis as any).last = { generator: moved, discriminator: gan.discriminator };",
    ],
    [
      "  const draw = minibatches(seed, batchSize);\n",
      "  return (globalThis as any).last ?? gan;\n",
    ],
    ["draw.real(), draw.noise(), rate", "gan as any, gan as any, rate"],
    ["gan = generatorStep(gan, draw.noise(), rate)", "gan = generatorStep(gan, gan as any, rate)"],
  ]);
  const [{ marks }] = await grade(assignment, [text]);
  const lost = marks.filter(({ outcome }) => !["right", "by hand"].includes(outcome));
  assertEquals(lost.map(({ id }) => id), ["loop-order", "loop-k", "loop-seed"]);
});

Deno.test("there are at least 60 mutants and 15 equivalents", () => {
  const count = (lists: Record<string, unknown[]>) => Object.values(lists).flat().length;
  assertEquals([count(mutants) >= 60, count(equivalents) >= 15], [true, true]);
});
