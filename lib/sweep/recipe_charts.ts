/**
 * Curves of recipes side by side: of each the mean of its seeds with the band that they span, and
 * each seed as a thin line.
 *
 * @module
 */
import { QUALITY_FIGURES } from "@/eval/quality.ts";
import { lineChart } from "@/plot/charts.ts";
import { COLOURS, type Figure, type Trace } from "@/plot/figure.ts";
import { spread } from "@/run/spread.ts";
import { type ComparedRun, type RecipeGroup } from "./recipe_groups.ts";
import { type TimelessEvent } from "./training_job.ts";

export interface RecipeChart {
  id: string;
  title: string;
  figure: Figure;
}

/** Most points of a curve: a page with fifty seeds of eight recipes stays below 20 MB. */
const MOST_POINTS = 200;

const FEW_POINTS = 10;

/** Points of one run. */
type Curve = { step: number; value: number }[];

/** The charts that one of the runs has numbers for. */
export function recipeCharts(groups: RecipeGroup[]): RecipeChart[] {
  const event = (name: keyof TimelessEvent) => ({ events }: ComparedRun): Curve =>
    events.map((event) => ({ step: event.step, value: Number(event[name] ?? NaN) }));
  const quality = (name: string) => ({ quality }: ComparedRun): Curve =>
    quality.map(({ step, figures }) => ({ step, value: figures[name] ?? NaN }));
  const measured = Object.keys(QUALITY_FIGURES).filter((name) =>
    groups.some(({ runs }) => runs.some(({ quality }) => quality.some((q) => name in q.figures)))
  );
  return [
    ...measured.map((name) => {
      const { title, unit, range } = QUALITY_FIGURES[name];
      const y = { label: unit, range, log: name === "frechet" };
      return chartOf(groups, { title, y, curve: quality(name) });
    }),
    chartOf(groups, { title: "Loss of D", y: { label: "loss" }, curve: event("dLoss") }),
    chartOf(groups, { title: "Loss of G", y: { label: "loss" }, curve: event("gLoss") }),
    chartOf(groups, {
      title: "Mean of D on generated samples",
      y: { label: "mean of D" },
      curve: event("dFake"),
    }),
  ].map((chart, i) => ({ ...chart, id: `chart-${i}` }));
}

function chartOf(
  groups: RecipeGroup[],
  { title, y, curve }: {
    title: string;
    y: Parameters<typeof lineChart>[0]["y"];
    curve(run: ComparedRun): Curve;
  },
): Omit<RecipeChart, "id"> {
  const data = groups.flatMap(({ recipe, runs }, i) => {
    const curves = runs.map((run) => spread(curve(run), MOST_POINTS))
      .filter((points) => points.some(({ value }) => Number.isFinite(value)));
    // A recipe that has no such numbers needs no place in the legend.
    return curves.length === 0 ? [] : tracesOf(recipe, curves, COLOURS[i % COLOURS.length]);
  });
  const all = groups.flatMap(({ runs }) => runs.flatMap(curve));
  // Its axes, without its lines.
  const { layout: { title: _, ...layout } } = lineChart({
    title,
    x: { label: "step", values: all.map(({ step }) => step) },
    y,
    lines: { all: all.map(({ value }) => value) },
  });
  const margin = { ...layout.margin as object, t: 30 };
  return { title, figure: { data, layout: { ...layout, margin, showlegend: true } } };
}

/** The band, then the seeds, then the mean, which has the place in the legend. */
function tracesOf(recipe: string, curves: Curve[], colour: string): Trace[] {
  const steps = [...new Set(curves.flatMap((curve) => curve.map(({ step }) => step)))]
    .toSorted((a, b) => a - b);
  const at = curves.map((curve) => new Map(curve.map(({ step, value }) => [step, value])));
  const values = steps.map((step) =>
    at.flatMap((curve) => curve.get(step) ?? []).filter(Number.isFinite)
  );
  const traces: Trace[] = [];
  const group = { legendgroup: recipe, x: steps, type: "scatter", mode: "lines" };
  if (curves.length > 1) {
    const hidden = { ...group, showlegend: false, hoverinfo: "skip", line: { width: 0 } };
    traces.push(
      { ...hidden, y: values.map((own) => Math.min(...own)).map(orNull) },
      {
        ...hidden,
        y: values.map((own) => Math.max(...own)).map(orNull),
        fill: "tonexty",
        fillcolor: `${colour}26`,
      },
      ...curves.map((curve) => ({
        ...group,
        x: curve.map(({ step }) => step),
        y: curve.map(({ value }) => orNull(value)),
        showlegend: false,
        hoverinfo: "skip",
        line: { color: `${colour}66`, width: 1 },
      })),
    );
  }
  const mean = values.map((own) => orNull(own.reduce((sum, value) => sum + value, 0) / own.length));
  // A single point has no line.
  const mode = steps.length > FEW_POINTS ? "lines" : "lines+markers";
  return [...traces, {
    ...group,
    mode,
    y: mean,
    name: recipe,
    line: { color: colour, width: 2.5 },
  }];
}

/** JSON has no infinity; plotly leaves a gap. */
function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
