/**
 * The module that a thread is started with.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { serveJobs, type ThreadData } from "./thread.ts";

serveJobs(await host.threadData<ThreadData>());
