/** Counts what WebGPU is asked for. */

/** What WebGPU is asked for while `run` runs, which is given the numbers so far. */
export async function calls(
  run: (soFar: Record<string, number>) => void | Promise<void>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const methods: [object, string][] = [
    [GPUComputePassEncoder.prototype, "dispatchWorkgroups"],
    [GPUComputePassEncoder.prototype, "dispatchWorkgroupsIndirect"],
    [GPUQueue.prototype, "submit"],
    [GPUQueue.prototype, "writeBuffer"],
    [GPUQueue.prototype, "onSubmittedWorkDone"],
    [GPUBuffer.prototype, "mapAsync"],
    [GPUDevice.prototype, "createBuffer"],
  ];
  const own = methods.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name)!);
  methods.forEach(([owner, name], i) => {
    counts[name] = 0;
    Object.defineProperty(owner, name, {
      ...own[i],
      value(...parameters: unknown[]) {
        counts[name]++;
        return own[i].value.apply(this, parameters);
      },
    });
  });
  try {
    await run(counts);
  } finally {
    methods.forEach(([owner, name], i) => Object.defineProperty(owner, name, own[i]));
  }
  return counts;
}
