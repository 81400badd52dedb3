/**
 * The backends of this machine. A test that runs on each is written once.
 *
 * `cpu` and `wasm` are everywhere. A machine without a WebGPU adapter reports that its WebGPU tests
 * were not run; where `REQUIRE_WEBGPU` is set, as in the full gate, that is a failure.
 */
import { assert } from "@std/assert";
import { type Backend, useBackend } from "@/backend.ts";
import { type Engine } from "@/gan/custody.ts";
import { gateTest } from "./gate.ts";

const NAMES: Backend["name"][] = ["cpu", "wasm", "webgpu"];

async function hasAdapter(): Promise<boolean> {
  try {
    // Without the engine, whose shaders take a second to compile.
    await useBackend("webgpu", { engine: "autodiff" });
    return true;
  } catch {
    return false;
  }
}

const webgpu = await hasAdapter();

/** Registers a test for each backend, named `<name> [<backend>]`; with `gateTest`, one that the gate runs. */
export function testOnBackends(
  name: string,
  test: (backend: Backend["name"], engine?: Engine) => Promise<void>,
  names: Backend["name"][] = NAMES,
  register: typeof gateTest = (name, fn, options) => Deno.test({ ...options, name, fn }),
): void {
  for (const backend of names) {
    const missing = backend === "webgpu" && !webgpu;
    const required = Deno.env.has("REQUIRE_WEBGPU");
    register(`${name} [${backend}]${missing ? " - NOT RUN: no WebGPU adapter" : ""}`, async () => {
      assert(!missing, "REQUIRE_WEBGPU is set and this machine has no WebGPU adapter");
      const { engine } = await useBackend(backend);
      try {
        await test(backend, engine);
      } finally {
        await useBackend("cpu");
      }
    }, {
      ignore: missing && !required,
      // The GPU device outlives the test.
      sanitizeResources: false,
      sanitizeOps: false,
    });
  }
}
