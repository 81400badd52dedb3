/**
 * What a notebook's cells use: showing figures and tables, files for the reader, and claims of the text.
 *
 * @module
 */
export { type Claim, claims, isNear, isSame } from "./claims.ts";
export { offerFile } from "./own_files.ts";
export {
  type LayerName,
  type PlaygroundData,
  type PlaygroundSettings,
} from "@/playground/settings.ts";
export { type Playground, playground } from "./playground.ts";
export { type EmbeddedPlayground } from "./playground_frame.ts";
export { LiveFigure, liveFigure, show, type Showable } from "./show.ts";
