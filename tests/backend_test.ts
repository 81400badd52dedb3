import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { type BackendChoice } from "@/backend_choice.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "./support/backends.ts";

type Request = GPU["requestAdapter"];

/** Runs a test on a machine whose adapter is what `request` gives. */
async function withAdapter(request: Request, test: () => Promise<void>): Promise<void> {
  const own = navigator.gpu.requestAdapter;
  navigator.gpu.requestAdapter = request;
  try {
    await test();
  } finally {
    navigator.gpu.requestAdapter = own;
    await useBackend("cpu");
  }
}

/** Lets TensorFlow.js make its WebGPU backend anew, with a device of its own. */
function forgetDevice(): void {
  const factory = tf.findBackendFactory("webgpu");
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", factory, 3);
}

const adapter = (info: Record<string, unknown>) => () =>
  Promise.resolve({ info } as unknown as GPUAdapter);

Deno.test("auto without an adapter is WASM, and says why", () =>
  withAdapter(() => Promise.resolve(null), async () => {
    const { name, reason, warning } = await useBackend("auto");
    assertEquals([name, reason], ["wasm", "no WebGPU adapter"]);
    // Of a process that was started without V8's flags.
    assertEquals(warning?.startsWith("V8 was started without the flags") ?? true, true);
    assertEquals(tf.getBackend(), "wasm");
  }));

for (
  const info of [
    { description: "Some adapter", isFallbackAdapter: true },
    { description: "llvmpipe (LLVM 15)", isFallbackAdapter: false },
    { description: "SwiftShader Device", isFallbackAdapter: false },
  ]
) {
  Deno.test(`auto does not take the software adapter ${info.description}`, () =>
    withAdapter(adapter(info), async () => {
      const { name, reason } = await useBackend("auto");
      assertEquals(name, "wasm");
      assertStringIncludes(reason, info.description);
    }));
}

Deno.test("auto where the browser refuses WebGPU is WASM, and where it does not start it says why", async () => {
  const refused = () => Promise.reject(new Error("WebGPU is not enabled!"));
  await withAdapter(refused, async () => {
    const { name, reason } = await useBackend("auto");
    assertEquals([name, reason], ["wasm", "no WebGPU adapter"]);
  });
  // It has neither features nor a device.
  forgetDevice();
  await withAdapter(adapter({ vendor: "apple", architecture: "metal-3" }), async () => {
    const { name, reason } = await useBackend("auto");
    assertEquals(name, "wasm");
    assertStringIncludes(reason, "WebGPU did not start on apple metal-3 (");
  });
});

testOnBackends("auto takes WASM where the engine fails on the GPU", async () => {
  const own = navigator.gpu.requestAdapter.bind(navigator.gpu);
  const real: Request = async (options) => {
    const found = (await own(options))!;
    const device = found.requestDevice.bind(found);
    found.requestDevice = async (descriptor) => {
      const made = await device(descriptor);
      made.createShaderModule = () => {
        throw new Error("no shader compiles");
      };
      return made;
    };
    const info = { description: "A real GPU", isFallbackAdapter: false };
    Object.defineProperty(found, "info", { value: info });
    return found;
  };
  forgetDevice();
  await withAdapter(real, async () => {
    const { name, reason, engine } = await useBackend("auto");
    assertEquals([name, engine !== undefined], ["wasm", true]);
    assertEquals(
      reason,
      "on A real GPU the engine failed its self-check on the GPU (no shader compiles)",
    );
  });
  forgetDevice();
}, ["webgpu"]);

Deno.test("webgpu by name without an adapter is an error that says what to do", () =>
  withAdapter(() => Promise.resolve(null), async () => {
    await assertRejects(() => useBackend("webgpu"), Error, "Use --backend wasm");
  }));

Deno.test("a backend that does not exist is refused", async () => {
  await assertRejects(() => useBackend("cuda" as BackendChoice), RangeError, "got cuda");
});

const linux = Deno.build.os === "linux";

Deno.test({
  name: "on Linux WebGPU is asked of Vulkan, unless the user names another driver",
  ignore: !linux,
  fn: async () => {
    const name = "DENO_WEBGPU_BACKEND";
    const before = Deno.env.get(name);
    const after = (given?: string) =>
      withAdapter(() => Promise.resolve(null), async () => {
        if (given === undefined) Deno.env.delete(name);
        else Deno.env.set(name, given);
        await useBackend("auto");
        assertEquals(Deno.env.get(name), given ?? "vulkan");
      });
    try {
      for (const given of [undefined, "gl", ""]) await after(given);
    } finally {
      if (before === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before);
    }
  },
});

testOnBackends(
  "a process that has a WebGPU device has not loaded libEGL, of which it could die",
  async () => {
    if (!linux) return;
    const { stdout } = await new Deno.Command("cat", { args: [`/proc/${Deno.pid}/maps`] }).output();
    const libraries = new TextDecoder().decode(stdout);
    assert(libraries.includes("vulkan"));
    assert(!/libEGL|libGLdispatch/.test(libraries));
  },
  ["webgpu"],
);

testOnBackends("by name, a software adapter is used with a warning", async () => {
  const { name, adapter, reason, warning } = await useBackend("webgpu");
  assertEquals([name, reason, tf.getBackend()], ["webgpu", "asked for by name", "webgpu"]);
  // On real hardware there is nothing to warn of.
  const software = /llvmpipe|swiftshader/i.test(adapter!);
  assertEquals(warning !== undefined, software);
}, ["webgpu"]);

testOnBackends("auto takes WebGPU where the adapter is real", async () => {
  const own = navigator.gpu.requestAdapter.bind(navigator.gpu);
  const real: Request = async (options) => {
    const found = (await own(options))!;
    const info = { description: "A real GPU", isFallbackAdapter: false };
    Object.defineProperty(found, "info", { value: info });
    return found;
  };
  await withAdapter(real, async () => {
    const { name, adapter, reason, warning } = await useBackend("auto");
    assertEquals([name, adapter, warning], ["webgpu", "A real GPU", undefined]);
    assertStringIncludes(reason, "real GPU");
  });
}, ["webgpu"]);
