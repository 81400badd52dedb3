/**
 * The pipelines of a device, one for each shader, all with one layout of bindings: the memory, and
 * the words of a dispatch.
 *
 * @module
 */

export class Pipelines {
  readonly #layout: GPUBindGroupLayout;
  /** By shader: made when the first program needs them. */
  readonly #pipelines = new Map<string, GPUComputePipeline>();

  constructor(readonly device: GPUDevice) {
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
  }

  /** The pipeline of a shader. */
  of(shader: string): GPUComputePipeline {
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

  /**
   * Binds the memory and words.
   *
   * @param size Bytes that a shader may read from an offset on.
   */
  bind(memory: GPUBuffer, words: GPUBuffer, size: number): GPUBindGroup {
    return this.device.createBindGroup({
      layout: this.#layout,
      entries: [
        { binding: 0, resource: { buffer: memory } },
        { binding: 1, resource: { buffer: words, size } },
      ],
    });
  }
}
