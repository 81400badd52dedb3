/**
 * The diagram of a GAN: what goes into G and D, what comes out, and what each learns from.
 *
 * @module
 */
import { diagram } from "./diagram.ts";
import { type Figure } from "./figure.ts";

/** G above, D below, and dashed what D's verdict teaches each of them. */
export function ganDiagram(title = "A generative adversarial net"): Figure {
  return diagram({
    title,
    boxes: {
      z: { at: [3.6, 9.2], text: "noise z" },
      G: { at: [3.6, 7.2], text: "generator<br>G", machine: true },
      fake: { at: [3.6, 5.2], text: "fake<br>x = G(z)" },
      data: { at: [7.4, 7.2], text: "the data" },
      real: { at: [7.4, 5.2], text: "real x" },
      D: { at: [5.5, 3.1], text: "discriminator<br>D", machine: true },
      says: { at: [5.5, 0.9], text: "D(x), how<br>likely real" },
    },
    arrows: [
      { from: "z", to: "G" },
      { from: "G", to: "fake" },
      { from: "data", to: "real" },
      { from: "fake", to: "D" },
      { from: "real", to: "D" },
      { from: "D", to: "says" },
      {
        from: "says",
        to: "G",
        via: [[0.9, 0.9], [0.9, 7.2]],
        text: "G learns<br>to make<br>fakes<br>look real",
        back: true,
      },
      {
        from: "says",
        to: "D",
        via: [[9.4, 0.9], [9.4, 3.1]],
        text: "D learns<br>which is<br>which",
        back: true,
      },
    ],
  });
}
