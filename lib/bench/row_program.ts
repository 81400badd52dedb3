/**
 * One row of `deno task bench` in a process of its own: ours, the autodiff reference, or stock
 * TensorFlow.js. Arguments: variant, backend, task file (`RowTask` of row.ts).
 *
 * It prints a line of JSON when it can take steps, then answers each line of JSON on stdin with
 * one.
 *
 * @module
 */
import { createInterface } from "node:readline";
import process from "node:process";
import { type Adapter, findAdapter, useBackend } from "@/backend.ts";
import {
  type AdapterReport,
  type BenchBackend,
  type Ready,
  type RowTask,
  type StepLosses,
} from "./row.ts";
import { onlySoftware } from "./software.ts";
import { readTaskData } from "./task_files.ts";
import { PlannedEngine } from "@/engine/engine.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { tilesNamed } from "@/engine/gpu/tile_names.ts";
import { type Engine } from "@/gan/custody.ts";
import { createGan, type Gan } from "@/gan/gan.ts";
import { describeSteps, trainAhead } from "@/gan/train.ts";
import { tf } from "@/tf.ts";
import { countCalls } from "./calls.ts";
import { profileOnGpu } from "./gpu_profile.ts";
import { type Profile } from "./profile.ts";
import { createStock } from "./stock.ts";
import { profileOnWasm } from "./wasm_profile.ts";

/** Who takes the steps. */
interface Stepper {
  /** Takes this many steps and waits for the last. */
  take(steps: number): Promise<void>;
  losses(steps: number): Promise<StepLosses[]>;
}

/**
 * The way of `deno task train`: what is timed is whatever it computes with. It does not wait for the
 * numbers of a step, be it the last of an epoch, before it asks for the next one.
 */
function trainer(gan: Gan, engine?: Engine): Stepper {
  const run = async (steps: number, logEvery: number) => {
    const losses: StepLosses[] = [];
    const control = { steps: gan.step + steps, logEvery };
    for await (const [event] of trainAhead(gan, control, engine, () => {})) {
      const { dLoss, gLoss, penalty } = event;
      losses.push({ dLoss, gLoss, penalty });
    }
    return losses;
  };
  return {
    take: async (steps) => void await run(steps, steps),
    losses: (steps) => run(steps, 1),
  };
}

function stockStepper(gan: Gan): Stepper {
  const stock = createStock(gan);
  const read = async (scalar: tf.Scalar) => (await scalar.data())[0];
  return {
    async take(steps) {
      for (let i = 0; i < steps; i++) {
        const losses = stock.step();
        // Only here does the processor wait for the GPU.
        if (i === steps - 1) await read(losses.gLoss);
        tf.dispose(losses);
      }
    },
    async losses(steps) {
      const all: StepLosses[] = [];
      for (let i = 0; i < steps; i++) {
        const losses = stock.step();
        all.push({ dLoss: await read(losses.dLoss), gLoss: await read(losses.gLoss) });
        tf.dispose(losses);
      }
      return all;
    },
  };
}

/** Nanoseconds for which the main thread was at work; NaN if the system does not tell. */
function hostNanoseconds(): number {
  try {
    const line = Deno.readTextFileSync(`/proc/self/task/${Deno.pid}/schedstat`);
    return Number(line.split(" ")[0]);
  } catch {
    return NaN;
  }
}

function peakBytes(): number | null {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
  } catch {
    return null;
  }
}

/** The device of TensorFlow.js's WebGPU backend, which is in use. */
function gpuDevice(): GPUDevice {
  return (tf.backend() as unknown as { device: GPUDevice }).device;
}

/** @throws {RangeError} If the device has no room for such tiles. */
function engineWithTiles(tiles: string): PlannedEngine {
  const device = gpuDevice();
  return new PlannedEngine(new GpuMachine(device, tilesNamed(tiles, device.limits)));
}

function describeAdapter({ name, software }: Adapter): AdapterReport {
  const { limits, features } = gpuDevice();
  const numbers: Record<string, number> = {};
  // The limits are getters of the prototype.
  for (const limit in limits) {
    const value = limits[limit as keyof GPUSupportedLimits];
    if (typeof value === "number") numbers[limit] = value;
  }
  return { name, software, limits: numbers, features: [...features].sort() };
}

/** Our step operation by operation, where the engine has a machine for it. */
async function profile(steps: number): Promise<Profile | { failure: string }> {
  if (backend === "webgpu") return await profileOnGpu(task, gpuDevice(), steps);
  if (backend === "wasm") return await profileOnWasm(task, steps);
  return { failure: `${backend} has no planned step` };
}

/** Chooses the backend; returns what it says about itself, or why it is not available. */
async function start(
  variant: string,
  backend: BenchBackend,
  { options, threads, tiles, software }: RowTask,
): Promise<{ ready: Ready; engine?: Engine } | { unavailable: string }> {
  if (backend === "webgpu") {
    adapter = await findAdapter();
    if (adapter?.software && !software) return { unavailable: onlySoftware(adapter) };
  }
  const versions = { v8: Deno.version.v8, "@tensorflow/tfjs": tf.version.tfjs };
  if (variant === "stock") {
    // Not useBackend, which would install this project's kernels.
    if (await tf.setBackend(backend)) return { ready: versions };
    return { unavailable: `TensorFlow.js cannot start its backend ${backend} here` };
  }
  try {
    const chosen = variant === "autodiff" || tiles !== undefined ? "autodiff" : "auto";
    const used = await useBackend(backend, { threads, engine: chosen });
    const { adapter, warning } = used;
    const engine = tiles === undefined ? used.engine : engineWithTiles(tiles);
    const steps = describeSteps(options, engine);
    return { ready: { ...versions, adapter, warning, steps }, engine };
  } catch (error) {
    if (backend !== "webgpu") throw error;
    return { unavailable: (error as Error).message };
  }
}

async function answer(stepper: Stepper, line: string): Promise<unknown> {
  const request = JSON.parse(line) as { do: string; steps: number };
  switch (request.do) {
    case "time": {
      const [wall, host] = [performance.now(), hostNanoseconds()];
      await stepper.take(request.steps);
      const hostMs = (hostNanoseconds() - host) / 1e6;
      return {
        msPerStep: (performance.now() - wall) / request.steps,
        hostMsPerStep: Number.isNaN(hostMs) ? undefined : hostMs / request.steps,
      };
    }
    case "losses":
      return { losses: await stepper.losses(request.steps) };
    case "count":
      return await countCalls((steps) => stepper.take(steps));
    case "memory":
      return { peakBytes: peakBytes() };
    case "adapter":
      return { adapter: adapter && describeAdapter(adapter) };
    case "profile":
      return await profile(request.steps);
    default:
      throw new RangeError(`Cannot answer: no such request, got ${line}`);
  }
}

const [variant, backendName, taskFile] = Deno.args;
const backend = backendName as BenchBackend;
let adapter: Adapter | undefined;
const task = JSON.parse(await Deno.readTextFile(taskFile)) as RowTask;
const said = await start(variant, backend, task);
if ("ready" in said) {
  const gan = createGan(task.options, await readTaskData(task));
  const stepper = variant === "stock" ? stockStepper(gan) : trainer(gan, said.engine);
  console.log(JSON.stringify({ ready: said.ready }));
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(stepper, line)));
  }
} else {
  console.log(JSON.stringify(said));
}
Deno.exit(0);
