/**
 * Which backend of TensorFlow.js computes, and why; and the engine that goes with it.
 *
 * `auto` takes WebGPU when the adapter is real hardware, otherwise WASM. A software adapter is used
 * only when `webgpu` is asked for by name, with a warning.
 *
 * @module
 */
import { startEngine, startGpuEngine } from "@/engine/engine.ts";
import { type Engine } from "@/gan/custody.ts";
import { BACKEND_CHOICES, type BackendChoice } from "@/backend_choice.ts";
import { offeredComputing } from "@/host/computing.ts";
import { host } from "@/host/host.ts";
import { registerGradients } from "@/tfjs/gradients.ts";
import { registerMatMul } from "@/tfjs/matmul_wasm.ts";
import { registerPlainKernels } from "@/tfjs/plain_wasm.ts";
import { forgetUnfinishedAfterCells } from "@/tfjs/unfinished.ts";
import { tf } from "@/tf.ts";

/** A backend that is in use. */
export interface Backend {
  /** Its name for TensorFlow.js. */
  name: "webgpu" | "wasm" | "cpu";
  /** The GPU adapter's own name, where there is one. */
  adapter?: string;
  /** Why this one: a clause that completes "wasm: …". */
  reason: string;
  /** What the user should know, where something is not as it should be. */
  warning?: string;
  /** Takes the steps of `train` where it is passed on; undefined where autodiff takes them all. */
  engine?: Engine;
  /** Settles when the GPU device is lost, with the reason; never for the other backends. */
  lost: Promise<string>;
}

/** A WebGPU adapter. */
export interface Adapter {
  /** Its own name. */
  name: string;
  /** Whether it draws on the processor. */
  software: boolean;
}

/** The WebGPU adapter of this machine, if it has one. */
export async function findAdapter(): Promise<Adapter | undefined> {
  if (!("gpu" in navigator)) return undefined;
  host.prepareGraphics();
  // A browser that has the interface and has switched it off refuses, or has none to give.
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" })
    .catch(() => null);
  if (!adapter) return undefined;
  const info = adapter.info as GPUAdapterInfo & { isFallbackAdapter?: boolean };
  // Browsers keep most of it to themselves: "apple metal-3" is all that may be known.
  const family = [info.vendor, info.architecture].filter(Boolean).join(" ");
  const name = info.description || info.device || family || "unnamed adapter";
  // A driver that draws on the processor may forget to say that it is a fallback.
  const software = info.isFallbackAdapter === true ||
    /llvmpipe|lavapipe|swiftshader|software/i.test(name);
  return { name, software };
}

/** What `useBackend` may be told besides the backend. */
export interface BackendSettings {
  /** Threads of the engine, the calling one included; one for each core where it is undefined. */
  threads?: number;
  /** `autodiff` leaves the engine out: the readable reference takes the steps. */
  engine?: "auto" | "autodiff";
  /**
   * In which tiles an engine on a GPU makes its products: what `Engine.tiles` wrote down. By their
   * shapes where it is left out.
   */
  tiles?: Record<string, string>;
}

/**
 * Makes TensorFlow.js compute on this backend.
 *
 * @throws {RangeError} If the choice is not one of `BACKEND_CHOICES`, or the number of threads is
 * not valid.
 * @throws {Error} If the backend that was asked for by name is not available.
 */
export async function useBackend(
  choice: BackendChoice = "auto",
  settings: BackendSettings = {},
): Promise<Backend> {
  if (!BACKEND_CHOICES.includes(choice)) {
    throw new RangeError(
      `Cannot choose a backend: it must be one of ${BACKEND_CHOICES.join(", ")}, got ${choice}`,
    );
  }
  const use = (chosen: BackendChoice) => useChosen(chosen, settings);
  return await (offeredComputing()?.choose(choice, use) ?? use(choice));
}

async function useChosen(choice: BackendChoice, settings: BackendSettings): Promise<Backend> {
  if (choice === "auto") return await automatic(settings);
  const reason = "asked for by name";
  if (choice !== "webgpu") {
    return { name: choice, reason, ...await start(choice, settings), lost: never() };
  }
  const adapter = await findAdapter();
  if (!adapter) {
    throw new Error(
      "Cannot use WebGPU: this machine has no adapter. Use --backend wasm, or install a driver " +
        "(on Linux one for Vulkan: Debian's package mesa-vulkan-drivers has a software one)",
    );
  }
  return await onGpu(adapter, reason, settings);
}

/** WebGPU where it is real and starts, then WASM, then plain JavaScript. */
async function automatic(settings: BackendSettings): Promise<Backend> {
  const adapter = await findAdapter();
  let reason = adapter
    ? `the only WebGPU adapter is software (${adapter.name})`
    : "no WebGPU adapter";
  if (adapter && !adapter.software) {
    try {
      const { failure, ...gpu } = await onGpu(adapter, "the adapter is a real GPU", settings);
      // Without its engine it would be slower than WASM is with one.
      if (!failure) return gpu;
      reason = `on ${adapter.name} ${failure}`;
    } catch (error) {
      reason = `WebGPU did not start on ${adapter.name} (${(error as Error).message})`;
    }
  }
  if ("WebAssembly" in globalThis) {
    return { name: "wasm", reason, ...await start("wasm", settings), lost: never() };
  }
  return {
    name: "cpu",
    reason: `${reason}, and no WebAssembly`,
    warning: "this browser has switched WebAssembly off, so training is very slow. Allow it for " +
      "this page, or use another browser (docs/browsers.md)",
    ...await start("cpu", settings),
    lost: never(),
  };
}

async function onGpu(
  { name, software }: Adapter,
  reason: string,
  settings: BackendSettings,
): Promise<Backend & { failure?: string }> {
  const started = await start("webgpu", settings);
  const warnings = [
    started.warning,
    software &&
    "this WebGPU adapter is software and slow; WASM is several times faster",
  ].filter(Boolean);
  return {
    name: "webgpu",
    adapter: name,
    reason,
    ...started,
    warning: warnings.join("; ") || undefined,
    lost: deviceLost(),
  };
}

/** Starts a backend, and the engine that goes with it. */
async function start(
  name: Backend["name"],
  settings: BackendSettings,
): Promise<Pick<Backend, "engine" | "warning"> & { failure?: string }> {
  // Otherwise small operations run on the processor while their numbers are still there, so a
  // resumed run would not be bitwise the run that was never stopped.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  if (!(await tf.setBackend(name))) {
    throw new Error(`Cannot start the ${name} backend of TensorFlow.js: it did not initialise`);
  }
  await tf.ready();
  registerGradients();
  forgetUnfinishedAfterCells();
  if (name === "wasm") {
    registerMatMul();
    registerPlainKernels();
  }
  if (name === "cpu" || settings.engine === "autodiff") return {};
  if (name === "wasm") return startEngine(settings.threads);
  return await startGpuEngine(gpuDevice(), settings.tiles);
}

function never(): Promise<string> {
  return new Promise(() => {});
}

/** The device of TensorFlow.js's WebGPU backend, which is in use. */
function gpuDevice(): GPUDevice {
  return (tf.backend() as unknown as { device: GPUDevice }).device;
}

function deviceLost(): Promise<string> {
  return gpuDevice().lost.then(({ message, reason }) => message || reason);
}
