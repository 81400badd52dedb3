/** Every shader of a layer's product, on small integers. */
import { type Code, Word } from "@/engine/operation_protocol.ts";
import { operation } from "@/engine/operation.ts";
import { type StepMachine } from "@/engine/step_machine.ts";
import * as back from "./gpu_backward.ts";
import * as forth from "./gpu_forward.ts";
import { Bench, type Kind, type Sides, type Wanted } from "./gpu_operands.ts";

/** An operation with its operands in the memory of a machine. */
export interface LayerCase {
  words: Int32Array;
  wanted: Wanted[];
}

/** Every shader of a layer's product. */
export const KINDS: Record<string, Kind> = {
  forward: forth.forward,
  adjoint: forth.adjoint,
  "forward, batch norm": forth.forwardNorm,
  "forward, maxout": forth.forwardMaxout,
  "adjoint, maxout": forth.adjointMaxout,
  backward: back.backward,
  "backward, gradient of a bias": back.backwardSums,
  "backward, squares": back.backwardSquares,
  "backward, batch norm": back.backwardNorm,
  "backward, maxout": back.backwardMaxout,
  "backward, maxout, gradient of a bias": back.backwardMaxoutSums,
};

/** Puts an operation and its operands into a machine's memory, has it checked, and cleans up. */
export async function withLayer(
  machine: StepMachine,
  kind: Kind,
  sides: Sides,
  check: (layer: LayerCase) => Promise<void>,
): Promise<void> {
  const bench = new Bench(machine, sides.columns);
  const [words, numbers] = kind(bench, sides);
  const code = words[Word.Code] as Code;
  await check({ words: operation(code, words, numbers).words, wanted: bench.wanted });
  bench.release();
}
