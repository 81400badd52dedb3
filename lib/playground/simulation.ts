/**
 * One run of a playground: a GAN that can be moved a step at a time, gone back in, changed while it
 * runs and copied.
 *
 * Whole steps are those of `train`: an engine takes them where it can, so that the run is bitwise
 * the run of the code that it copies. An update of one player alone is `discriminatorStep` or
 * `generatorStep` of `steps.ts`, by autodiff.
 *
 * @module
 */
import { type TrainingData } from "@/data/training_data.ts";
import { type Engine, type StepReport } from "@/gan/custody.ts";
import { checkReport } from "@/gan/diverged.ts";
import { createGan, disposeGan, type Gan } from "@/gan/gan.ts";
import { discriminatorStep, generatorStep, trainStep } from "@/gan/steps.ts";
import { describeSteps } from "@/gan/train.ts";
import { tf } from "@/tf.ts";
import { checkSettings, ganOptionsOf } from "./gan_options.ts";
import { whyRestart, withOptions } from "./going_on.ts";
import { KeptMoves, type Move } from "./kept_moves.ts";
import { dataOf } from "./playground_data.ts";
import { type Looked } from "./look.ts";
import {
  type Changed,
  type RunState,
  type SlowStage,
  type StepNumbers,
} from "./playground_messages.ts";
import { restoreSaved, type SavedGan, savedGanOf } from "./saved_gan.ts";
import { type PlaygroundSettings } from "./settings.ts";
import { slowStages } from "./slow_step.ts";
import { Trails } from "./trails.ts";

/** A run: its GAN, and the moments that it can go back to. */
export class Simulation {
  /** Moves so far: whole steps, and updates of one player alone. */
  move = 0;
  /** Where chosen z have gone. */
  readonly trails = new Trails();
  #history = new KeptMoves();
  #gan: Gan;
  #slow?: { copy: Gan; stages: Generator<SlowStage, void>; stage?: SlowStage };

  private constructor(
    private current: PlaygroundSettings,
    private engine: Engine | undefined,
    { gan, move = 0 }: { gan: Gan; move?: number },
  ) {
    this.#gan = gan;
    this.move = move;
    this.#keep();
  }

  /**
   * A run before its first step.
   *
   * @throws {RangeError} If the settings cannot be played.
   */
  static async begin(settings: PlaygroundSettings, engine?: Engine): Promise<Simulation> {
    checkSettings(settings);
    const gan = createGan(ganOptionsOf(settings), await dataOf(settings.data));
    return new Simulation(settings, engine, { gan });
  }

  /** The GAN as it is now; its numbers may be with the engine (`sync`). */
  get gan(): Gan {
    return this.#gan;
  }

  get settings(): PlaygroundSettings {
    return this.current;
  }

  get state(): RunState {
    const { gan, move } = this;
    return {
      settings: this.current,
      move,
      step: gan.step,
      discriminatorUpdates: gan.discriminatorOptimiser.step,
      canGoBack: move - this.#history.oldest(move),
      takenBy: describeSteps(gan.options, this.engine).replace("planned", "the engine"),
      slow: this.#slow?.stage?.name,
    };
  }

  /**
   * A whole step: k updates of D and one of G, or as many of G as the settings say.
   *
   * @throws {DivergedError} If a number is NaN or infinite.
   */
  step(): StepNumbers {
    return this.#moved("both");
  }

  /** One update of D alone. */
  stepD(): StepNumbers {
    return this.#moved("D");
  }

  /** One update of G alone. */
  stepG(): StepNumbers {
    return this.#moved("G");
  }

  /**
   * Goes back by `moves`, or as far as moments are kept.
   *
   * @returns How many moves it went.
   */
  back(moves: number): number {
    const from = this.move;
    const target = Math.max(this.#history.oldest(from), from - moves);
    const kept = this.#history.backTo(target);
    this.#replace(restoreSaved(kept.saved, kept.data));
    this.current = kept.settings;
    for (const move of kept.then) this.#make(move);
    this.move = target;
    this.trails.backTo(target);
    return from - target;
  }

  /**
   * Other settings from now on. The run goes on from its weights where it can.
   *
   * @param engine Takes its steps from now on.
   * @throws {RangeError} If the settings cannot be played; the run is as it was.
   */
  async change(settings: PlaygroundSettings, engine = this.engine): Promise<Changed> {
    checkSettings(settings);
    const next = await this.#going(settings);
    this.#replace(next.gan);
    this.engine = engine;
    this.current = settings;
    if (next.because !== undefined) {
      this.move = 0;
      this.#history = new KeptMoves();
      this.trails.backTo(-1);
    }
    this.#keep();
    return { restarted: next.because !== undefined, because: next.because };
  }

  /**
   * A second run from here, with other settings and the same random numbers.
   *
   * @throws {RangeError} If the settings cannot be played.
   */
  async fork(settings: PlaygroundSettings): Promise<{ fork: Simulation } & Changed> {
    checkSettings(settings);
    const { gan, because } = await this.#going(settings);
    const move = because === undefined ? this.move : 0;
    const fork = new Simulation(settings, this.engine, { gan, move });
    return { fork, restarted: because !== undefined, because };
  }

  /**
   * The next stage of a step in slow motion; begins one if none is under way. Until the last stage
   * has been seen, a look shows the players as they are within the step.
   *
   * @returns Undefined after the last stage, when the run has taken the step.
   */
  slow(): SlowStage | undefined {
    if (!this.#slow) {
      const copy = restoreSaved(this.save(), this.#gan.data);
      this.#slow = { copy, stages: slowStages(copy, this.current.generatorSteps) };
    }
    const { value } = this.#slow.stages.next();
    this.#slow.stage = value ?? undefined;
    if (!value) this.step();
    return value ?? undefined;
  }

  /** What is drawn: the run, or the copy of it that slow motion moves. */
  get looked(): Looked {
    const { move, trails, current: { data } } = this;
    return { gan: this.#slow?.copy ?? this.#gan, data, move, trails };
  }

  /** The GAN as it is now. */
  save(): SavedGan {
    return savedGanOf(this.#gan);
  }

  /** Frees the GAN. */
  dispose(): void {
    this.endSlow();
    disposeGan(this.#gan);
  }

  /** Ends slow motion; the run is where it was before it, unless the last stage was seen. */
  endSlow(): void {
    if (this.#slow) disposeGan(this.#slow.copy);
    this.#slow = undefined;
  }

  /** The GAN of this moment with other settings, or a new one. */
  async #going(settings: PlaygroundSettings): Promise<{ gan: Gan; because?: string }> {
    const options = ganOptionsOf(settings);
    const data = await this.#dataFor(settings);
    const because = whyRestart(this.#gan.options, options);
    if (because !== undefined) return { gan: createGan(options, data), because };
    return { gan: restoreSaved(withOptions(this.save(), options, data), data) };
  }

  /** The same data as now, where the settings name the same. */
  async #dataFor({ data }: PlaygroundSettings): Promise<TrainingData> {
    const same = JSON.stringify(data) === JSON.stringify(this.current.data);
    return same ? this.#gan.data : await dataOf(data);
  }

  #replace(gan: Gan): void {
    this.endSlow();
    disposeGan(this.#gan);
    this.#gan = gan;
  }

  #moved(move: Move): StepNumbers {
    this.endSlow();
    const numbers = this.#make(move);
    this.move++;
    if (this.#history.moved(move)) this.#keep();
    checkReport(this.#gan.step, numbers as StepReport);
    return { move: this.move, step: this.#gan.step, ...numbers };
  }

  #make(move: Move): Partial<StepReport> {
    if (move === "D") return numbersOf(discriminatorStep(this.#gan));
    if (move === "G") return numbersOf(generatorStep(this.#gan));
    const { generatorSteps = 1 } = this.current;
    let numbers = this.#makeBoth();
    for (let i = 1; i < generatorSteps; i++) {
      numbers = { ...numbers, ...numbersOf(generatorStep(this.#gan)) };
    }
    return numbers;
  }

  #makeBoth(): Partial<StepReport> {
    const { gan, engine } = this;
    if (engine && !gan.custody && engine.whyNot(gan.options) === undefined) {
      gan.custody = engine.take(gan);
    }
    if (!gan.custody) return numbersOf(trainStep(gan));
    // On a processor the report is there at once.
    return gan.custody.step(true) as StepReport;
  }

  #keep(): void {
    const { move, current: settings } = this;
    this.#history.keep({ move, saved: this.save(), settings, data: this.#gan.data });
  }
}

/** The numbers of a report by autodiff, which is freed. */
function numbersOf(report: Partial<StepReport<tf.Scalar>>): Partial<StepReport> {
  const numbers = Object.fromEntries(
    Object.entries(report).map(([name, scalar]) => [name, scalar.dataSync()[0]]),
  );
  tf.dispose({ ...report });
  return numbers;
}
