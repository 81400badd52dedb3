/** How the engine starts where something is missing: it says so, and never stops anybody. */
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { BlendWord, Code, OP_BYTES, Word } from "@/engine/operation_protocol.ts";
import { startEngine } from "@/engine/engine.ts";
import { findPreset } from "@/gan/presets.ts";
import { host } from "@/host/host.ts";

/** Runs a test while a global, or a property of one, is something else. */
function having<T>(owner: object, name: string, value: T, test: () => void): void {
  const before = Object.getOwnPropertyDescriptor(owner, name)!;
  Object.defineProperty(owner, name, { ...before, value });
  try {
    test();
  } finally {
    Object.defineProperty(owner, name, before);
  }
}

/** Memories that may grow to so many pages; a larger one is refused, as a phone does. */
function memoriesUpTo(pages: number): typeof WebAssembly.Memory {
  return class extends WebAssembly.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (descriptor.maximum! > pages) throw new RangeError("could not allocate memory");
      super(descriptor);
    }
  };
}

Deno.test("where the name of shared memory is hidden the engine runs all the same", () => {
  having(globalThis, "SharedArrayBuffer", undefined, () => {
    assert(startEngine(11).engine !== undefined);
  });
});

Deno.test("where no thread may be started the engine has one, and says why", () => {
  having(host, "threads", false, () => {
    for (const asked of [undefined, 5]) {
      const { engine, warning } = startEngine(asked);
      assertEquals(engine?.description, "planned, 1 thread");
      assertStringIncludes(warning!, "not cross-origin isolated, so there is one thread");
    }
    assertThrows(() => startEngine(0), RangeError, "got 0");
  });
});

Deno.test("where 2 GiB are refused the engine has less memory, and counts with it", () => {
  having(WebAssembly, "Memory", memoriesUpTo(9000), () => {
    const { engine } = startEngine(16);
    assertEquals(engine!.machine.available, 2 ** 29 - 2 ** 16 - engine!.machine.allocated);
    const { latent, options } = {
      latent: 2 ** 13,
      options: { ...findPreset("mlp").options, seed: 1 },
    };
    const [first, ...others] = options.generator.layers;
    const layers = [{ ...first, width: 2 ** 13 }, ...others];
    const wide = { ...options, generator: { ...options.generator, inputs: latent, layers } };
    assertMatch(engine!.whyNot(wide)!, /^it needs \d+ MiB of memory, and the engine has 512$/);
    assertEquals(engine!.whyNot(options), undefined);
  });
});

Deno.test("where hardly any memory can be shared there is no engine, and the reason is given", () => {
  having(WebAssembly, "Memory", memoriesUpTo(100), () => {
    assertEquals(startEngine(17), {
      failure: "the engine did not start (there is no shared memory: could not allocate memory)",
      warning: "the engine did not start (there is no shared memory: could not allocate memory): " +
        "training steps are taken by autodiff, several times slower",
    });
  });
});

Deno.test("without relaxed SIMD the engine runs all the same, and says that it is slower", () => {
  having(WebAssembly, "validate", () => false, () => {
    const { engine, warning } = startEngine(12);
    assertEquals(engine?.machine.build, { relaxed: false });
    assertEquals(engine?.description, "planned, 12 threads, without relaxed SIMD");
    assertStringIncludes(warning!, "no relaxed SIMD: training steps are slower than they could be");
  });
});

Deno.test("without V8's flags an x86-64 is told what it misses", () => {
  const get = (name: string) => name === "DENO_V8_FLAGS" ? undefined : "";
  having(Deno.env, "get", get, () => {
    const { engine, warning } = startEngine(13);
    assert(engine !== undefined);
    assertEquals(
      warning?.startsWith("V8 was started without the flags for wide registers"),
      Deno.build.arch === "x86_64" || undefined,
    );
  });
});

Deno.test("an engine that computes wrong numbers is not used", () => {
  const right = WebAssembly.Instance;
  // A module whose inner loops do nothing.
  const idle = class {
    exports: object;
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      const { exports } = new right(module, imports);
      this.exports = "forward" in exports ? { ...exports, backward: () => {} } : exports;
    }
  };
  having(WebAssembly, "Instance", idle, () => {
    assertEquals(startEngine(14), {
      failure: "the engine failed its self-check (a product backwards is wrong)",
      warning: "the engine failed its self-check (a product backwards is wrong): " +
        "training steps are taken by autodiff, several times slower",
    });
  });
});

Deno.test("the threads of an engine end when one with another number of threads takes its place", async () => {
  const own = startEngine(3).engine!.machine;
  // A list that is worth it starts the threads.
  const blend = new Int32Array(OP_BYTES / 4);
  blend.set([Code.Blend, 1, 16], Word.Code);
  blend[BlendWord.Source] = own.allocate(16);
  blend[BlendWord.Average] = own.allocate(16);
  const program = own.program([blend], true);
  own.run(program);
  const deadline = performance.now() + 60_000;
  while (own.threads < 3 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertEquals(own.threads, 3);
  startEngine(2);
  assertEquals(own.threads, 1);
  own.run(program);
});

Deno.test("the engine is started once for a number of threads, and kept while another backend is in use", () => {
  const { engine } = startEngine(2);
  assert(engine !== undefined);
  assertEquals(startEngine(2).engine, engine);
  assertThrows(
    () => startEngine(0),
    RangeError,
    "threads must be an integer from 1 to 1009, got 0",
  );
});
