/**
 * The page's end of the line to the worker of a playground.
 *
 * @module
 */
import {
  type Asked,
  type Changed,
  type Look,
  type PlaygroundAnswer,
  type RunReadings,
  type SlowStage,
} from "@/playground/playground_messages.ts";

/** What an answer may carry. */
export type Value = Look | RunReadings | SlowStage | Changed | undefined;

/** The worker has refused a request, in a sentence for the reader. */
class RefusedError extends Error {
  override name = "RefusedError";
}

interface Waiting {
  resolve(value: Value): void;
  reject(error: Error): void;
}

/** Asks a worker, and hears what it says unasked. */
export class WorkerClient {
  readonly #waiting = new Map<number, Waiting>();
  readonly #worker: Worker;
  #next = 1;

  /** @param heard Is given whatever is no answer to a request. */
  constructor(address: URL, heard: (message: PlaygroundAnswer) => void) {
    this.#worker = new Worker(address, { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<PlaygroundAnswer>) => {
      if (data.type === "done") this.#take(data.id)?.resolve(data.value);
      else if (data.type === "refused") {
        this.#take(data.id)?.reject(new RefusedError(data.message));
      } else heard(data);
    });
    this.#worker.addEventListener("error", (event) => {
      const error = new Error(event.message || "The playground's worker did not start");
      for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(error);
    });
  }

  /**
   * Asks for something.
   *
   * @throws {RefusedError} If it cannot be done.
   */
  ask(asked: Asked): Promise<Value> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...asked });
    });
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
