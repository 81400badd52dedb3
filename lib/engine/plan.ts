/**
 * A training step on a machine: everything is placed once, the lists of operations are written
 * once, and a step sets the rates and runs them.
 *
 * @module
 */
import { type GanOptions } from "@/gan/options.ts";
import { Room } from "./buffers.ts";
import { type StepRates } from "./capabilities.ts";
import { OptimiserWord, ReportWord } from "./operation_protocol.ts";
import { PANEL } from "./layout.ts";
import { type Operation } from "./operation.ts";
import { type Inputs, Placement } from "./placement.ts";
import { type Program, type StepMachine } from "./step_machine.ts";
import { Writer } from "./writer.ts";

/** Multiplications that are worth waking the other threads for: about 0.1 ms of work. */
const WORTH_SHARING = 2 ** 22;

/** An operation in a program, of which the words change from step to step. */
type Changing = [program: Program, index: number];

export class Plan<M extends StepMachine = StepMachine> {
  readonly placement: Placement;
  /** One update of D, a whole step with one update of each, and what follows where one is looked at. */
  readonly programs: { d?: Program; step: Program; check: Program };
  readonly #machine: M;
  readonly #room: Room;
  readonly #optimisers: { d: Changing[]; g: Changing[] } = { d: [], g: [] };

  /**
   * @param options Of a GAN that can be planned (`whyNotPlanned`).
   * @throws {RangeError} If it cannot, or the memory does not suffice.
   */
  constructor(machine: M, readonly options: GanOptions, inputs: Inputs = {}) {
    this.#machine = machine;
    this.#room = new Room((count) => machine.allocate(count), machine);
    this.placement = new Placement(this.#room, options, inputs);
    const { address, stride, panels } = this.placement.ones;
    for (let panel = 0; panel < panels; panel++) {
      machine.write(address + panel * stride, new Float32Array(PANEL).fill(1));
    }
    this.programs = this.#write(new Writer(this.placement, options));
  }

  #write(writer: Writer): Plan["programs"] {
    const { d, step } = writer.lists();
    return {
      step: this.#program(writer, step),
      check: this.#program(writer, writer.check()),
      d: d && this.#program(writer, d),
    };
  }

  #program(writer: Writer, operations: Operation[]): Program {
    const work = operations.reduce((sum, { work }) => sum + work, 0);
    const words = operations.map(({ words }) => words);
    const gate = operations.indexOf(writer.gate!);
    const program = this.#machine.program(words, work >= WORTH_SHARING, gate);
    operations.forEach((each, i) => {
      for (const player of ["d", "g"] as const) {
        if (writer.optimisers[player].has(each)) this.#optimisers[player].push([program, i]);
      }
    });
    return program;
  }

  /**
   * Sets the rates of the next update of a player.
   *
   * @param averageShare Of the new weights in the average.
   */
  setRates(player: "d" | "g", rates: StepRates, averageShare = 0): void {
    for (const [program, index] of this.#optimisers[player]) {
      const words = this.#machine.wordsOf(program, index);
      words[OptimiserWord.FirstDecay] = rates.beta1;
      words[OptimiserWord.SecondDecay] = rates.beta2 ?? 0;
      words[OptimiserWord.Epsilon] = rates.epsilon ?? 0;
      words[OptimiserWord.Rate] = rates.rate;
      words[OptimiserWord.SecondCorrection] = rates.correction ?? 1;
      words[OptimiserWord.AverageShare] = averageShare;
    }
  }

  /** What the last run reported, by `ReportWord`. */
  report(): ReturnType<M["report"]> {
    this.#machine.run(this.programs.check);
    return this.#machine.report(this.placement.report, ReportWord.Words) as ReturnType<M["report"]>;
  }

  /**
   * Runs a program.
   *
   * @param late Puts in everything but D's staged latent numbers and labels.
   * @param meanwhile See `StepMachine.run`.
   */
  run(program: Program, late: () => void, meanwhile?: () => void): void {
    this.#machine.run(program, late, meanwhile);
  }

  /** Gives the memory back. */
  release(): void {
    this.#room.release();
    for (const program of Object.values(this.programs)) {
      if (program) this.#machine.releaseProgram(program);
    }
  }
}
