/**
 * What the machine did, as opposed to what a student did.
 *
 * @module
 */

/**
 * The machine, or the grader itself, has failed: a process did not start, a pipe or a file could not be opened, there was
 * no memory. It says nothing about a submission and is never a mark.
 */
export class GraderFailure extends Error {
  override name = "GraderFailure";
}
