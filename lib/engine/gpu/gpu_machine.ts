/**
 * The machine that runs plans on a GPU: one buffer is the memory, an operation is a dispatch or
 * two.
 *
 * What is asked of it is recorded in one command encoder, in the order in which it was asked.
 * `finish` sends everything off: one write for all numbers that came from the processor, one
 * submit. Nothing is read back before somebody asks.
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
import { type Dispatch, dispatchesOf } from "./dispatches.ts";
import { productsOf } from "./layer_dispatches.ts";
import { type TileChoice, tileOf } from "./tiles.ts";

/** Where the words of a dispatch begin is a multiple of this: every device allows it. */
const WORDS_UNIT = 256;
/** Bytes that a shader may read from there on. */
const WORDS_BYTES = 2048;
/** Address 0 means "none". */
const FIRST = 256;
/** The memory grows by this much at least. */
const GROWTH = 2 ** 18;
/** Bytes of the first buffer for numbers from the processor. */
const UPLOAD = 2 ** 16;
/** Padding of an allocation, which a copy may run over. */
const PADDING = 64;

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

/** Numbers on their way to the GPU: written at the end, copied where they belong in between. */
interface Upload {
  buffer: GPUBuffer;
  bytes: Uint8Array<ArrayBuffer>;
  used: number;
}

interface Copy {
  upload: Upload;
  from: number;
  target: GPUBuffer | "memory";
  to: number;
  size: number;
}

export class GpuMachine implements StepMachine {
  readonly description = "planned, one submit to the GPU";
  readonly #layout: GPUBindGroupLayout;
  /** By shader: made when the first program needs them. */
  readonly #pipelines = new Map<string, GPUComputePipeline>();
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
  #copies: Copy[] = [];
  /** The last one is in use; those before it were too small. */
  #uploads: Upload[] = [];
  /** Buffers that are in use until everything is under way. */
  #leaving: { destroy(): void }[] = [];

  /** @param tiles Of the products; by their shape where it is left out. */
  constructor(readonly device: GPUDevice, tiles?: TileChoice) {
    this.#tiles = tiles ?? ((shape) => tileOf(shape, device.limits));
    const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
    this.#limit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    this.#layout = device.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: "storage" } },
        {
          binding: 1,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: "uniform", hasDynamicOffset: true },
        },
      ],
    });
    this.#memory = this.#createMemory(FIRST + GROWTH);
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

  write(address: number, values: Float32Array): void {
    this.#send("memory", address, values);
  }

  program(operations: Int32Array[], _shared = false): GpuProgram {
    const all = dispatchesOf(operations, this.#tiles, this.device.limits);
    const parts = this.#allocateParts(all);
    let end = 0;
    const dispatches = all.map(({ operation, shader, words, groups }) => {
      const offset = end;
      end += padded(words.byteLength, WORDS_UNIT);
      return { pipeline: this.#pipelineOf(shader), operation, offset, groups };
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
      this.#send(buffer, from, new Uint8Array(words, from, to - from));
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
    this.#flushCopies();
    this.#pass?.end();
    this.#pass = undefined;
    const { queue } = this.device;
    for (const upload of this.#uploads) {
      if (upload.used > 0) queue.writeBuffer(upload.buffer, 0, upload.bytes, 0, upload.used);
      upload.used = 0;
    }
    if (this.#encoder) queue.submit([this.#encoder.finish()]);
    this.#encoder = undefined;
    for (const { buffer } of this.#uploads.splice(0, this.#uploads.length - 1)) buffer.destroy();
    for (const buffer of this.#leaving.splice(0)) buffer.destroy();
  }

  async settle(): Promise<void> {
    await this.device.queue.onSubmittedWorkDone();
  }

  report(address: number, count: number): Later {
    return { read: () => this.read(address, count) };
  }

  /** Numbers as they lie in the memory, read back. */
  async read(address: number, count: number): Promise<Float32Array> {
    this.#grow();
    const size = 4 * count;
    const buffer = this.device.createBuffer({
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    this.#flushCopies();
    this.#commands().copyBufferToBuffer(this.#memory, address, buffer, 0, size);
    this.finish();
    await buffer.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(buffer.getMappedRange().slice(0));
    buffer.destroy();
    return values;
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
    this.finish();
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

  /** Puts numbers behind those that are waiting to be sent. */
  #send(target: GPUBuffer | "memory", to: number, values: Float32Array | Uint8Array): void {
    const size = values.byteLength;
    const last = this.#copies.at(-1);
    let upload = this.#uploads.at(-1);
    // Neighbours are copied together, with the padding between them.
    const gap = last && last.target === target && last.upload === upload
      ? to - last.to - last.size
      : -1;
    const joined = gap >= 0 && gap < PADDING;
    const needed = size + (joined ? gap : 0);
    if (!upload || upload.used + needed > upload.bytes.length) {
      upload = this.#createUpload(size);
    }
    const bytes = new Uint8Array(values.buffer, values.byteOffset, size);
    if (joined && upload === last!.upload) {
      upload.bytes.fill(0, upload.used, upload.used + gap);
      upload.bytes.set(bytes, upload.used + gap);
      upload.used += needed;
      last!.size += needed;
      return;
    }
    upload.bytes.set(bytes, upload.used);
    this.#copies.push({ upload, from: upload.used, target, to, size });
    upload.used += size;
  }

  #createUpload(size: number): Upload {
    const length = Math.max(UPLOAD, 2 * (this.#uploads.at(-1)?.bytes.length ?? 0), size);
    const buffer = this.device.createBuffer({
      size: length,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    const upload = { buffer, bytes: new Uint8Array(length), used: 0 };
    this.#uploads.push(upload);
    return upload;
  }

  /** What was sent is copied where it belongs before anything else happens. */
  #flushCopies(): void {
    if (this.#copies.length === 0) return;
    if (this.#copies.some(({ target }) => target === "memory")) this.#grow();
    const encoder = this.#commands();
    for (const { upload, from, target, to, size } of this.#copies) {
      const buffer = target === "memory" ? this.#memory : target;
      encoder.copyBufferToBuffer(upload.buffer, from, buffer, to, size);
    }
    this.#copies = [];
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

  #pipelineOf(shader: string): GPUComputePipeline {
    let pipeline = this.#pipelines.get(shader);
    if (!pipeline) {
      const module = this.device.createShaderModule({ code: shader });
      pipeline = this.device.createComputePipeline({
        layout: this.device.createPipelineLayout({ bindGroupLayouts: [this.#layout] }),
        compute: { module, entryPoint: "main" },
      });
      this.#pipelines.set(shader, pipeline);
    }
    return pipeline;
  }

  #groupOf(program: GpuProgram): GPUBindGroup {
    const memory = this.#memory;
    if (program.group?.memory !== memory) {
      const group = this.device.createBindGroup({
        layout: this.#layout,
        entries: [
          { binding: 0, resource: { buffer: memory } },
          { binding: 1, resource: { buffer: program.buffer, size: WORDS_BYTES } },
        ],
      });
      program.group = { memory, group };
    }
    return program.group.group;
  }
}
