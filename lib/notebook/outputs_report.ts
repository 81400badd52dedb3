/**
 * The kernel's report of its own outputs, for a program that runs a notebook and checks that all
 * arrived.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { shownSoFar } from "./display.ts";
import { flushPictures } from "./still.ts";

export const REPORT_TYPE = "application/vnd.workbook.outputs+json";

/** Sends the list of outputs, twice: one of the two may be lost as well. */
export async function reportOutputs(): Promise<void> {
  await flushPictures();
  for (let i = 0; i < 2; i++) {
    await host.jupyter?.broadcast("display_data", {
      data: { [REPORT_TYPE]: { shown: shownSoFar() } },
      metadata: {},
      transient: {},
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
