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
import { type Factor, type Gemm, sharedGemm } from "./gemm.ts";
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
  const gemm = gemmIfPossible();
  installed = (call) => {
    const product = productOf(call);
    const { rows, inner, columns } = product;
    return product.plain && gemm?.suits(rows, inner, columns)
      ? onThreads(product, gemm)
      : untransposed(product, stock.kernelFunc, transpose.kernelFunc);
  };
  tf.unregisterKernel("BatchMatMul", "wasm");
  tf.registerKernel({ ...stock, kernelFunc: installed });
}

/** Undefined where this WebAssembly has no vectors, or no memory that could be shared. */
function gemmIfPossible(): Gemm | undefined {
  try {
    return sharedGemm();
  } catch {
    return undefined;
  }
}

/** What a kernel is asked for: a [rows, inner] times b [inner, columns], each perhaps as its transpose. */
interface MatMul {
  a: tf.TensorInfo;
  b: tf.TensorInfo;
  attributes: MatMulAttributes;
  rows: number;
  inner: number;
  columns: number;
  /** Whether it is one product of two matrices of float32. */
  plain: boolean;
  backend: WasmBackend;
}

function productOf({ inputs, backend, attrs }: Parameters<tf.KernelFunc>[0]): MatMul {
  const attributes = attrs as unknown as MatMulAttributes;
  const { transposeA, transposeB } = attributes;
  const { a, b } = inputs as unknown as { a: tf.TensorInfo; b: tf.TensorInfo };
  return {
    a,
    b,
    attributes,
    rows: a.shape.at(transposeA ? -1 : -2)!,
    inner: a.shape.at(transposeA ? -2 : -1)!,
    columns: b.shape.at(transposeB ? -2 : -1)!,
    plain: sizeOfBatch(a) === 1 && sizeOfBatch(b) === 1 && a.dtype === "float32",
    backend: backend as WasmBackend,
  };
}

function onThreads(product: MatMul, gemm: Gemm): tf.TensorInfo {
  const { a, b, attributes, rows, inner, columns, backend } = product;
  const shape = a.shape.slice(0, -2).concat(rows, columns);
  const output = backend.makeOutput(shape, "float32");
  const factor = (x: tf.TensorInfo, transposed: boolean, sides: [number, number]): Factor => ({
    data: backend.typedArrayFromHeap(x),
    rows: sides[0],
    columns: sides[1],
    transposed,
  });
  gemm.multiply(
    factor(a, attributes.transposeA, [rows, inner]),
    factor(b, attributes.transposeB, [inner, columns]),
    backend.typedArrayFromHeap(output),
  );
  return output;
}

/** By the stock kernel, on operands that were transposed before: A·Bᵀ, or (B·Aᵀ)ᵀ where that moves fewer numbers. */
function untransposed(
  { a, b, attributes, rows, inner, columns, backend }: MatMul,
  stock: tf.KernelFunc,
  transpose: tf.KernelFunc,
): tf.TensorInfo {
  const { transposeA, transposeB } = attributes;
  const temporary: tf.TensorInfo[] = [];
  const swapLastTwo = (x: tf.TensorInfo): tf.TensorInfo => {
    const rank = x.shape.length;
    const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
    return transpose({ inputs: { x }, backend, attrs: { perm } }) as tf.TensorInfo;
  };
  const swap = (x: tf.TensorInfo, wanted: boolean) => {
    if (!wanted) return x;
    const swapped = swapLastTwo(x);
    temporary.push(swapped);
    return swapped;
  };
  const product = (left: tf.TensorInfo, right: tf.TensorInfo) =>
    stock({
      inputs: { a: left, b: right },
      backend,
      attrs: { ...attributes, transposeA: false, transposeB: false },
    }) as tf.TensorInfo;
  const moved = (transposeA ? rows * inner : 0) + (transposeB ? inner * columns : 0);
  const movedBackwards = (transposeA ? 0 : rows * inner) + (transposeB ? 0 : inner * columns) +
    rows * columns;
  let output: tf.TensorInfo;
  if (moved <= movedBackwards) {
    output = product(swap(a, transposeA), swap(b, transposeB));
  } else {
    const backwards = product(swap(b, !transposeB), swap(a, !transposeA));
    output = swapLastTwo(backwards);
    temporary.push(backwards);
  }
  for (const { dataId } of temporary) backend.disposeData(dataId);
  return output;
}

let installed: tf.KernelFunc | undefined;

/** How many matrices a tensor holds. */
function sizeOfBatch({ shape }: tf.TensorInfo): number {
  return shape.slice(0, -2).reduce((size, side) => size * side, 1);
}
