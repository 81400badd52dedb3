/**
 * Charts, tables and grids of images: numbers in, plotly figures or PNGs out.
 *
 * @module
 */
export { type Beside, beside } from "./beside.ts";
export { type BesideSliders, besideSliders } from "./beside_sliders.ts";
export {
  type Axis,
  type BarChart,
  barChart,
  type LineChart,
  lineChart,
  type PathChart,
  pathChart,
  type Plane,
  type SliderChart,
  sliderChart,
} from "./charts.ts";
export { type Figure, type Frame, type Narrow, type Numbers, type Trace } from "./figure.ts";
export { type GridOptions, gridPng, rowsPng } from "./grid.ts";
export { histogram } from "./histogram.ts";
export { type History, historyOf, type RecordedStep } from "./history.ts";
export { panelsFigure, pointsPanel, samplePanel } from "./panels.ts";
export { panelsAnimation, type Scene } from "./panels_animation.ts";
export { type Pictures, picturesFigure } from "./pictures.ts";
export { type PicturesSlider, picturesSlider } from "./pictures_slider.ts";
export { type Still, stillOf } from "./still/png.ts";
export { type Table, table } from "./table.ts";
export { type Slider, type Sliders } from "./sliders.ts";
export { ganDiagram } from "./gan_diagram.ts";
export { densityPanel, lineFigure, linePanels } from "./line_panels.ts";
export { film } from "./film.ts";
export { gridFigure, pullFigure, samplesFigure, spiralFigure } from "./spiral_panels.ts";
export { scorecardTable } from "./scorecard_table.ts";
export { walkSlider } from "./walk_slider.ts";
export { type PlaneScene } from "./panels.ts";
export { type Film } from "./film.ts";
export { type LineMoment } from "@/experiments/line_game.ts";
export { type SpiralScene } from "@/experiments/spiral_game.ts";
export { type WarpedGrid } from "@/experiments/latent_map.ts";
export { type Measure, type RealRange, type Scorecard } from "@/experiments/scorecard.ts";
