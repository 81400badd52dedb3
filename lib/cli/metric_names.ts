/**
 * An argument that names metrics.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";
import { type Metric, METRIC_NAMES, metricsNamed } from "@/eval/metrics.ts";

/** Metrics by any of their names, with commas between them, or `all`. */
export function metricNames(text: string): Metric[] {
  const asked = text.split(",").flatMap((name) => {
    const known = metricsNamed(name);
    if (!known) {
      throw new InvalidArgumentError(
        `It must be one or more of ${METRIC_NAMES.join(", ")}, with commas between them, or all.`,
      );
    }
    return known;
  });
  return METRIC_NAMES.filter((metric) => asked.includes(metric));
}
