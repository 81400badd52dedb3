/**
 * The module that a thread is started with.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { serve, type ThreadData } from "./thread.ts";

serve(await host.threadData<ThreadData>());
