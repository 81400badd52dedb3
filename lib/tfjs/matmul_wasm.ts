/**
 * Products of matrices for the WASM backend of TensorFlow.js, on several threads.
 *
 * Large ones are `gemm.ts`'s. For the others the stock kernel does the work, but never with a
 * transposed operand: it computes those 13 to 48 times slower than a plain product, and every
 * gradient of a dense layer has two. Something is transposed first: A·Bᵀ is either A·(Bᵀ) or
 * (B·Aᵀ)ᵀ, whichever transposes fewer numbers.
 *
 * Gradients arrive as rank-3 tensors with a leading 1; higher batches work as well.
 *
 * @module
 */
import { tf } from "@/tf.ts";
import { type Factor, sharedGemm } from "./gemm.ts";
import { type WasmBackend } from "./wasm_backend.ts";

interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

/** Replaces the stock kernel. Calling it again changes nothing. */
export function registerMatMul(): void {
  const stock = tf.getKernel("BatchMatMul", "wasm");
  const transpose = tf.getKernel("Transpose", "wasm");
  if (stock.kernelFunc === installed) return;
  const gemm = sharedGemm();

  const swapLastTwo = (x: tf.TensorInfo, backend: object): tf.TensorInfo => {
    const rank = x.shape.length;
    const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
    return transpose.kernelFunc({ inputs: { x }, backend, attrs: { perm } }) as tf.TensorInfo;
  };

  installed = ({ inputs, backend, attrs }) => {
    const { transposeA, transposeB } = attrs as unknown as MatMulAttributes;
    const { a, b } = inputs as unknown as { a: tf.TensorInfo; b: tf.TensorInfo };
    const temporary: tf.TensorInfo[] = [];
    const swap = (x: tf.TensorInfo, wanted = true) => {
      if (!wanted) return x;
      const swapped = swapLastTwo(x, backend);
      temporary.push(swapped);
      return swapped;
    };
    const product = (left: tf.TensorInfo, right: tf.TensorInfo) =>
      stock.kernelFunc({
        inputs: { a: left, b: right },
        backend,
        attrs: { ...attrs, transposeA: false, transposeB: false },
      }) as tf.TensorInfo;

    const rows = a.shape.at(transposeA ? -1 : -2)!;
    const columns = b.shape.at(transposeB ? -2 : -1)!;
    const inner = a.shape.at(transposeA ? -2 : -1)!;
    const matrices = sizeOfBatch(a) === 1 && sizeOfBatch(b) === 1;
    if (matrices && a.dtype === "float32" && gemm.suits(rows, inner, columns)) {
      const heap = backend as WasmBackend;
      const shape = a.shape.slice(0, -2).concat(rows, columns);
      const output = heap.makeOutput(shape, "float32");
      const factor = (x: tf.TensorInfo, transposed: boolean, sides: [number, number]): Factor => ({
        data: heap.typedArrayFromHeap(x),
        rows: sides[0],
        columns: sides[1],
        transposed,
      });
      gemm.multiply(
        factor(a, transposeA, [rows, inner]),
        factor(b, transposeB, [inner, columns]),
        heap.typedArrayFromHeap(output),
      );
      return output;
    }
    const moved = (transposeA ? rows * inner : 0) + (transposeB ? inner * columns : 0);
    const movedBackwards = (transposeA ? 0 : rows * inner) + (transposeB ? 0 : inner * columns) +
      rows * columns;

    let output: tf.TensorInfo;
    if (moved <= movedBackwards) {
      output = product(swap(a, transposeA), swap(b, transposeB));
    } else {
      const backwards = product(swap(b, !transposeB), swap(a, !transposeA));
      output = swapLastTwo(backwards, backend);
      temporary.push(backwards);
    }
    for (const { dataId } of temporary) (backend as WasmBackend).disposeData(dataId);
    return output;
  };
  tf.unregisterKernel("BatchMatMul", "wasm");
  tf.registerKernel({ ...stock, kernelFunc: installed });
}

let installed: tf.KernelFunc | undefined;

/** How many matrices a tensor holds. */
function sizeOfBatch({ shape }: tf.TensorInfo): number {
  return shape.slice(0, -2).reduce((size, side) => size * side, 1);
}
