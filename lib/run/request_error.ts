/**
 * What the user asked for contradicts itself, or what is already there.
 *
 * @module
 */
export class RequestError extends Error {
  override name = "RequestError";
}
