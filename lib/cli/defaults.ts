/**
 * What a command and its work both know. A command waits for its work, which is loaded once it is
 * known what to do; so the work imports only types from the command, or each would wait for the
 * other.
 *
 * @module
 */

/** Samples that `evaluate` draws when no number is given. */
export const EVALUATED_COUNT = 10_000;

/** Where the project's own assignments are. */
export const ASSIGNMENTS = "notebooks/assignments";
