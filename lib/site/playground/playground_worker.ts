/**
 * The worker of the playground's page: `run/playground_worker.js`.
 *
 * @module
 */
import "@/host/missing.ts";
import { type PlaygroundRequest } from "@/playground/playground_messages.ts";
import { playgroundWorker } from "@/playground/player.ts";

/** A worker's own way to answer its page. */
declare function postMessage(message: unknown, transfer?: Transferable[]): void;

const answer = playgroundWorker((message, transfer) => postMessage(message, transfer));
addEventListener("message", (event) => answer((event as MessageEvent<PlaygroundRequest>).data));
