/**
 * Takes from a worker what another browser lacks, before the library is loaded there. What Chromium
 * can be started without is not among it: that is taken by a flag.
 */

/** What can be taken away. */
export type Lack = "relaxed SIMD" | "2 GiB" | "new JavaScript";

/** Members that a browser of the last two years may lack, by what owns them. */
export const NEW_MEMBERS: Record<string, string[]> = {
  "Uint8Array.prototype": ["toBase64", "toHex", "setFromBase64", "setFromHex"],
  "Uint8Array": ["fromBase64", "fromHex"],
  "DataView.prototype": ["getFloat16", "setFloat16"],
  "Math": ["f16round", "sumPrecise"],
  "RegExp": ["escape"],
  "Promise": ["try"],
  "Map.prototype": ["getOrInsert", "getOrInsertComputed"],
  "Error": ["isError"],
  "Iterator.prototype": [
    ...["map", "filter", "take", "drop", "flatMap", "toArray"],
    ...["reduce", "forEach", "some", "every", "find"],
  ],
  "Iterator": ["from", "concat", "zip", "zipKeyed"],
  "Response.prototype": ["bytes"],
  "Blob.prototype": ["bytes"],
  "ReadableStream.prototype": ["values"],
  "ReadableStream": ["from"],
};
/** Globals that it may lack. */
export const NEW_GLOBALS = [
  ...["Float16Array", "Iterator", "DisposableStack", "AsyncDisposableStack", "scheduler"],
  ...["requestIdleCallback", "Temporal", "SuppressedError"],
];

/** The bytes of `f32x4.relaxed_madd`. */
const RELAXED = [0xfd, 0x85, 0x02];

/** Takes one thing away; what is returned puts it back, where that can be. */
export function takeAway(lack: Lack): () => void {
  if (lack === "relaxed SIMD") return withoutRelaxedSimd();
  return lack === "2 GiB" ? withLittleMemory() : withoutNewJavaScript();
}

function replaced<K extends keyof typeof WebAssembly>(
  name: K,
  value: (typeof WebAssembly)[K],
): () => void {
  const before = WebAssembly[name];
  Object.defineProperty(WebAssembly, name, { value, configurable: true, writable: true });
  return () =>
    Object.defineProperty(WebAssembly, name, { value: before, configurable: true, writable: true });
}

/** As Safari: a module that has the instruction is not valid, and cannot be compiled. */
function withoutRelaxedSimd(): () => void {
  const isRelaxed = (source: BufferSource) => {
    const bytes = new Uint8Array(ArrayBuffer.isView(source) ? source.buffer : source);
    return bytes.some((_, at) => RELAXED.every((byte, i) => bytes[at + i] === byte));
  };
  const { validate, Module } = WebAssembly;
  const back = [
    replaced("validate", (bytes) => !isRelaxed(bytes) && validate(bytes)),
    replaced(
      "Module",
      class extends Module {
        constructor(bytes: BufferSource) {
          if (isRelaxed(bytes)) throw new WebAssembly.CompileError("no relaxed SIMD");
          super(bytes);
        }
      },
    ),
  ];
  return () => back.forEach((each) => each());
}

/** As a phone: no memory may grow to more than half of what the engine would like. */
function withLittleMemory(): () => void {
  return replaced(
    "Memory",
    class extends WebAssembly.Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        if (descriptor.shared && descriptor.maximum! > 16384) {
          throw new RangeError("could not allocate memory");
        }
        super(descriptor);
      }
    },
  );
}

function withoutNewJavaScript(): () => void {
  const globals = globalThis as unknown as Record<string, Record<string, object>>;
  for (const [owner, names] of Object.entries(NEW_MEMBERS)) {
    const [name, prototype] = owner.split(".");
    const object = prototype ? globals[name]?.[prototype] : globals[name];
    for (const member of object ? names : []) Reflect.deleteProperty(object, member);
  }
  Reflect.deleteProperty(ReadableStream.prototype, Symbol.asyncIterator);
  for (const name of NEW_GLOBALS) Reflect.deleteProperty(globalThis, name);
  return () => {};
}
