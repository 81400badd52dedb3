/**
 * A WebGPU device whose driver makes use of what WGSL allows: it takes it for granted that there is
 * no NaN and no infinity. Debian's software adapter does not, so the shaders are rewritten.
 */

/** Turns what is no number into 0, by its bits. */
const NUMBERS = /* wgsl */ `
fn numbers(x: vec4f) -> vec4f {
  let isNumber = (bitcast<vec4u>(x) & vec4u(0x7f800000u)) != vec4u(0x7f800000u);
  return select(vec4f(), x, isNumber);
}
`;

/** Functions of the shaders that are given numbers only, and their parameters. */
const FUNCTIONS: Record<string, string[]> = {
  activate: ["h"],
  positive: ["x"],
  larger: ["y", "h"],
  sigmoid: ["x"],
  softplus: ["a"],
};

/**
 * The text of a shader as such a driver reads it: whatever an activation or a loss is given, a NaN
 * or an infinity is 0 there. What is only passed on is not touched.
 */
export function withoutNan(code: string): string {
  for (const [name, parameters] of Object.entries(FUNCTIONS)) {
    code = code.replace(
      `fn ${name}(${parameters.map((x) => `${x}: vec4f`).join(", ")}) -> vec4f {`,
      `fn ${name}(${parameters.map((x) => `given_${x}: vec4f`).join(", ")}) -> vec4f {
        ${parameters.map((x) => `let ${x} = numbers(given_${x});`).join("\n")}`,
    );
  }
  // A linear layer does nothing to what it is given.
  return (code + NUMBERS).replace("default: { return h; }", "default: { return given_h; }");
}

/** The same device, of which the shaders are other ones. */
export function withShaders(device: GPUDevice, rewrite: (code: string) => string): GPUDevice {
  return new Proxy(device, {
    get(target, name) {
      if (name === "createShaderModule") {
        return ({ code }: GPUShaderModuleDescriptor) =>
          target.createShaderModule({ code: rewrite(code) });
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
