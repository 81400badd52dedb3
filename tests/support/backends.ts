/**
 * The backends of this machine. A test that runs on each is written once.
 *
 * `cpu` and `wasm` are everywhere. A machine without a WebGPU adapter reports that its WebGPU tests
 * were not run; where `REQUIRE_WEBGPU` is set, as in the full gate, that is a failure.
 */
import { assert } from "@std/assert";
import { type Backend, useBackend } from "@/backend.ts";
import { type Engine } from "@/gan/custody.ts";

const NAMES: Backend["name"][] = ["cpu", "wasm", "webgpu"];

async function hasAdapter(): Promise<boolean> {
  try {
    await useBackend("webgpu");
    return true;
  } catch {
    return false;
  }
}

const webgpu = await hasAdapter();

/** Registers a test for each backend, named `<name> [<backend>]`. */
export function testOnBackends(
  name: string,
  test: (backend: Backend["name"], engine?: Engine) => Promise<void>,
  names: Backend["name"][] = NAMES,
): void {
  for (const backend of names) {
    const missing = backend === "webgpu" && !webgpu;
    const required = Deno.env.has("REQUIRE_WEBGPU");
    Deno.test({
      name: `${name} [${backend}]${missing ? " - NOT RUN: no WebGPU adapter" : ""}`,
      ignore: missing && !required,
      // The GPU device outlives the test.
      sanitizeResources: false,
      sanitizeOps: false,
      fn: async () => {
        assert(!missing, "REQUIRE_WEBGPU is set and this machine has no WebGPU adapter");
        const { engine } = await useBackend(backend);
        try {
          await test(backend, engine);
        } finally {
          await useBackend("cpu");
        }
      },
    });
  }
}
