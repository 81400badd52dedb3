/**
 * Tensors that live as long as somebody holds them: those of networks and of optimisers.
 *
 * @module
 */
import { cancelWhenForgotten, whenForgotten } from "@/host/forgotten.ts";
import { tf } from "@/tf.ts";

/** In a session of cells, frees the tensor's numbers once nobody holds it any more; returns it. */
export function freedWhenForgotten<T extends tf.Tensor>(tensor: T): T {
  whenForgotten(tensor, freeing(tensor));
  const { dispose } = tensor;
  tensor.dispose = () => {
    cancelWhenForgotten(tensor);
    dispose.call(tensor);
  };
  return tensor;
}

/** Does what `dispose` of a tensor does, without the tensor. */
function freeing({ dataId, dtype, size }: tf.Tensor): () => void {
  return () => tf.engine().disposeTensor({ dataId, dtype, size } as tf.Tensor);
}
