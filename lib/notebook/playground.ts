/**
 * A playground in a notebook: `await show(playground("spiral"))`.
 *
 * The site's pages embed the page of the playground, which trains in the reader's browser. Where
 * there is no such page, as in Jupyter, a still picture of the same run is shown, with how to open
 * the live one.
 *
 * @module
 */
import { fromAddress, toAddress } from "@/playground/address.ts";
import { type PlaygroundSettings, settingsOf } from "@/playground/settings.ts";
import { type EmbeddedPlayground } from "./playground_frame.ts";

/** A playground that can be shown. */
export interface Playground {
  /** Says what it is. */
  kind: "playground";
  /** The GAN, its data, and what is drawn of them. */
  settings: PlaygroundSettings;
  /** Steps that the still picture is taken after. */
  steps: number;
  /** What a page needs to embed it. */
  embedded: EmbeddedPlayground;
}

/**
 * A playground of a preset of the library, of settings, or of an address that was copied from one.
 *
 * @param of Such as `"spiral"` or `"v=1&preset=spiral&seed=7"`.
 * @param options.steps Where it can only be shown as a still picture, it is trained for so many
 *   steps before. Default 500.
 * @throws {RangeError} If there is no such preset, or the address cannot be read.
 */
export function playground(
  of: string | PlaygroundSettings,
  { steps = 500 }: { steps?: number } = {},
): Playground {
  const settings = typeof of !== "string"
    ? of
    : of.includes("=")
    ? fromAddress(of)
    : settingsOf(of);
  const embedded = { address: toAddress(settings), title: titleOf(settings) };
  return { kind: "playground", settings, steps, embedded };
}

function titleOf({ preset, data }: PlaygroundSettings): string {
  const learned = data.kind === "toy" ? data.name : {
    gaussians: "Gaussians",
    points: "own points",
    mnist: "MNIST",
  }[data.kind];
  return `Playground: ${learned}${preset === learned ? "" : `, from the preset ${preset}`}`;
}
