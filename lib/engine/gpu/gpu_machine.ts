/**
 * The machine that runs plans on a GPU: one buffer is the memory, an operation is a dispatch or
 * two.
 *
 * What is asked of it is recorded in one command encoder, in the order in which it was asked.
 * Several steps are sent off together, as soon as there are enough of them or somebody wants to
 * read: one write for all numbers that came from the processor, one submit. What a step reports is
 * copied in its course, and read back while later steps are under way (`flights.ts`).
 *
 * The device is that of TensorFlow.js's WebGPU backend, so that numbers become tensors without
 * leaving it.
 *
 * @module
 */
import { type tf } from "@/tf.ts";
import { Allocator } from "../allocator.ts";
import { Code, OP_BYTES, TileWord, Word } from "../operation_protocol.ts";
import { padded } from "../layout.ts";
import { type Later, type Place, type Program, type StepMachine } from "../step_machine.ts";
import { CopiesOut } from "./copies_out.ts";
import { type Dispatch, dispatchesOf } from "./dispatches.ts";
import { Flights } from "./flights.ts";
import { Pace } from "./pace.ts";
import { Pipelines } from "./pipelines.ts";
import { productsOf } from "./layer_dispatches.ts";
import { type TileChoice, tileOf } from "./tiles.ts";
import { Uploads } from "./uploads.ts";

/** Where the words of a dispatch begin is a multiple of this: every device allows it. */
const WORDS_UNIT = 256;
/** Bytes that a shader may read from there on. */
const WORDS_BYTES = 2048;
/** Address 0 means "none". */
const FIRST = 256;
/** The memory grows by this much at least. */
const GROWTH = 2 ** 18;

/** A list of operations on the GPU. */
export interface GpuProgram extends Program {
  readonly dispatches: {
    pipeline: GPUComputePipeline;
    /** Which operation it does, or the first of them; where its words begin. */
    operation: number;
    offset: number;
    groups: [x: number, y: number, z: number];
  }[];
  /** Where the parts of its products lie, one product's after another's. */
  readonly parts: { address: number; count: number };
  /** The words of all dispatches, here and on the GPU. */
  readonly words: ArrayBuffer;
  readonly buffer: GPUBuffer;
  /** Bytes that were changed since the last run. */
  changed?: { from: number; to: number };
  /** Valid for one memory only. */
  group?: { memory: GPUBuffer; group: GPUBindGroup };
}

export class GpuMachine implements StepMachine {
  readonly description = "planned, whole steps sent to the GPU";
  readonly #pipelines: Pipelines;
  readonly #allocator = new Allocator(FIRST);
  readonly #limit: number;
  readonly #tiles: TileChoice;
  #memory: GPUBuffer;
  /**
   * How far the memory must reach: what was sent to a place is copied there even if that has been
   * given back.
   */
  #needed = 0;
  #encoder?: GPUCommandEncoder;
  #pass?: GPUComputePassEncoder;
  readonly #uploads: Uploads<GPUBuffer | "memory">;
  readonly #flights: Flights;
  readonly #copiesOut: CopiesOut;
  /** Buffers that are in use until everything is under way. */
  #leaving: { destroy(): void }[] = [];

  /**
   * @param tiles Of the layers; by their shape where it is left out.
   * @param pace How many steps are sent together, and how many are under way.
   */
  constructor(readonly device: GPUDevice, tiles?: TileChoice, pace = new Pace()) {
    this.#tiles = tiles ?? ((shape) => tileOf(shape, device.limits));
    const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
    this.#limit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    this.#pipelines = new Pipelines(device);
    this.#memory = this.#createMemory(FIRST + GROWTH);
    this.#uploads = new Uploads(device);
    this.#copiesOut = new CopiesOut(device);
    this.#flights = new Flights(device, pace);
  }

  /** Bytes that are given out. */
  get allocated(): number {
    return this.#allocator.allocated;
  }

  get available(): number {
    return this.#limit - FIRST - this.allocated;
  }

  allocate(count: number): number {
    const { address, bytes } = this.#allocator.take(count);
    if (this.#allocator.end > this.#limit) {
      this.#allocator.release(address, count);
      throw new RangeError(
        `Cannot place the networks on the GPU: a buffer may have at most ${this.#limit} bytes, and they need more. Use --backend wasm`,
      );
    }
    this.#needed = Math.max(this.#needed, this.#allocator.end);
    this.#flushCopies();
    // What lies beyond the memory will be new, and zero.
    const old = Math.min(bytes, this.#memory.size - address);
    if (old > 0) this.#commands().clearBuffer(this.#memory, address, old);
    return address;
  }

  release(address: number, count: number): void {
    this.#allocator.release(address, count);
  }

  write(address: number, values: Float32Array | Uint32Array): void {
    this.#uploads.put("memory", address, values);
  }

  fill(address: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#grow();
    // What was asked for before comes before.
    this.#sendOff();
    this.device.queue.writeBuffer(this.#memory, address, bytes);
  }

  /** @param tiles Of its layers, where they are not to be those of the machine. */
  program(
    operations: Int32Array[],
    _shared = false,
    _gate?: number,
    tiles = this.#tiles,
  ): GpuProgram {
    const all = dispatchesOf(operations, tiles, this.device.limits);
    const parts = this.#allocateParts(all);
    let end = 0;
    const dispatches = all.map(({ operation, shader, words, groups }) => {
      const offset = end;
      end += padded(words.byteLength, WORDS_UNIT);
      return { pipeline: this.#pipelines.of(shader), operation, offset, groups };
    });
    const words = new ArrayBuffer(end + WORDS_BYTES);
    all.forEach((each, i) => new Int32Array(words, dispatches[i].offset).set(each.words));
    const buffer = this.device.createBuffer({
      size: words.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.device.queue.writeBuffer(buffer, 0, words);
    return { operations: operations.length, dispatches, words, buffer, parts };
  }

  choose(programs: Int32Array[][]): ReturnType<typeof productsOf> {
    return productsOf(programs, this.#tiles);
  }

  /** Room for what a dispatch leaves to the next one. */
  #allocateParts(dispatches: Dispatch[]): GpuProgram["parts"] {
    const count = Math.max(0, ...dispatches.map(({ parts }) => parts ?? 0));
    const address = count > 0 ? this.allocate(count) : 0;
    for (const { parts, words } of dispatches) if (parts) words[Word.Sums] = address;
    return { address, count };
  }

  releaseProgram({ buffer, parts: { address, count } }: GpuProgram): void {
    this.#leaving.push(buffer);
    if (count > 0) this.release(address, count);
  }

  wordsOf(program: GpuProgram, index: number): Float32Array {
    const { changed, dispatches } = program;
    const from = dispatches.find(({ operation }) => operation === index)!.offset;
    const to = from + OP_BYTES;
    program.changed = {
      from: Math.min(from, changed?.from ?? from),
      to: Math.max(to, changed?.to ?? to),
    };
    return new Float32Array(program.words, from, OP_BYTES / 4);
  }

  run(program: GpuProgram, late?: () => void): void {
    late?.();
    const { changed, words, buffer, dispatches } = program;
    if (changed) {
      const { from, to } = changed;
      this.#uploads.put(buffer, from, new Uint8Array(words, from, to - from));
      program.changed = undefined;
    }
    this.#grow();
    this.#flushCopies();
    const group = this.#groupOf(program);
    const pass = this.#pass ??= this.#commands().beginComputePass();
    let last: GPUComputePipeline | undefined;
    for (const { pipeline, offset, groups } of dispatches) {
      if (pipeline !== last) pass.setPipeline(last = pipeline);
      pass.setBindGroup(0, group, [offset]);
      pass.dispatchWorkgroups(...groups);
    }
  }

  finish(): void {
    this.#flights.boarding.steps++;
    if (this.#flights.full(this.#uploads.waiting)) this.#sendOff();
  }

  get gathering(): boolean {
    return this.#flights.begun;
  }

  async room(): Promise<void> {
    await this.#flights.room();
  }

  report(address: number, count: number): Later {
    this.#flushCopies();
    const flight = this.#flights.boarding;
    const from = flight.used;
    flight.used += 4 * count;
    this.#commands().copyBufferToBuffer(this.#memory, address, flight.buffer, from, 4 * count);
    return {
      read: async () => {
        if (this.#flights.begun && flight === this.#flights.boarding) this.#sendOff();
        return new Float32Array(await flight.arrived, from, count);
      },
    };
  }

  copyOut(ranges: { address: number; count: number }[]): Later {
    this.#grow();
    this.#flushCopies();
    return this.#copiesOut.add(this.#commands(), this.#memory, ranges, () => this.#sendOff());
  }

  /** Sends off what was asked for so far. */
  #sendOff(): void {
    this.#flushCopies();
    const flight = this.#flights.begun ? this.#flights.boarding : undefined;
    if (flight?.used === 0) {
      // Nothing is to be read, but the news that it is done.
      this.#commands().copyBufferToBuffer(this.#memory, 0, flight.buffer, 0, 4);
    }
    this.#pass?.end();
    this.#pass = undefined;
    const bytes = this.#uploads.waiting;
    this.#uploads.write();
    if (this.#encoder) this.device.queue.submit([this.#encoder.finish()]);
    this.#encoder = undefined;
    this.#uploads.tidy();
    for (const buffer of this.#leaving.splice(0)) buffer.destroy();
    if (flight) this.#flights.sent(bytes);
    this.#copiesOut.sent();
  }

  /** Numbers as they lie in the memory, read back. */
  async read(address: number, count: number): Promise<Float32Array> {
    return await this.copyOut([{ address, count }]).read() as Float32Array;
  }

  take({ address, shape }: Place, tensor: tf.Tensor): void {
    if (shape.length === 1) return this.#copyIn(tensor, address);
    const rows = this.allocate(tensor.size);
    this.#copyIn(tensor, rows);
    this.#reorder(Code.Tile, shape, rows, address);
    this.release(rows, tensor.size);
  }

  give(places: Place[]): { buffer: GPUBuffer }[] {
    const given = places.map(({ address, shape }) => {
      const count = shape.reduce((size, side) => size * side, 1);
      const rows = shape.length === 2 ? this.allocate(count) : undefined;
      if (rows) this.#reorder(Code.Untile, shape, address, rows);
      const buffer = this.device.createBuffer({
        size: 4 * count,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
      });
      this.#flushCopies();
      const from = rows ?? address;
      this.#commands().copyBufferToBuffer(this.#memory, from, buffer, 0, buffer.size);
      if (rows) this.release(rows, count);
      return { buffer };
    });
    this.#sendOff();
    this.#leaving.push(...given.map(({ buffer }) => buffer));
    return given;
  }

  /** Brings a matrix that lies row by row to the order of weights, or back. */
  #reorder(code: Code.Tile | Code.Untile, shape: number[], from: number, to: number): void {
    const words = new Int32Array(OP_BYTES / 4);
    words[Word.Code] = code;
    [words[TileWord.Inputs], words[TileWord.Outputs]] = shape;
    words[TileWord.Source] = from;
    words[TileWord.Target] = to;
    const program = this.program([words]);
    this.run(program);
    this.releaseProgram(program);
  }

  /** A tensor's numbers, row by row, to the memory. */
  #copyIn(tensor: tf.Tensor, address: number): void {
    let data: ReturnType<tf.Tensor["dataToGPU"]> | undefined;
    try {
      data = tensor.dataToGPU();
    } catch {
      // No kernel has needed it yet: it is on the processor.
      return this.write(address, tensor.dataSync() as Float32Array);
    }
    this.#grow();
    this.#flushCopies();
    this.#commands().copyBufferToBuffer(data.buffer!, 0, this.#memory, address, 4 * tensor.size);
    const { tensorRef } = data;
    this.#leaving.push({ destroy: () => tensorRef.dispose() });
  }

  /** The encoder, outside a pass. */
  #commands(): GPUCommandEncoder {
    this.#pass?.end();
    this.#pass = undefined;
    return this.#encoder ??= this.device.createCommandEncoder();
  }

  /** What was put in is copied where it belongs before anything else happens. */
  #flushCopies(): void {
    const copies = this.#uploads.take();
    if (copies.length === 0) return;
    if (copies.some(({ target }) => target === "memory")) this.#grow();
    const encoder = this.#commands();
    for (const { buffer, from, target, to, size } of copies) {
      encoder.copyBufferToBuffer(
        buffer,
        from,
        target === "memory" ? this.#memory : target,
        to,
        size,
      );
    }
  }

  #createMemory(size: number): GPUBuffer {
    return this.device.createBuffer({
      size,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  }

  /** Makes the memory as large as what is given out; what it holds stays. */
  #grow(): void {
    const old = this.#memory;
    const needed = this.#needed;
    if (needed <= old.size) return;
    const size = Math.ceil(needed / GROWTH) * GROWTH;
    const memory = this.#createMemory(Math.min(size, Math.max(needed, this.#limit)));
    this.#commands().copyBufferToBuffer(old, 0, memory, 0, old.size);
    this.#leaving.push(old);
    this.#memory = memory;
  }

  #groupOf(program: GpuProgram): GPUBindGroup {
    const memory = this.#memory;
    if (program.group?.memory !== memory) {
      const group = this.#pipelines.bind(memory, program.buffer, WORDS_BYTES);
      program.group = { memory, group };
    }
    return program.group.group;
  }
}
