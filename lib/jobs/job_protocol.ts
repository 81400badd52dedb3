/**
 * What a process that does jobs and the one that has started it say to each other: a line of JSON
 * each.
 *
 * @module
 */
import { type Json } from "./job.ts";

/** Where a job that is under way may keep what it needs to go on; its result does not depend on it. */
export interface KeptWork {
  /** A folder of this machine, for this job alone. */
  folder: string;
  /** How often it is kept at most, in milliseconds. */
  everyMs: number;
}

/** Asks for a job. */
export interface JobRequest {
  kind: string;
  seed: number;
  settings: { [name: string]: Json };
  texts: Record<string, string>;
  keep?: KeptWork;
}

/** What comes back: any number of shares, then one of the others. */
export type JobAnswer =
  | { share: number }
  | { result: Json; backend?: string }
  | { error: string; machine: boolean };

/** The lines of a stream, one after another. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  // Parts are joined once a line is whole: a long one comes in thousands of them.
  let parts: string[] = [];
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const [first, ...more] = decoder.decode(bytes, { stream: true }).split("\n");
    parts.push(first);
    for (const next of more) {
      yield parts.join("");
      parts = [next];
    }
  }
  const last = parts.join("");
  if (last !== "") yield last;
}
