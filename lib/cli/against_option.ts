/**
 * `--against`, an option of the commands that measure digits.
 *
 * @module
 */
import { Option } from "commander";
import { COMPARED_WITH, VALIDATION_TEXT } from "@/eval/against.ts";

/** Which real images samples are compared with. */
export function againstOption(): Option {
  return new Option(
    "--against <images>",
    `what samples are compared with: test, or validation (${VALIDATION_TEXT}), by which settings are chosen`,
  ).choices(COMPARED_WITH).default("test");
}
