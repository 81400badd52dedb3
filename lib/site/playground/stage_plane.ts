/**
 * The stage in the plane: D, D* and where they differ as colours, densities as contours, points,
 * the net of z, arrows and traces.
 *
 * @module
 */
import { type Look, type LookField } from "@/playground/playground_messages.ts";
import { type LayerName } from "@/playground/settings.ts";
import { StageFrame } from "./frame.ts";
import { drawContours, drawField } from "./heat.ts";
import { drawArrows, drawDiamonds, drawDots, drawNet, drawTraces } from "./marks.ts";

/**
 * Draws a look; returns the frame, for what the pointer finds in it.
 *
 * @param moment.carried How far the net of z is on its way to where G puts it, 0 to 1.
 * @param moment.longest The pull that is drawn as the longest arrow, in nats per unit.
 */
export function drawPlane(
  canvas: HTMLCanvasElement,
  look: Look,
  layers: readonly LayerName[],
  { carried = 1, longest }: { carried?: number; longest?: number } = {},
): StageFrame {
  const { range } = look;
  const names = { x: "x₁", y: "x₂" };
  const frame = new StageFrame(canvas, { x: range, y: range, names, square: true });
  const { palette } = frame;
  const shown = (name: LayerName) => layers.includes(name);
  drawFields(frame, look, shown);
  if (shown("grid") && look.grid) drawNet(frame, look.grid, carried);
  if (shown("data")) drawDots(frame, look.real, palette);
  if (shown("generated")) drawDiamonds(frame, look.fake, palette);
  drawDensities(frame, look, shown);
  if (shown("traces") && look.traces) drawTraces(frame, look.traces, palette.pull);
  if (shown("pulls") && look.pulls) {
    drawArrows(frame, look.pulls, { colour: palette.pull, longest });
  }
  if (shown("slopes") && look.slopes) {
    drawArrows(frame, look.slopes, { colour: palette.ink, feet: true });
  }
  frame.drawAxes(names);
  return frame;
}

type Shown = (name: LayerName) => boolean;

function drawFields(frame: StageFrame, look: Look, shown: Shown): void {
  const { palette } = frame;
  const { d, best, difference } = look;
  const cells = ({ values }: LookField) => ({ side: look.side, range: look.range, values });
  if (shown("difference") && difference) {
    drawField(frame, cells(difference), palette.difference, (value) => (value + 1) / 2);
  } else if (shown("discriminator") && d) {
    drawField(frame, cells(d), palette.field, (value) => value);
  } else if (shown("best") && best) {
    drawField(frame, cells(best), palette.field, (value) => value);
  }
  if (shown("discriminator") && d) {
    drawContours(frame, cells(d), [0.5], { colour: palette.d, width: 2 });
  }
  if (shown("best") && best) {
    drawContours(frame, cells(best), [0.5], { colour: palette.best, width: 2, dash: [7, 4] });
  }
}

/** A density's contours: these shares of its greatest value. */
const SHARES = [0.1, 0.4, 0.75];

function drawDensities(frame: StageFrame, look: Look, shown: Shown): void {
  const { palette } = frame;
  const densities = [
    ["pData", look.pData, palette.real, []],
    ["pG", look.pG, palette.fake, [5, 3]],
  ] as const;
  for (const [name, field, colour, dash] of densities) {
    if (!shown(name) || !field) continue;
    const most = field.values.reduce((a, b) => Math.max(a, b), 0);
    if (!(most > 0)) continue;
    const levels = SHARES.map((share) => share * most);
    const cells = { side: look.side, range: look.range, values: field.values };
    drawContours(frame, cells, levels, { colour, width: 1.5, dash: [...dash] });
  }
}
