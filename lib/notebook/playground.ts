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
import { type Figure } from "@/plot/figure.ts";
import { escapeHtml } from "./figure_html.ts";
import { type EmbeddedPlayground } from "./playground_frame.ts";

/** A playground that can be shown. */
export interface Playground {
  /** Says what it is. */
  kind: "playground";
  /** The GAN, its data, and what is drawn of them. */
  settings: PlaygroundSettings;
  /** Steps that the still picture is taken after. */
  steps: number;
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
  return { kind: "playground", settings, steps };
}

/** What a page of the site is sent. */
export function embeddedPlayground({ settings }: Playground): EmbeddedPlayground {
  return { address: toAddress(settings), title: titleOf(settings) };
}

function titleOf({ preset, data }: PlaygroundSettings): string {
  const learned = data.kind === "toy" ? data.name : {
    gaussians: "Gaussians",
    points: "own points",
    mnist: "MNIST",
  }[data.kind];
  return `Playground: ${learned}${preset === learned ? "" : `, from the preset ${preset}`}`;
}

/** Where `deno task site --serve` shows it. */
const SERVED = "http://127.0.0.1:8000/playground.html";

/** How to open it from where it cannot run. */
export function openingHtml({ address }: EmbeddedPlayground): string {
  const href = escapeHtml(`${SERVED}#${address}`);
  return `<p>A still picture. To touch it, start <code>deno task site --serve</code> and open ` +
    `<a href="${href}">this playground in your browser</a>.</p>`;
}

/** A still picture: a figure, or the bytes of a PNG where digits are learned. */
export async function playgroundStill(
  { settings, steps }: Playground,
): Promise<Figure | Uint8Array> {
  const { stillOfPlayground } = await import("./playground_still.ts");
  return await stillOfPlayground(settings, steps, titleOf(settings));
}
