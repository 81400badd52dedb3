/**
 * Where a queue is: a URL of Redis or Valkey, as their own programs take it.
 *
 * @module
 */

/** The variable that names a queue; a password in it is not seen in a list of processes. */
export const QUEUE_VARIABLE = "GAN_WORKBOOK_QUEUE";

/** A queue's place in a form that can be shown, and in one that opens it. */
export interface QueueAddress {
  /** Without name and password. */
  shown: string;
  url: string;
}

/** Two forms: `rediss` is with TLS. */
const SCHEMES = ["redis:", "rediss:"];

/**
 * Reads `redis://[name:password@]host[:port][/database]`, or `rediss://…` for TLS.
 *
 * @throws {RangeError} If it is not of that form. The password is not in the message.
 */
export function parseQueueAddress(text: string): QueueAddress {
  const form = "redis://host:port, or rediss:// for TLS, with a name and password before the host";
  const refuse = (found: string): never => {
    throw new RangeError(`Cannot use this as a queue: it must be ${form}, got ${found}`);
  };
  // A host alone can be shown; what else there is may hold a password.
  if (/^[\w.-]+(:\d+)?$/.test(text)) return refuse(text);
  const url = URL.parse(text);
  if (!url) return refuse("another text");
  if (!SCHEMES.includes(url.protocol)) return refuse(`${url.protocol}//…`);
  if (url.hostname === "") return refuse("no host");
  if (!/^\/?\d*$/.test(url.pathname)) return refuse(`the database ${url.pathname.slice(1)}`);
  return { shown: `${url.protocol}//${url.host}${url.pathname.replace(/^\/$/, "")}`, url: text };
}
