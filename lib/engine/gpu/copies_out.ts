/**
 * Copies of a GPU's memory on their way to the processor: each is made in the course of a submit,
 * in a buffer of its own, which is mapped as soon as that submit is under way.
 *
 * @module
 */
import { type Later } from "../step_machine.ts";

interface Copy {
  buffer: GPUBuffer;
  mapped: PromiseWithResolvers<undefined>;
}

export class CopiesOut {
  /** What is not under way yet. */
  #waiting: Copy[] = [];

  constructor(readonly device: GPUDevice) {}

  /**
   * Copies numbers, end to end.
   *
   * @param sendOff Called where somebody reads them before they are under way.
   */
  add(
    encoder: GPUCommandEncoder,
    memory: GPUBuffer,
    ranges: { address: number; count: number }[],
    sendOff: () => void,
  ): Later {
    const buffer = this.device.createBuffer({
      size: ranges.reduce((sum, { count }) => sum + 4 * count, 0),
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    let at = 0;
    for (const { address, count } of ranges) {
      encoder.copyBufferToBuffer(memory, address, buffer, at, 4 * count);
      at += 4 * count;
    }
    const copy: Copy = { buffer, mapped: Promise.withResolvers() };
    // Perhaps nobody reads it.
    copy.mapped.promise.catch(() => {});
    this.#waiting.push(copy);
    return {
      read: async () => {
        if (this.#waiting.includes(copy)) sendOff();
        try {
          await copy.mapped.promise;
          return new Float32Array(buffer.getMappedRange().slice(0));
        } finally {
          buffer.destroy();
        }
      },
    };
  }

  /** The submit that they are in is under way. */
  sent(): void {
    for (const { buffer, mapped } of this.#waiting.splice(0)) {
      buffer.mapAsync(GPUMapMode.READ).then(mapped.resolve, mapped.reject);
    }
  }
}
