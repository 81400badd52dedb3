/**
 * The variables that cells share.
 *
 * Each is an accessor of the global object, so that code of any cell finds it by its name. What has
 * the name of something global that was there before (`name`, `fetch`, `Math`) is kept apart, and
 * only cells see it: the library goes on with the global one.
 *
 * An accessor takes ten times as long as a variable. So once a cell has ended, what no cell gives
 * another value to becomes a plain property, until a cell comes that does.
 *
 * @module
 */
export class Shared {
  /** What has the name of something global. */
  readonly hidden: Record<string, unknown> = Object.create(null);
  readonly #names = new Set<string>();
  /** What some cell gives a value to, outside of its declaration. */
  readonly #assigned = new Set<string>();
  /** The accessors of what is a plain property now. */
  readonly #settled = new Map<string, PropertyDescriptor>();

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
        this.#settled.delete(name);
        Object.defineProperty(globalThis, name, { ...accessor, enumerable: false });
      }
    }
  }

  /** A cell is about to run that gives values to these names. */
  willAssign(names: string[]): void {
    for (const name of names) {
      this.#assigned.add(name);
      const accessor = this.#settled.get(name);
      if (accessor) Object.defineProperty(globalThis, name, accessor);
      this.#settled.delete(name);
    }
  }

  /** The cell that declares these names has ended. */
  settle(names: string[]): void {
    for (const name of names) {
      const accessor = Object.getOwnPropertyDescriptor(globalThis, name);
      if (!this.#names.has(name) || this.#assigned.has(name) || !accessor?.get) continue;
      this.#settled.set(name, accessor);
      const value = (globalThis as Record<string, unknown>)[name];
      Object.defineProperty(globalThis, name, { value, configurable: true, enumerable: false });
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
