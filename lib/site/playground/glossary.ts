/**
 * The words and signs of the playground, for somebody who meets them here first.
 *
 * @module
 */

/** Each with its sentence or two, in Markdown with mathematics, in the order in which they help. */
export const GLOSSARY: readonly (readonly [word: string, text: string])[] = [
  ["G, the generator", "The network that makes points, $G(z)$, out of noise $z$."],
  [
    "D, the discriminator",
    "The network that judges points. $D(x)$ is how sure it is that $x$ is real: 1 is certainly real, 0 certainly generated, and ½ means that it cannot tell.",
  ],
  [
    "z, noise",
    "Random numbers that G takes in. The grid of $z$ shows where G puts each part of them; a torn cell is one that G stretches far more than the others.",
  ],
  [
    "$p_\\text{data}$ and $p_g$",
    "How densely the real points lie, and the points that G makes. G has learned when they are the same.",
  ],
  [
    "$D^*$, the best D",
    "What a perfect D would say of this G: $D^*(x) = p_\\text{data}(x) / (p_\\text{data}(x) + p_g(x))$. No network is trained for it: it is computed from the two densities, and it is not known where there are no points of either kind.",
  ],
  [
    "loss",
    "What a player tries to make small. D’s is small when D tells real from generated points, G’s when D takes G’s points for real. It is measured in nats: $\\log 2 = 0.69$ nats is one bit, the loss of a D that says ½ to everything.",
  ],
  [
    "logit, $a(x)$",
    "What D computes before it is pressed into the range from 0 to 1: $D = 1 / (1 + e^{-a})$. It is 0 where D says ½.",
  ],
  [
    "gradient, ∇",
    "The direction in which something grows fastest; its norm says how fast. $\\nabla_x a$ points to where D would take the point for more real. Each update moves a player’s weights by a gradient of its loss.",
  ],
  [
    "equilibrium",
    "$p_g = p_\\text{data}$ and D says ½: neither player can do better. The green line of a chart is what it reads there.",
  ],
  ["k", "How many updates of D there are for each update of G."],
  [
    "R1 and γ",
    "A penalty on a D that is steep at the real points: $\\frac\\gamma2$ times the mean of $\\|\\nabla_x a\\|^2$ is added to its loss.",
  ],
  [
    "KL, JSD and $C(G)$",
    "Three measures of how far $p_g$ is from $p_\\text{data}$. They do not ask D.",
  ],
  [
    "coverage",
    "How much of the data G makes at all, from 0 to 1. Precision is the share of G’s points that lie on the data.",
  ],
];
