/**
 * Marks that are equal kept as one: of a class of thousands most are, since most checks hold, and
 * the others fail in a few ways. Nobody changes a mark that is there.
 *
 * @module
 */
import { type Mark } from "./grade.ts";

export class SharedMarks<M extends Mark = Mark> {
  readonly #known = new Map<string, M>();

  /** The same marks; equal ones are one object. */
  of(marks: M[]): M[] {
    return marks.map((mark) => {
      // What a student has written is seldom written twice.
      if (mark.answer !== undefined || mark.code !== undefined) return mark;
      const key = JSON.stringify(mark);
      const known = this.#known.get(key);
      if (known) return known;
      this.#known.set(key, mark);
      return mark;
    });
  }
}
