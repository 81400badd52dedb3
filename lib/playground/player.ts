/**
 * The worker of a playground: it answers what a page asks and trains in between. It knows no page
 * and no worker, so that it runs wherever messages can be handed to it.
 *
 * ```ts
 * import { playgroundWorker } from "@/playground/player.ts";
 * import { settingsOf } from "@/playground/settings.ts";
 *
 * const ask = playgroundWorker((answer) => console.log(answer.type));
 * ask({ id: 1, type: "start", settings: settingsOf("line") });
 * ask({ id: 2, type: "step", count: 3 });
 * ```
 *
 * @module
 */
import { useBackend } from "@/backend.ts";
import { type Engine } from "@/gan/custody.ts";
import { host } from "@/host/host.ts";
import { lookOf } from "./look.ts";
import {
  type Changed,
  type Look,
  type PlaygroundAnswer,
  type PlaygroundRequest,
  type RunReadings,
  type SlowStage,
  type StepNumbers,
  type Which,
} from "./playground_messages.ts";
import { runReadings } from "./readings.ts";
import { PlayPace } from "./play_pace.ts";
import { type PlaygroundSettings } from "./settings.ts";
import { Simulation } from "./simulation.ts";
import { transferable } from "./transferable.ts";

/** Takes an answer to the page, with the buffers that may be given away. */
export type Post = (answer: PlaygroundAnswer, transfer: ArrayBuffer[]) => void;

/** Time of one turn of play: the page is heard after it. */
const TURN_MS = 12;
/** Rest where the next step is not due yet. */
const IDLE_MS = 4;
/** Time between two states in play. */
const STATE_MS = 100;

/** Answers requests, one after another. */
export function playgroundWorker(post: Post): (request: PlaygroundRequest) => void {
  const player = new Player(post);
  return (request) => player.ask(request);
}

/** Units of a layer from which on a second thread saves time. */
const WIDE = 128;

/**
 * Small networks are faster on one thread, which also leaves a core to the page: two threads would
 * wait for each other more than they compute. The numbers are the same, bit for bit.
 */
async function engineFor(
  { options, data }: PlaygroundSettings,
  most?: number,
): Promise<Engine | undefined> {
  const { generator, discriminator } = options;
  const widest = Math.max(
    ...[generator, discriminator].flatMap(({ layers }) => layers.map(({ width }) => width)),
  );
  const threads = data.kind === "mnist" || widest > WIDE ? most : 1;
  return (await useBackend("wasm", { threads })).engine;
}

/** Whether a request can do more than look at the runs. */
function moves({ type }: PlaygroundRequest): boolean {
  return type !== "look" && type !== "readings";
}

class Player {
  #runs: Simulation[] = [];
  #waiting: PlaygroundRequest[] = [];
  #busy = false;
  #playing = false;
  /** Whether a request for steps is being carried out. */
  #stepping = false;
  #threads?: number;
  #pace = new PlayPace();
  #began = { at: 0, steps: 0 };
  #told = 0;
  #rate = 0;

  constructor(readonly post: Post) {}

  ask(request: PlaygroundRequest): void {
    this.#waiting.push(request);
    if (!this.#busy) void this.#work();
  }

  /** Answers all requests, and trains while nobody asks for anything. */
  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0 || this.#playing) {
      const request = this.#waiting.shift();
      if (request) await this.#answer(request);
      else {
        const moved = this.#turn();
        await (moved ? host.nextTurn() : host.pause(IDLE_MS));
      }
    }
    this.#busy = false;
  }

  async #answer(request: PlaygroundRequest): Promise<void> {
    try {
      const value = await this.#carryOut(request);
      // The state first: whoever has waited for the answer knows where the runs are.
      if (moves(request)) this.#tell();
      this.post({ type: "done", id: request.id, value }, transferable(value));
    } catch (error) {
      if (moves(request)) this.#tell();
      this.post({ type: "refused", id: request.id, message: (error as Error).message }, []);
    }
  }

  async #carryOut(
    request: PlaygroundRequest,
  ): Promise<Changed | Look | RunReadings | SlowStage | undefined> {
    switch (request.type) {
      case "start":
        await this.#start(request);
        return;
      case "play":
        this.#run();
        this.#playing = true;
        this.#startClock();
        return;
      case "pause":
        this.#playing = false;
        return;
      case "speed":
        this.#pace.stepsPerSecond = request.stepsPerSecond ?? Infinity;
        return;
      case "step":
        return await this.#steps(request.count, request.yields);
      case "stepD":
        for (let i = 0; i < (request.count ?? 1); i++) this.#each((run) => run.stepD());
        return;
      case "stepG":
        return this.#each((run) => run.stepG());
      case "back":
        for (const run of this.#runs) run.back(request.moves);
        return;
      case "change":
        return await this.#change(request);
      case "fork": {
        const { fork, ...changed } = await this.#run(0).fork(request.settings);
        this.#runs[1]?.dispose();
        this.#runs[1] = fork;
        return changed;
      }
      case "keep": {
        const kept = this.#run(request.run);
        for (const run of this.#runs) if (run !== kept) run.dispose();
        this.#runs = [kept];
        return;
      }
      case "look":
        return await lookOf(this.#run(request.request.run).looked, request.request);
      case "readings":
        return await runReadings(this.#run(request.run).looked, request.run);
      case "slow":
        return this.#slow();
      case "endSlow":
        return this.#each((run) => run.step());
    }
  }

  /** A stage of the first run; when it has taken its step, a fork takes one too. */
  #slow(): SlowStage | undefined {
    this.#playing = false;
    const [first, fork] = this.#runs;
    const move = this.#run().move;
    const stage = first.slow();
    if (fork && first.move > move) fork.step();
    return stage;
  }

  async #start(
    { settings, threads }: { settings: PlaygroundSettings; threads?: number },
  ): Promise<void> {
    this.#threads = threads;
    const run = await Simulation.begin(settings, await engineFor(settings, threads));
    for (const old of this.#runs) old.dispose();
    this.#runs = [run];
    this.#playing = false;
  }

  async #change(
    { settings, run }: { settings: PlaygroundSettings; run?: Which },
  ): Promise<Changed> {
    return await this.#run(run).change(settings, await engineFor(settings, this.#threads));
  }

  #run(which: Which = 0): Simulation {
    const run = this.#runs[which];
    if (!run) {
      throw new RangeError(
        which === 0
          ? "Cannot do this: the playground must be started first"
          : "Cannot do this: there must be a second run. Fork first",
      );
    }
    return run;
  }

  /** A move of every run, and its losses to the page. */
  #each(move: (run: Simulation) => StepNumbers): undefined {
    this.#run();
    this.#runs.forEach((run, which) => {
      this.post({ type: "steps", run: which as Which, steps: [move(run)] }, []);
    });
  }

  /** So many steps, or fewer if another request ends them; who looks meanwhile is answered. */
  async #steps(count: number, yields = false): Promise<undefined> {
    const ends = (request: PlaygroundRequest) =>
      request.type === "pause" || request.type === "start" || yields && moves(request);
    this.#stepping = true;
    this.#startClock();
    try {
      for (let left = count; left > 0 && !this.#waiting.some(ends);) {
        const until = performance.now() + TURN_MS;
        do {
          this.#each((run) => run.step());
          this.#began.steps++;
        } while (--left > 0 && performance.now() < until);
        if (left === 0) break;
        if (performance.now() - this.#told > STATE_MS) this.#tell();
        await host.nextTurn();
        const looking = this.#waiting.findIndex((request) => !moves(request));
        if (looking >= 0) await this.#answer(this.#waiting.splice(looking, 1)[0]);
      }
    } finally {
      this.#stepping = false;
    }
  }

  #startClock(): void {
    this.#began = { at: performance.now(), steps: 0 };
  }

  /** Steps for as long as a turn lasts, but no more than the speed asks for; whether any was. */
  #turn(): boolean {
    const until = performance.now() + TURN_MS;
    const steps: StepNumbers[][] = this.#runs.map(() => []);
    while (performance.now() < until && this.#pace.mayStep()) {
      const which = this.#runs.findIndex((run, i) => !this.#tryStep(run, steps[i]));
      if (which >= 0) break;
      this.#began.steps++;
    }
    steps.forEach((each, run) => {
      if (each.length > 0) this.post({ type: "steps", run: run as Which, steps: each }, []);
    });
    if (performance.now() - this.#told > STATE_MS) this.#tell();
    return steps[0].length > 0;
  }

  #tryStep(run: Simulation, steps: StepNumbers[]): boolean {
    try {
      steps.push(run.step());
      return true;
    } catch (error) {
      this.#playing = false;
      const which = this.#runs.indexOf(run) as Which;
      this.post({ type: "stopped", run: which, message: (error as Error).message }, []);
      return false;
    }
  }

  #tell(): void {
    const seconds = (performance.now() - this.#began.at) / 1000;
    if ((this.#playing || this.#stepping) && seconds > 0.2) {
      this.#rate = this.#began.steps / seconds;
    }
    if (seconds > 1) this.#startClock();
    this.#told = performance.now();
    const state = {
      playing: this.#playing || this.#stepping,
      stepsPerSecond: this.#playing || this.#stepping ? this.#rate : 0,
      runs: this.#runs.map((run) => run.state),
    };
    this.post({ type: "state", state }, []);
  }
}
