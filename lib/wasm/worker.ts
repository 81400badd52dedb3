/**
 * The module that a thread is started with.
 *
 * @module
 */
import { workerData } from "node:worker_threads";
import { serve, type ThreadData } from "./thread.ts";

serve(workerData as ThreadData);
