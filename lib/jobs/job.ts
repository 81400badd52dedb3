/**
 * A job: data in, data out. The same job has the same result, byte for byte, wherever it is done.
 *
 * A job is known by the digest of all that its result depends on. What a person calls it, where it
 * is done and how long that takes are beside it and change nothing.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** All that a result depends on. */
export interface Job {
  /** What is done: a name in the table of `cli/job_program.ts`. */
  kind: string;
  /** The code that does it and what that runs on: see `own_version.ts`. */
  version: string;
  seed: number;
  /** What else is asked for. */
  settings: { [name: string]: Json };
  /** SHA-256 of each text that the job reads, by its name. */
  inputs: Record<string, string>;
}

/** A job with what is needed to have it done. */
export interface JobOrder {
  job: Job;
  /** For a person; it must say nothing that others should not read. */
  label: string;
  /** The texts that the job reads, by their names. */
  texts: Record<string, string>;
  /** Names of the texts that many jobs share. */
  shared: string[];
}

/** Where and how a job was done. */
export interface Made {
  host: string;
  cores: number;
  /** The backend that computed, if the job has one. */
  backend?: string;
  seconds: number;
}

/** A job that is done. */
export interface Done {
  result: Json;
  made: Made;
}

/** Makes an order, with the digests of its texts. */
export function jobOrder(
  { texts = {}, shared = [], label, ...job }: Omit<Job, "inputs"> & {
    label: string;
    texts?: Record<string, string>;
    shared?: string[];
  },
): JobOrder {
  const inputs = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, digestOf(text)]),
  );
  return { job: { ...job, inputs }, label, texts, shared };
}

/** The digest by which a job is known. */
export function jobId({ kind, version, seed, settings, inputs }: Job): string {
  return digestOf(JSON.stringify(sorted({ kind, version, seed, settings, inputs })));
}

/** SHA-256 of a text in UTF-8, in hexadecimal digits. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The same value with the names of every object in one order. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value).toSorted().map((name) => [name, sorted(value[name])]),
  );
}
