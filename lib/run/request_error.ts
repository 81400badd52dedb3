/**
 * The error for a request that contradicts itself, or what is already there.
 *
 * @module
 */
import { remediesOf, withRemedies } from "@/remedy.ts";

/** What was asked for cannot be. */
export class RequestError extends Error {
  override name = "RequestError";
}

/** A value that cannot be becomes a `RequestError`; other errors stay what they are. */
export function asRequestError(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  return withRemedies(
    new RequestError(error.message, { cause: error }),
    ...remediesOf(error),
  );
}
