/**
 * What a run remembers of each submission once it has read it: where it was, its digest and its
 * time, in some 100 bytes, so that a class of any size can be remembered.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type SubmissionFacts } from "./grades.ts";
import { type Submission } from "./submissions.ts";

/** The length of a digest, in bytes. */
const DIGEST = 32;

/** What became of a submission so far. */
const [UNREAD, EMPTY, READ] = [0, 1, 2];

export class SubmissionRecords {
  readonly #index: Map<string, number>;
  readonly #states: Uint8Array;
  readonly #digests: Uint8Array<ArrayBuffer>;
  /** Milliseconds since 1970; NaN where the time is not known. */
  readonly #times: Float64Array;
  /** Undefined for the place where the notebook should be. */
  readonly #paths: (string | undefined)[];

  constructor(students: string[], private readonly assignment: string) {
    const count = students.length;
    this.#index = new Map(students.map((student, i) => [student, i]));
    this.#states = new Uint8Array(count);
    this.#digests = new Uint8Array(DIGEST * count);
    this.#times = new Float64Array(count).fill(NaN);
    this.#paths = new Array(count);
  }

  /** Remembers what was read. */
  keep(student: string, { path, bytes, modified }: Submission): void {
    const i = this.#index.get(student)!;
    this.#states[i] = bytes ? READ : EMPTY;
    this.#times[i] = modified?.getTime() ?? NaN;
    if (!bytes) return;
    this.#paths[i] = path === this.#usualPath(student) ? undefined : path;
    this.#digests.set(createHash("sha256").update(bytes).digest(), DIGEST * i);
  }

  /** Undefined of a submission that was not read. */
  facts(student: string): SubmissionFacts | undefined {
    const i = this.#index.get(student)!;
    if (this.#states[i] === UNREAD) return undefined;
    if (this.#states[i] === EMPTY) return {};
    return {
      path: this.#paths[i] ?? this.#usualPath(student),
      digest: this.#digests.subarray(DIGEST * i, DIGEST * (i + 1)).toHex(),
    };
  }

  /** When the file was last changed. */
  modified(student: string): Date | undefined {
    const time = this.#times[this.#index.get(student)!];
    return Number.isNaN(time) ? undefined : new Date(time);
  }

  #usualPath(student: string): string {
    return `${student}/${this.assignment}.ipynb`;
  }
}
