/**
 * A GPU's own clock, by `timestamp-query`: how long the passes of a device take, or each dispatch.
 *
 * The clock gives out a device that stands for the real one. Whoever computes with it notices
 * nothing; its encoders ask for the time before and after each compute pass, and where dispatches
 * are timed, each of them gets a pass of its own.
 *
 * @module
 */

/** What is timed: nothing, compute passes as they are, or every dispatch in a pass of its own. */
export type Timed = "nothing" | "passes" | "dispatches";

/** The most queries that a set may have. */
const QUERIES = 4096;
const TICK_BYTES = 8;
/** Time between two looks at both clocks. */
const COMPARED_MS = 150;
/**
 * How far the length of a tick may be measured from a nanosecond and still be one: a busy machine
 * looks late, and the ticks of drivers that count otherwise are of ten nanoseconds and more.
 */
const NEAR = 0.5;
/** Dispatches that do next to nothing, one behind the other. */
const EMPTY = 256;

const NOTHING = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> memory: array<u32>;
@compute @workgroup_size(1) fn main() { memory[0] = memory[0] + 1u; }
`;

/** The times of a pass, in ticks. */
interface Span {
  begin: bigint;
  end: bigint;
}

/** Both clocks at once: the processor's in ms. */
interface Look {
  now: number;
  ticks: bigint;
}

/** Nanoseconds of a tick, from two looks. */
export function tickBetween(first: Look, second: Look): number {
  const nanoseconds = 1e6 * (second.now - first.now) / Number(second.ticks - first.ticks);
  return Math.abs(nanoseconds - 1) < NEAR ? 1 : nanoseconds;
}

export class DispatchClock {
  /** The device to compute with. */
  readonly device: GPUDevice;
  timed: Timed = "nothing";
  /** Nanoseconds of a tick: 1 by the rules of WebGPU, which not every driver follows. */
  nanosecondsPerTick = 1;
  readonly #set: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  #used = 0;

  /** Whether a device can tell the time. */
  static works(device: GPUDevice): boolean {
    return device.features.has("timestamp-query");
  }

  constructor(readonly real: GPUDevice) {
    this.#set = real.createQuerySet({ type: "timestamp", count: QUERIES });
    this.#resolved = real.createBuffer({
      size: TICK_BYTES * QUERIES,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    this.device = standIn(real, {
      createCommandEncoder: () => this.#encoder(real.createCommandEncoder()),
    });
  }

  /** How many more passes can be timed before `read`. */
  get left(): number {
    return (QUERIES - this.#used) / 2;
  }

  #encoder(encoder: GPUCommandEncoder): GPUCommandEncoder {
    return standIn(encoder, {
      beginComputePass: () => {
        if (this.timed === "dispatches") return new SplitPass(() => this.#begin(encoder));
        return this.timed === "passes" ? this.#begin(encoder) : encoder.beginComputePass();
      },
    });
  }

  /**
   * A pass with the time before and after it.
   *
   * @throws {RangeError} If too many were begun since the last `read`.
   */
  #begin(encoder: GPUCommandEncoder): GPUComputePassEncoder {
    if (this.left < 1) {
      throw new RangeError(
        `Cannot time a pass: a set has times of ${
          QUERIES / 2
        } passes, and all are in use. Read first`,
      );
    }
    const at = this.#used;
    this.#used += 2;
    return encoder.beginComputePass({
      timestampWrites: {
        querySet: this.#set,
        beginningOfPassWriteIndex: at,
        endOfPassWriteIndex: at + 1,
      },
    });
  }

  /** The passes that were timed since the last `read`, when all that was submitted is done. */
  async #spans(): Promise<Span[]> {
    const used = this.#used;
    this.#used = 0;
    if (used === 0) return [];
    const size = TICK_BYTES * used;
    const buffer = this.real.createBuffer({
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const encoder = this.real.createCommandEncoder();
    encoder.resolveQuerySet(this.#set, 0, used, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, buffer, 0, size);
    this.real.queue.submit([encoder.finish()]);
    await buffer.mapAsync(GPUMapMode.READ);
    const ticks = new BigUint64Array(buffer.getMappedRange().slice(0));
    buffer.destroy();
    return Array.from({ length: used / 2 }, (_, i) => ({
      begin: ticks[2 * i],
      end: ticks[2 * i + 1],
    }));
  }

  /** Microseconds of each pass since the last `read`, in the order in which they were begun. */
  async read(): Promise<number[]> {
    return (await this.#spans()).map(({ begin, end }) => this.#microseconds(begin, end));
  }

  #microseconds(begin: bigint, end: bigint): number {
    return Number(end - begin) * this.nanosecondsPerTick / 1000;
  }

  /** Measures the length of a tick by the clock of the processor. */
  async compare(): Promise<void> {
    const look = async (): Promise<Look> => {
      const now = performance.now();
      this.#runNothing(1);
      const [{ end }] = await this.#spans();
      return { now, ticks: end };
    };
    // The first one compiles the shader.
    await look();
    const first = await look();
    await new Promise((resolve) => setTimeout(resolve, COMPARED_MS));
    this.nanosecondsPerTick = tickBetween(first, await look());
  }

  /** Microseconds of a dispatch that does next to nothing, behind others that it waits for. */
  async emptyMicroseconds(): Promise<number> {
    this.#runNothing(EMPTY);
    const [microseconds] = await this.read();
    return microseconds / EMPTY;
  }

  /** A timed pass of dispatches that each wait for the one before. */
  #runNothing(count: number): void {
    const { real } = this;
    const module = real.createShaderModule({ code: NOTHING });
    const pipeline = real.createComputePipeline({ layout: "auto", compute: { module } });
    const buffer = real.createBuffer({ size: 4, usage: GPUBufferUsage.STORAGE });
    const group = real.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [{ binding: 0, resource: { buffer } }],
    });
    const encoder = real.createCommandEncoder();
    const pass = this.#begin(encoder);
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < count; i++) pass.dispatchWorkgroups(1);
    pass.end();
    real.queue.submit([encoder.finish()]);
    buffer.destroy();
  }

  /** Frees what the clock holds. */
  stop(): void {
    this.#set.destroy();
    this.#resolved.destroy();
  }
}

/** A pass that begins a new one for every dispatch. */
class SplitPass {
  #pipeline?: GPUComputePipeline;
  #group?: Parameters<GPUComputePassEncoder["setBindGroup"]>;

  constructor(readonly begin: () => GPUComputePassEncoder) {}

  setPipeline(pipeline: GPUComputePipeline): void {
    this.#pipeline = pipeline;
  }

  setBindGroup(...group: Parameters<GPUComputePassEncoder["setBindGroup"]>): void {
    this.#group = group;
  }

  dispatchWorkgroups(...groups: [number, number?, number?]): void {
    const pass = this.begin();
    pass.setPipeline(this.#pipeline!);
    pass.setBindGroup(...this.#group!);
    pass.dispatchWorkgroups(...groups);
    pass.end();
  }

  end(): void {}
}

/** What stands for an object of WebGPU, with some methods of its own. */
function standIn<T extends object>(real: T, own: { [K in keyof T]?: unknown }): T {
  return new Proxy(real, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name as keyof T];
      const value = Reflect.get(target, name, target);
      // Methods insist on the object that they belong to.
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
