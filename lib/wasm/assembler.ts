/**
 * An assembler of WebAssembly modules: instructions are lists of bytes, and a program in TypeScript
 * puts them together. It has what the inner loops of our matrix products need, and no more.
 *
 * A module imports one memory, `env.memory`, that threads share, and exports functions of integers.
 * Source of the opcodes and of the binary format: the WebAssembly specification, 3.0.
 *
 * @module
 */

/** An instruction, or several one after another, as bytes. */
export type Instructions = readonly number[];

/** What memory a module imports, in pages of 64 KiB. */
export interface MemoryLimits {
  pages: number;
  maximumPages: number;
}

/** A function without a result. Its parameters are integers; its other locals follow them. */
export interface WasmFunction {
  /** The name under which it is exported. */
  name: string;
  parameters: number;
  /** Local integers come first, then local vectors. */
  locals: { integers: number; vectors: number };
  body: Instructions;
}

const I32 = 0x7f, V128 = 0x7b, VOID = 0x40;
const END = 0x0b;
/** Numbers of four bytes lie at multiples of four: the exponent of that alignment. */
const ALIGNED = 2;

/** An integer of at least 0 in LEB128. */
export function unsigned(n: number): number[] {
  const bytes: number[] = [];
  do {
    bytes.push((n & 127) | (n > 127 ? 128 : 0));
    n >>>= 7;
  } while (n > 0);
  return bytes;
}

/** An integer of 32 bits in signed LEB128: bit 6 of the last byte is its sign. */
export function signed(n: number): number[] {
  const bytes: number[] = [];
  while (true) {
    const byte = n & 127;
    n >>= 7;
    if (n === (byte < 64 ? 0 : -1)) return [...bytes, byte];
    bytes.push(byte | 128);
  }
}

/** Instructions one after another. */
export function sequence(...parts: Instructions[]): Instructions {
  return parts.flat();
}

/** `count` pieces of code, one after another. */
export function unrolled(count: number, part: (index: number) => Instructions): Instructions {
  return Array.from({ length: count }, (_, index) => part(index)).flat();
}

export const local = {
  get: (index: number): Instructions => [0x20, ...unsigned(index)],
  set: (index: number): Instructions => [0x21, ...unsigned(index)],
  /** Sets it, and leaves the value where it was. */
  tee: (index: number): Instructions => [0x22, ...unsigned(index)],
  /** Adds what `by` computes. */
  advance: (index: number, ...by: Instructions[]): Instructions =>
    sequence(local.get(index), ...by, i32.add, local.set(index)),
};

export const i32 = {
  constant: (n: number): Instructions => [0x41, ...signed(n)],
  lessThan: [0x48],
  atLeast: [0x4e],
  add: [0x6a],
  subtract: [0x6b],
  multiply: [0x6c],
  /**
   * Adds to the integer at an address that other threads add to as well; gives what it was before.
   */
  atomicAdd: [0xfe, 0x1e, ALIGNED, 0],
} satisfies Record<string, Instructions | ((n: number) => Instructions)>;

const simd = (opcode: number, ...rest: number[]): Instructions => [
  0xfd,
  ...unsigned(opcode),
  ...rest,
];

/** Vectors of four float32. Offsets are in bytes, from the address on the stack. */
export const f32x4 = {
  zero: simd(0x0c, ...Array(16).fill(0)),
  load: (offset: number): Instructions => simd(0x00, ALIGNED, ...unsigned(offset)),
  /** One number, four times. */
  loadSplat: (offset: number): Instructions => simd(0x09, ALIGNED, ...unsigned(offset)),
  store: (offset: number): Instructions => simd(0x0b, ALIGNED, ...unsigned(offset)),
  /**
   * The product of two locals, added to a third.
   *
   * @param relaxed One instruction, fused or not as the processor has it: the result is the same on
   * one machine, and may differ in the last bit on another. Not every engine has it.
   */
  multiplyAdd: (x: number, y: number, sum: number, relaxed: boolean): Instructions =>
    relaxed
      ? sequence(local.get(x), local.get(y), local.get(sum), simd(0x105), local.set(sum))
      : sequence(
        local.get(x),
        local.get(y),
        simd(0xe6),
        local.get(sum),
        simd(0xe4),
        local.set(sum),
      ),
};

/** Takes the second value from the stack if the condition on top is 0, otherwise the first. */
export const select: Instructions = [0x1b];

/** Calls the function with this index in the module. */
export function call(index: number): Instructions {
  return [0x10, ...unsigned(index)];
}

/** Ends the function if the condition on the stack is not 0. */
export const returnIf: Instructions = [0x04, VOID, 0x0f, END];

/** Repeats `body` for ever: only `returnIf` leaves it. */
export function forever(...body: Instructions[]): Instructions {
  return [0x03, VOID, ...sequence(...body), 0x0c, 0, END];
}

/** Repeats `body`, at least once, until a local is 0 behind it. */
export function untilZero(index: number, ...body: Instructions[]): Instructions {
  return untilZeroOnStack(...body, local.get(index));
}

/** Repeats `body` as often as a local says, at least once, and counts it down. */
export function countDown(index: number, ...body: Instructions[]): Instructions {
  const next = [local.get(index), i32.constant(1), i32.subtract, local.tee(index)];
  return untilZeroOnStack(...body, ...next);
}

function untilZeroOnStack(...body: Instructions[]): Instructions {
  return [0x03, VOID, ...sequence(...body), 0x0d, 0, END];
}

/** The bytes of a module with these functions. */
export function assemble(
  memory: MemoryLimits,
  functions: WasmFunction[],
): Uint8Array<ArrayBuffer> {
  const types = [...new Set(functions.map(({ parameters }) => parameters))];
  return Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types.map((parameters) => functionType(parameters))),
    ...section(2, [importedMemory(memory)]),
    ...section(3, functions.map(({ parameters }) => unsigned(types.indexOf(parameters)))),
    ...section(7, functions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)])),
    ...section(10, functions.map((source) => withLength(functionBody(source)))),
  );
}

/** A section: how many entries it has, and the entries. */
function section(id: number, entries: number[][]): number[] {
  return [id, ...withLength([...unsigned(entries.length), ...entries.flat()])];
}

function withLength(bytes: number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function text(name: string): number[] {
  return withLength([...new TextEncoder().encode(name)]);
}

function functionType(parameters: number): number[] {
  return [0x60, ...withLength(Array(parameters).fill(I32)), 0];
}

function importedMemory({ pages, maximumPages }: MemoryLimits): number[] {
  const shared = 3;
  return [
    ...text("env"),
    ...text("memory"),
    2,
    shared,
    ...unsigned(pages),
    ...unsigned(maximumPages),
  ];
}

function functionBody({ locals: { integers, vectors }, body }: WasmFunction): number[] {
  const groups = [[integers, I32], [vectors, V128]].filter(([count]) => count > 0);
  const locals = groups.flatMap(([count, type]) => [...unsigned(count), type]);
  return [groups.length, ...locals, ...body, END];
}
