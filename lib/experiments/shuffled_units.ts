/**
 * A network with the units of one layer in another order.
 *
 * @module
 */
import { type Network, type Tensors } from "@/gan/network.ts";
import { affineWidth } from "@/gan/spec.ts";
import { tf } from "@/tf.ts";

/**
 * The network with the units of a layer in another order, and the next layer told where they went.
 * The units of the last layer are what the network gives out, and nobody is told about those.
 *
 * @param layer Which layer, counted from 0.
 * @param order For each new place, the old place of its unit.
 * @returns A network with tensors of its own.
 * @throws {RangeError} If the order does not name each unit once, or the layer is maxout.
 */
export function withShuffledUnits(
  { spec, weights, statistics }: Network,
  layer: number,
  order: ArrayLike<number>,
): Network {
  const { width } = spec.layers[layer];
  if (affineWidth(spec.layers[layer]) !== width) {
    throw new RangeError(
      `Cannot shuffle the units of layer ${layer}: each must be one number before its activation, ` +
        `got ${affineWidth(spec.layers[layer]) / width} (maxout)`,
    );
  }
  const places = Array.from(order);
  if (places.length !== width || new Set(places).size !== width || !places.every(within(width))) {
    throw new RangeError(
      `Cannot shuffle the units of layer ${layer}: the order must name each of its ${width} units once, got ${places.length} places, ${
        new Set(places).size
      } of them different`,
    );
  }
  const taken = (tensor: tf.Tensor, axis: number) =>
    tf.tidy(() => tf.gather(tensor, tf.tensor1d(places, "int32"), axis));
  const moved = (tensors: Tensors): Tensors =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, tensor]) => {
        if (name.startsWith(`layers.${layer}.`)) return [name, taken(tensor, tensor.rank - 1)];
        const next = name === `layers.${layer + 1}.weight`;
        return [name, next ? taken(tensor, 0) : tf.clone(tensor)];
      }),
    );
  return { spec, weights: moved(weights), statistics: moved(statistics) };
}

function within(width: number) {
  return (place: number) => Number.isInteger(place) && place >= 0 && place < width;
}
