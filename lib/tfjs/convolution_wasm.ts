/**
 * The gradients of a convolution for the WASM backend of TensorFlow.js: that of the filter, which
 * it lacks, and that of the input, for which its own kernel is several times slower than a
 * convolution.
 *
 * Notation: x [n, height, width, c]; a patch is what the filter sees at one place, kh·kw·c numbers;
 * all patches of a batch are the rows of P [n·places, kh·kw·c]; the filter as a matrix F
 * [kh·kw·c, out]. A convolution is P·F. So the gradient of F is Pᵀ·dy, and that of P is dy·Fᵀ,
 * which goes back to where each number of P was taken from.
 *
 * @module
 */
import { tf } from "@/tf.ts";
import { type WasmBackend } from "./wasm_backend.ts";

/** Registers both. Calling it again changes nothing. */
export function registerConvolutionGradients(): void {
  if (tf.getKernel("Conv2DBackpropFilter", "wasm")?.kernelFunc === filterGradient) return;
  replace({
    kernelName: "Conv2DBackpropFilter",
    backendName: "wasm",
    kernelFunc: filterGradient,
  });
  stockInputGradient = tf.getKernel("Conv2DBackpropInput", "wasm").kernelFunc;
  replace({
    kernelName: "Conv2DBackpropInput",
    backendName: "wasm",
    kernelFunc: inputGradient,
  });
}

let stockInputGradient: tf.KernelFunc;

function replace(config: tf.KernelConfig): void {
  if (tf.getKernel(config.kernelName, "wasm")) tf.unregisterKernel(config.kernelName, "wasm");
  tf.registerKernel(config);
}

interface Attributes {
  strides: number | [number, number];
  pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  dataFormat: "NHWC" | "NCHW";
  dimRoundingMode?: "floor" | "round" | "ceil";
}

type Shape4D = [number, number, number, number];
type Geometry = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

function geometryOf(x: number[], filter: number[], attributes: Attributes): Geometry {
  const { strides, pad, dataFormat, dimRoundingMode } = attributes;
  return tf.backend_util.computeConv2DInfo(
    x as Shape4D,
    filter as Shape4D,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  );
}

const filterGradient: tf.KernelFunc = ({ inputs, backend, attrs }) => {
  const { x, dy } = inputs as unknown as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const attributes = attrs as unknown as Attributes & { filterShape: number[] };
  if (attributes.dataFormat !== "NHWC") {
    throw new RangeError(
      `Cannot differentiate a convolution on WASM: its format must be NHWC, got ${attributes.dataFormat}`,
    );
  }
  const heap = backend as WasmBackend;
  const { filterShape } = attributes;
  const geometry = geometryOf(x.shape, filterShape, attributes);
  const patches = heap.makeOutput(patchesShape(geometry), "float32");
  const to = heap.typedArrayFromHeap(patches);
  to.fill(0);
  const from = heap.typedArrayFromHeap(x);
  visitPatches(geometry, (image, patch, count) => {
    for (let i = 0; i < count; i++) to[patch + i] = from[image + i];
  });
  const outputs = flat(dy, geometry.outChannels);
  const gradient = product(backend, patches, outputs, { transposeA: true });
  heap.disposeData(patches.dataId);
  return { ...gradient, shape: filterShape };
};

const inputGradient: tf.KernelFunc = (call) => {
  const { inputs, backend, attrs } = call;
  const { dy, filter } = inputs as unknown as { dy: tf.TensorInfo; filter: tf.TensorInfo };
  const attributes = attrs as unknown as Attributes & { inputShape: number[] };
  if (attributes.dataFormat !== "NHWC") return stockInputGradient(call);
  const heap = backend as WasmBackend;
  const geometry = geometryOf(attributes.inputShape, filter.shape, attributes);
  const { outChannels } = geometry;
  const patches = product(backend, flat(dy, outChannels), flat(filter, outChannels), {
    transposeB: true,
  });
  const gradient = heap.makeOutput(attributes.inputShape, "float32");
  const to = heap.typedArrayFromHeap(gradient);
  to.fill(0);
  const from = heap.typedArrayFromHeap(patches);
  visitPatches(geometry, (image, patch, count) => {
    for (let i = 0; i < count; i++) to[image + i] += from[patch + i];
  });
  heap.disposeData(patches.dataId);
  return gradient;
};

function patchesShape(geometry: Geometry): [number, number] {
  const { batchSize, outHeight, outWidth, filterHeight, filterWidth, inChannels } = geometry;
  return [batchSize * outHeight * outWidth, filterHeight * filterWidth * inChannels];
}

/** A tensor as a matrix with `columns` columns; its numbers stay where they are. */
function flat(x: tf.TensorInfo, columns: number): tf.TensorInfo {
  const size = x.shape.reduce((product, side) => product * side, 1);
  return { ...x, shape: [size / columns, columns] };
}

/** The product by whatever kernel is registered. */
function product(
  backend: object,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { transposeA = false, transposeB = false },
): tf.TensorInfo {
  const { kernelFunc } = tf.getKernel("BatchMatMul", "wasm");
  const batch = (x: tf.TensorInfo) => ({ ...x, shape: [1, ...x.shape] });
  const inputs = { a: batch(a), b: batch(b) };
  const attrs = { transposeA, transposeB };
  const output = kernelFunc({ inputs, backend, attrs } as never) as tf.TensorInfo;
  return { ...output, shape: output.shape.slice(1) };
}

/**
 * Calls `visit` for each row of the filter at each place: from `image` and from `patch` on, `count`
 * numbers lie side by side.
 */
function visitPatches(
  geometry: Geometry,
  visit: (image: number, patch: number, count: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = geometry;
  const rowOfPatch = filterWidth * inChannels;
  let patch = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        const left = j * strideWidth - padInfo.left;
        const first = Math.max(0, -left);
        const end = Math.min(filterWidth, inWidth - left);
        for (let k = 0; k < filterHeight; k++, patch += rowOfPatch) {
          const row = i * strideHeight - padInfo.top + k;
          if (row < 0 || row >= inHeight || end <= first) continue;
          const image = ((n * inHeight + row) * inWidth + left + first) * inChannels;
          visit(image, patch + first * inChannels, (end - first) * inChannels);
        }
      }
    }
  }
}
