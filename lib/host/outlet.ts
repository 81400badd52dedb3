/**
 * Where the outputs of a cell go when a program runs cells without Jupyter.
 *
 * @module
 */
import { type Outlet } from "./host.ts";

const OUTLET = Symbol.for("workbook.outlet");

/** The outlet that a program has offered in place of Jupyter's, if any. */
export function offeredOutlet(): Outlet | undefined {
  return (globalThis as { [OUTLET]?: Outlet })[OUTLET];
}

/** For a program that runs cells without Jupyter: takes what they show. */
export function offerOutlet(outlet: Outlet): void {
  Object.defineProperty(globalThis, OUTLET, { value: outlet, configurable: true });
}
