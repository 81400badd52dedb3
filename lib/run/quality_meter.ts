/**
 * Has the generator of a training measured in a thread beside it (`quality_worker.ts`): the
 * training hands over a copy of the weights and goes on.
 *
 * @module
 */
import { type Quality } from "@/eval/quality.ts";
import { currentEpoch, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { type NamedArray } from "@/formats/safetensors.ts";
import { type MeasureAnswer, type MeasureRequest } from "./quality_worker.ts";

/**
 * Most generators that wait to be measured, some megabytes each. If epochs pass faster than they
 * are measured, every second one that waits is left out: the training never waits.
 */
const MOST_WAITING = 8;
/** When the training is over, those that wait are measured as far as this suffices, from the last. */
const END_MS = 2000;

export interface QualityListener {
  measured(quality: Quality): Promise<void>;
  /** Nothing more will be measured. */
  failed(reason: string): void;
}

export class QualityMeter implements Disposable {
  #worker?: Worker;
  #waiting: MeasureRequest[] = [];
  #busy = false;
  /** When the one that is being measured was begun. */
  #began = 0;
  /** How many were measured, and how long that took. */
  readonly #measured = { count: 0, ms: 0 };
  /** Until when the user is to wait at most. */
  #deadline?: number;
  #failed = false;
  /** What the listener does with the answers, one after another. */
  #heard: Promise<void> = Promise.resolve();
  #idle: (() => void)[] = [];

  constructor(readonly listener: QualityListener) {}

  /**
   * Takes a copy of the generator that samples are drawn from, to be measured when there is time.
   */
  async add(gan: Gan): Promise<void> {
    if (this.#failed) return;
    const { weights, statistics, labelCounts } = samplingGenerator(gan);
    const arrays: Record<string, NamedArray> = {};
    for (const [name, tensor] of Object.entries({ ...weights, ...statistics })) {
      const data = Float32Array.from(await tensor.data());
      arrays[`generator/${name}`] = { shape: tensor.shape, data };
    }
    const { options, step } = gan;
    this.addArrays({ options, step, epoch: epochOf(gan), arrays, labelCounts });
  }

  /** Takes a generator that nobody else needs. */
  addArrays(generator: MeasureRequest): void {
    if (this.#failed) return;
    this.#waiting.push(generator);
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting = this.#waiting.filter((_, i) => i % 2 === MOST_WAITING % 2);
    }
    this.#next();
  }

  /**
   * The training is over: of those that still wait, so many are left out that the user waits
   * for a short time only. The last one is measured in any case.
   *
   * @param ms How long that is; it counts from the first call on.
   */
  hurry(ms = END_MS): void {
    this.#deadline ??= performance.now() + ms;
    if (this.#measured.count === 0) return;
    const each = this.#measured.ms / this.#measured.count;
    const most = Math.max(1, Math.floor((this.#deadline - performance.now()) / each));
    this.#waiting = this.#waiting.slice(-most);
  }

  /** How many generators are not measured yet. */
  get pending(): number {
    return this.#waiting.length + (this.#busy ? 1 : 0);
  }

  /** Waits until all are measured and the listener has heard of them. */
  async finish(): Promise<void> {
    if (this.pending > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await this.#heard;
  }

  #next(): void {
    if (this.#busy) return;
    const request = this.#waiting.shift();
    if (!request) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    this.#busy = true;
    this.#began = performance.now();
    const buffers = Object.values(request.arrays).map(({ data }) => data.buffer as ArrayBuffer);
    this.#start().postMessage(request, buffers);
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL("./quality_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<MeasureAnswer>) => this.#answered(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#answered({ failure: event.message });
    };
    return this.#worker = worker;
  }

  #answered(answer: MeasureAnswer): void {
    this.#busy = false;
    this.#measured.count++;
    this.#measured.ms += performance.now() - this.#began;
    if (this.#deadline !== undefined) this.hurry();
    if ("failure" in answer) {
      this.#failed = true;
      this.#waiting = [];
      this.listener.failed(answer.failure);
    } else {
      this.#heard = this.#heard.then(() => this.listener.measured(answer.quality));
      // `finish` looks at it.
      this.#heard.catch(() => {});
    }
    this.#next();
  }

  [Symbol.dispose](): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

/** The epoch of the last step of a GAN. */
export function epochOf(gan: Gan): number {
  return currentEpoch(gan, Math.max(0, gan.step - 1));
}
