/**
 * The questions of all notebooks, by name.
 *
 * @module
 */
import { notebookOf, type Prediction, type Questions } from "../questions.ts";
import { type AnyKey } from "../verdict.ts";
import { questions as of00 } from "./00_gan_in_thirty_lines.ts";
import { questions as of01 } from "./01_bce_to_minimax.ts";
import { questions as of02 } from "./02_optimal_discriminator.ts";
import { questions as of03 } from "./03_global_optimum.ts";
import { questions as of04 } from "./04_convergence.ts";
import { questions as of05 } from "./05_gradients.ts";
import { questions as of06 } from "./06_gan_in_one_dimension.ts";
import { questions as of07 } from "./07_mode_collapse.ts";
import { questions as of08 } from "./08_mnist_gan.ts";
import { questions as of09 } from "./09_evaluation.ts";
import { questions as of10 } from "./10_conditional_gan.ts";
import { questions as of11 } from "./11_latent_space.ts";

/** The questions of each notebook, by its number. */
export const QUESTIONS: Readonly<Record<string, Questions>> = {
  "00": of00,
  "01": of01,
  "02": of02,
  "03": of03,
  "04": of04,
  "05": of05,
  "06": of06,
  "07": of07,
  "08": of08,
  "09": of09,
  "10": of10,
  "11": of11,
};

/**
 * The prediction of a name such as "02-3".
 *
 * @throws {RangeError} If there is none.
 */
export function prediction(id: string): Prediction {
  return found("prediction", id, QUESTIONS[notebookOf(id)]?.predictions);
}

/**
 * The key of the exercise of a name such as "02-3".
 *
 * @throws {RangeError} If there is none.
 */
export function exercise(id: string): AnyKey {
  return found("exercise", id, QUESTIONS[notebookOf(id)]?.exercises);
}

function found<Of>(what: string, id: string, all: Record<string, Of> = {}): Of {
  if (Object.hasOwn(all, id)) return all[id];
  const names = Object.keys(all).map((name) => `"${name}"`).join(", ");
  throw new RangeError(
    `Cannot find ${what} "${id}": ${
      names === "" ? "no notebook has that number" : `its notebook has ${names}`
    }. Look for a slip in the number`,
  );
}
