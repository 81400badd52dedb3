/**
 * Connections to a queue: they say when it is gone and when it is back, and wait or end as is
 * chosen.
 *
 * @module
 */
import { Redis } from "ioredis";
import { QueueGoneError } from "./job_errors.ts";
import { type QueueAddress } from "./queue_address.ts";

/** What is done while a queue does not answer. */
export type IfGone = "wait" | "end";

/** All keys of the workbook begin like this. */
export const PREFIX = "gan-workbook";
/** The name of its queue in BullMQ. */
export const QUEUE = "jobs";
/** Holds the version of those who have asked for the jobs that wait. */
export const VERSION_KEY = `${PREFIX}:version`;

/** The longest pause before a queue that is gone is looked for again, in ms. */
const MOST_PAUSE_MS = 1000;

/** What no waiting mends. */
const REFUSED = /WRONGPASS|NOAUTH|NOPERM|invalid password|ERR AUTH|DB index is out of range/i;

/** What is said of a certificate that is not trusted, or not that of this host, or too old. */
const NOT_TRUSTED = /certificate|altnames|self.signed/i;

export interface ConnectionOptions {
  /** Is told, in one line, when the queue is gone and when it is back. */
  onNotice(line: string): void;
  ifGone?: IfGone;
}

export class QueueConnection implements Disposable {
  readonly #clients: Redis[] = [];
  readonly #end = new AbortController();
  /** Those that have failed and are not back: each looks for the queue in its own time. */
  readonly #failing = new Set<Redis>();
  #closed = false;

  constructor(
    readonly address: QueueAddress,
    private readonly options: ConnectionOptions,
  ) {}

  /** Aborted, with the reason, when there is no use in waiting for the queue. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Another connection: those who wait for something have one of their own. */
  client(): Redis {
    const client = new Redis(this.address.url, {
      // Commands wait until the queue is back.
      maxRetriesPerRequest: null,
      retryStrategy: (times) => this.#closed ? null : Math.min(100 * times, MOST_PAUSE_MS),
    });
    client.on("error", (error: Error) => this.#fails(client, error));
    client.on("ready", () => this.#answers(client));
    client.on("end", () => this.#failing.delete(client));
    this.#clients.push(client);
    return client;
  }

  /** The first connection, once it answers. */
  async ready(): Promise<Redis> {
    const client = this.client();
    await this.waitFor(client.ping());
    return client;
  }

  /** Waits for something of the queue; it is given up if there is no use in waiting. */
  async waitFor<T>(wanted: Promise<T>): Promise<T> {
    const { signal } = this;
    if (signal.aborted) throw signal.reason;
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
    try {
      return await Promise.race([wanted, promise]);
    } catch (error) {
      // A command may hear of it before the connection does.
      if (error instanceof Error && REFUSED.test(error.message)) throw this.#refusal(error.message);
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
      wanted.catch(() => {});
    }
  }

  #fails(client: Redis, error: Error): void {
    if (this.#closed || this.#end.signal.aborted) return;
    const { shown } = this.address;
    const message = reasonOf(error);
    if (REFUSED.test(message)) return this.#end.abort(this.#refusal(message));
    if (NOT_TRUSTED.test(message)) {
      return this.#end.abort(this.#refusal(
        `its certificate must be one that Deno trusts, got: ${message}; name the authority's certificate in DENO_CERT (docs/scale.md, TLS)`,
      ));
    }
    if (this.options.ifGone === "end") {
      return this.#end.abort(new QueueGoneError(`The queue ${shown} does not answer: ${message}`));
    }
    if (this.#failing.has(client)) return;
    this.#failing.add(client);
    if (this.#failing.size > 1) return;
    this.options.onNotice(`the queue ${shown} does not answer (${message}); waiting for it`);
  }

  #refusal(message: string): QueueGoneError {
    return new QueueGoneError(`Cannot use the queue ${this.address.shown}: ${message}`);
  }

  /** Said once all are back: the failure of a slower one would be taken for another loss. */
  #answers(client: Redis): void {
    if (!this.#failing.delete(client) || this.#failing.size > 0) return;
    this.options.onNotice(`the queue ${this.address.shown} answers again`);
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    for (const client of this.#clients) client.disconnect();
  }
}

/** An error of several addresses, such as IPv4 and IPv6, has no message of its own. */
function reasonOf(error: Error): string {
  const [first] = error instanceof AggregateError ? error.errors : [];
  return (error.message || (first as Error | undefined)?.message || error.name).split("\n")[0];
}
