/**
 * The variables that cells share.
 *
 * Each is an accessor of the global object, so that code of any cell finds it by its name. What has
 * the name of something global that was there before (`name`, `fetch`, `Math`) is kept apart, and
 * only cells see it: the library goes on with the global one.
 *
 * @module
 */
export class Shared {
  /** What has the name of something global. */
  readonly hidden: Record<string, unknown> = Object.create(null);
  readonly #names = new Set<string>();

  get hiddenNames(): string[] {
    return Object.keys(this.hidden);
  }

  /** Takes a cell's accessors, in place of those that were there under the same names. */
  share(accessors: Record<string, unknown>): void {
    for (const [name, accessor] of Object.entries(Object.getOwnPropertyDescriptors(accessors))) {
      if (!this.#names.has(name) && name in globalThis) {
        Object.defineProperty(this.hidden, name, accessor);
      } else {
        this.#names.add(name);
        Object.defineProperty(globalThis, name, { ...accessor, enumerable: false });
      }
    }
  }

  /** Forgets what a cell that has failed declares and has not come to. */
  forgetUnset(names: string[]): void {
    for (const name of names) {
      const owner = this.#names.has(name) ? globalThis : this.hidden;
      try {
        void (owner as Record<string, unknown>)[name];
      } catch {
        Reflect.deleteProperty(owner, name);
        this.#names.delete(name);
      }
    }
  }
}
