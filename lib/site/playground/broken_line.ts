/**
 * Lines through points of which some are not known.
 *
 * @module
 */

/** Whoever draws a line. */
type Pen = Pick<CanvasRenderingContext2D, "moveTo" | "lineTo">;

/** Adds a line to a path. Where a point is not known, the line ends, and begins anew after it. */
export function tracePoints(pen: Pen, points: Iterable<readonly [x: number, y: number]>): void {
  let isDown = false;
  for (const place of points) {
    const [x, y] = place;
    const isKnown = Number.isFinite(x) && Number.isFinite(y);
    if (isKnown && isDown) pen.lineTo(x, y);
    else if (isKnown) pen.moveTo(x, y);
    isDown = isKnown;
  }
}
