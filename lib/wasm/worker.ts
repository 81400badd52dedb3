/**
 * The module that a thread is started with.
 *
 * @module
 */
import { workerData } from "node:worker_threads";
import { serveJobs, type ThreadData } from "./thread.ts";

serveJobs(workerData as ThreadData);
