/**
 * Submits of training steps that are under way on a GPU. Each ends with a copy of what its steps
 * report into a buffer of a small ring, and is mapped at once: that it can be read is the news that
 * the steps are done. Nobody ever waits for the queue.
 *
 * @module
 */
import { type Pace } from "./pace.ts";

/** Bytes of a buffer of the ring: the reports of all steps of a submit. */
const RING_BYTES = 4096;
/** Bytes from the processor that may be under way: each submit has a copy of its own of them. */
const MOST_BYTES = 2 ** 27;

/** A submit that is being put together, or under way. */
class Flight {
  steps = 0;
  /** Bytes from the processor. */
  bytes = 0;
  /** Bytes of the buffer that are in use. */
  used = 0;
  /** When it was sent, in ms. */
  sentAt?: number;
  readonly #arrival = Promise.withResolvers<ArrayBuffer>();

  constructor(readonly buffer: GPUBuffer) {
    // Whoever asks hears of a failure; perhaps nobody does.
    this.#arrival.promise.catch(() => {});
  }

  /** What its buffer holds, once it is back. */
  get arrived(): Promise<ArrayBuffer> {
    return this.#arrival.promise;
  }

  /** Maps the buffer. */
  async land(): Promise<void> {
    try {
      await this.buffer.mapAsync(GPUMapMode.READ);
      const bytes = this.buffer.getMappedRange().slice(0);
      this.buffer.unmap();
      this.#arrival.resolve(bytes);
    } catch (error) {
      this.#arrival.reject(error);
    }
  }
}

export class Flights {
  /** Buffers that nobody uses. */
  readonly #ring: GPUBuffer[] = [];
  /** What is under way, the oldest first. */
  #away: Flight[] = [];
  #boarding?: Flight;

  constructor(readonly device: GPUDevice, readonly pace: Pace) {}

  /** The submit that is being put together. */
  get boarding(): Flight {
    return this.#boarding ??= new Flight(
      this.#ring.pop() ?? this.device.createBuffer({
        size: RING_BYTES,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      }),
    );
  }

  /** Whether it has anything in it that somebody is to hear of. */
  get begun(): boolean {
    return this.#boarding !== undefined;
  }

  /** Whether it should be sent before more is put in. */
  full(bytes: number): boolean {
    const { steps, used } = this.boarding;
    return steps >= this.pace.perSubmit || used > RING_BYTES / 2 || bytes > MOST_BYTES / 16;
  }

  /** Steps that were sent and are not back. */
  get steps(): number {
    return this.#away.reduce((sum, { steps }) => sum + steps, 0);
  }

  /** Bytes from the processor that are under way. */
  get bytes(): number {
    return this.#away.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Its commands are with the queue: from now on it is under way. */
  sent(bytes: number): void {
    const flight = this.boarding;
    this.#boarding = undefined;
    flight.bytes = bytes;
    flight.sentAt = performance.now();
    this.#away.push(flight);
    flight.land();
    flight.arrived.then(() => this.#arrived(flight), () => {});
  }

  #arrived(flight: Flight): void {
    const { steps, sentAt, buffer } = flight;
    if (steps > 0) this.pace.arrived(steps, sentAt!, performance.now());
    this.#away = this.#away.filter((other) => other !== flight);
    this.#ring.push(buffer);
  }

  /**
   * Waits until so little is under way that more may be asked for.
   *
   * @throws {Error} If the device was lost.
   */
  async room(): Promise<void> {
    while (this.#away.length > 1 && this.#tooMuch()) await this.#away[0].arrived;
  }

  #tooMuch(): boolean {
    const { ahead, perSubmit } = this.pace;
    return this.steps + perSubmit > ahead || this.bytes > MOST_BYTES;
  }
}
