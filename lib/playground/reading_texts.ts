/**
 * What the numbers of a playground mean, what they should read and why, and where a notebook
 * computes them.
 *
 * @module
 */
import { type ReadingName, type ReadingValue } from "./playground_messages.ts";

/** A reading without its number. */
type ReadingText = Pick<ReadingValue, "meaning" | "link">;

function cell(notebook: string, anchor: string, text: string): ReadingValue["link"] {
  return { notebook, anchor, text };
}

const LOSSES = cell("06_gan_in_one_dimension", "cell-35", "06 · What should my losses read?");

/** What is said of each reading. */
export const READING_TEXTS: Readonly<Record<ReadingName, ReadingText>> = {
  dLoss: {
    meaning: "D's loss, over many rows instead of a minibatch. The line is where it stands when " +
      "p_g = p_data and D is the best answer: then D can only guess. A loss on its line proves " +
      "nothing alone, since a D too weak to see a difference guesses too.",
    link: LOSSES,
  },
  gLoss: {
    meaning: "G's loss, over many generated rows. The line is where it stands when D can only " +
      "guess. Below it D is fooled at the moment; that says nothing of how good G is.",
    link: LOSSES,
  },
  value: {
    meaning: "V(D, G) = E log D(x) + E log(1 − D(G(z))), the game of the paper. For p_g = p_data " +
      "and the best D it is −log 4 = −1.386, twice log ½. It lies between −log 4 and 0 for the " +
      "best D; any other D has less.",
    link: cell("01_bce_to_minimax", "cell-14", "01 · V as an integral"),
  },
  cost: {
    meaning:
      "C(G) = V(D*, G) = −log 4 + 2 JSD: the value of the game against the best D for this " +
      "G. It is −log 4 if and only if p_g = p_data. The gap between C(G) and V is what D has yet " +
      "to learn.",
    link: cell("03_global_optimum", "cell-06", "03 · The theorem, line by line"),
  },
  jsd: {
    meaning: "The Jensen–Shannon divergence of p_data and p_g in nats: 0 if they are equal, " +
      "log 2 = 0.693 if they do not meet anywhere.",
    link: cell("06_gan_in_one_dimension", "cell-32", "06 · V and the JSD over the training"),
  },
  kl: {
    meaning:
      "The Kullback–Leibler divergence KL(p_data‖p_g) in nats, by which maximum likelihood " +
      "measures. It is 0 if they are equal and infinite where G makes nothing of some of the " +
      "data, so a collapse shows here first. C(G) is not this, although it is often said.",
    link: cell("03_global_optimum", "cell-11", "03 · KL in both directions, and JSD"),
  },
  coverage: {
    meaning: "How much of the data G makes at all. It is 1 for real points, and 1 for noise over " +
      "everything too: read it together with precision.",
    link: cell("07_mode_collapse", "cell-30", "07 · Numbers: coverage, precision, divergence"),
  },
  precision: {
    meaning: "How many of G's points lie on the data. One point of the data, repeated, is " +
      "perfectly precise: read it together with coverage.",
    link: cell("07_mode_collapse", "cell-30", "07 · Numbers: coverage, precision, divergence"),
  },
  dGradient: {
    meaning: "The norm of the gradient of D's loss in all of D's weights, on its next minibatch. " +
      "At the equilibrium its mean is 0; what is left is the noise of the minibatch.",
    link: cell("05_gradients", "cell-22", "05 · The better D, the less is left of one of them"),
  },
  gGradient: {
    meaning: "The norm of the gradient of G's loss in all of G's weights, on its next minibatch. " +
      "At the equilibrium its mean is 0. It is also 0, and G learns nothing, where a saturating " +
      "loss meets a D that is sure.",
    link: cell("05_gradients", "cell-22", "05 · The better D, the less is left of one of them"),
  },
  steepness: {
    meaning: "How steep D is: ‖∇ₓa‖ in the mean over real rows, in nats per unit. With the best " +
      "answer to p_g = p_data, D is flat and this is 0. A D that is ever steeper tells G little " +
      "of where to go; R1 punishes just that.",
    link: cell("07_mode_collapse", "cell-39", "07 · The torn latent space, and R1"),
  },
};
