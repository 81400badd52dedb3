/**
 * Tests that take long and add little to the short ones beside them: the full gate runs them, and
 * `deno task test` says how many it has left out.
 */

/** Whether the full gate runs these tests: `deno task test --gate`. */
export const IN_GATE = Deno.env.has("GAN_WORKBOOK_GATE");

/** Registers a test that only the gate runs; its name says so. */
export function gateTest(
  name: string,
  fn: () => void | Promise<void>,
  options: Omit<Deno.TestDefinition, "name" | "fn"> = {},
): void {
  Deno.test({ ...options, name: `gate: ${name}`, fn, ignore: !IN_GATE || options.ignore === true });
}
