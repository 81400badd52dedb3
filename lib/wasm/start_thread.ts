/**
 * How a thread is started: all that this folder asks of the host that it runs on.
 *
 * @module
 */
import { Worker } from "node:worker_threads";
import { type ThreadData } from "./thread.ts";

/** A thread that was started. The process does not wait for it. */
export interface StartedThread {
  terminate(): unknown;
}

/**
 * Starts a thread, which serves what `data` says. If it fails it is gone, and nobody is told here.
 *
 * @throws If the host allows no thread.
 */
export function startThread(data: ThreadData): StartedThread {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: data });
  worker.on("error", () => {});
  worker.unref();
  return worker;
}
