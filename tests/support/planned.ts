/** Planned steps of one GAN on a machine, as `train` takes them with an engine. */
import { type Engine } from "@/gan/custody.ts";
import { type Gan } from "@/gan/gan.ts";
import { PlannedEngine } from "@/engine/engine.ts";
import { type PlannedStep } from "@/engine/planned_step.ts";
import { type StepMachine } from "@/engine/step_machine.ts";

/** Has a machine take the steps of a GAN from now on. */
export function planOn<M extends StepMachine>(machine: M, gan: Gan): PlannedStep<M> {
  const planned = new PlannedEngine(machine).take(gan);
  gan.custody = planned;
  return planned;
}

/** The machine of an engine that plans. */
export function machineOf(engine: Engine | undefined): StepMachine {
  if (!(engine instanceof PlannedEngine)) throw new TypeError("The engine is none that plans");
  return engine.machine;
}
