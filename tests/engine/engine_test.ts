/** How the engine starts where something is missing: it says so, and never stops anybody. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { BlendWord, Code, OP_BYTES, Word } from "@/engine/operation_protocol.ts";
import { startEngine } from "@/engine/engine.ts";

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

Deno.test("without shared memory there is no engine, and the reason is given", () => {
  having(globalThis, "SharedArrayBuffer", undefined, () => {
    assertEquals(startEngine(11), {
      warning:
        "there is no shared memory: training steps are taken by autodiff, several times slower",
    });
  });
});

Deno.test("without relaxed SIMD the engine runs all the same, and says that it is slower", () => {
  having(WebAssembly, "validate", () => false, () => {
    const { engine, warning } = startEngine(12);
    assertEquals(engine?.machine.build, { relaxed: false });
    assertEquals(
      warning,
      "this WebAssembly has no relaxed SIMD: training steps are slower than they could be",
    );
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
