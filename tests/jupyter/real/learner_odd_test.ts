/** A learner's walk through the notebooks with odd numbers; the others are a file, and so a process, of their own. */
import { walkThrough } from "./support/learner_walk.ts";

await walkThrough((number) => number % 2 === 1);
