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

interface Adapter {
  name: string;
  software: boolean;
}

/** The WebGPU adapter of this machine, if it has one. */
async function findAdapter(): Promise<Adapter | undefined> {
  if (!("gpu" in navigator)) return undefined;
  host.prepareGraphics();
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return undefined;
  const info = adapter.info as GPUAdapterInfo & { isFallbackAdapter?: boolean };
  const name = info.description || info.device || info.vendor || "unnamed adapter";
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
  const asked = choice === "auto" ? undefined : "asked for by name";
  if (choice === "auto" || choice === "webgpu") {
    const adapter = await findAdapter();
    if (adapter && (!adapter.software || asked)) {
      const started = await start("webgpu", settings);
      const warnings = started.warning ? [started.warning] : [];
      if (adapter.software) {
        warnings.push(
          "this WebGPU adapter is software and slow; --backend wasm is several times faster",
        );
      }
      return {
        name: "webgpu",
        adapter: adapter.name,
        reason: asked ?? "the adapter is a real GPU",
        ...started,
        warning: warnings.join("; ") || undefined,
        lost: deviceLost(),
      };
    }
    if (asked) {
      throw new Error(
        "Cannot use WebGPU: this machine has no adapter. Use --backend wasm, or install a driver " +
          "(on Linux one for Vulkan: Debian's package mesa-vulkan-drivers has a software one)",
      );
    }
    return {
      name: "wasm",
      reason: adapter
        ? `the only WebGPU adapter is software (${adapter.name})`
        : "no WebGPU adapter",
      ...await start("wasm", settings),
      lost: never(),
    };
  }
  return { name: choice, reason: asked!, ...await start(choice, settings), lost: never() };
}

/** Starts a backend, and the engine that goes with it. */
async function start(
  name: Backend["name"],
  settings: BackendSettings,
): Promise<Pick<Backend, "engine" | "warning">> {
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
  return name === "wasm" ? startEngine(settings.threads) : await startGpuEngine(gpuDevice());
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
