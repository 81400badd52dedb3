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
export { type GridOptions, gridPng } from "./grid.ts";
export { histogram } from "./histogram.ts";
export { type History, historyOf, type RecordedStep } from "./history.ts";
export { panelsFigure, samplePanel } from "./panels.ts";
export { panelsAnimation, type Scene } from "./panels_animation.ts";
export { type Pictures, picturesFigure } from "./pictures.ts";
export { type PicturesSlider, picturesSlider } from "./pictures_slider.ts";
export { type Still, stillOf } from "./still/png.ts";
export { type Table, table } from "./table.ts";
export { type Slider, type Sliders } from "./sliders.ts";
