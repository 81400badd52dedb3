/**
 * What a playground's page knows, as signals that its parts follow, and what can be done with it.
 *
 * @module
 */
import { computed, type Signal, signal } from "@preact/signals-core";
import {
  type Asked,
  type Changed,
  type Look,
  type PlaygroundAnswer,
  type PlayState,
  type RunReadings,
  type RunState,
  type SlowStage,
  type StepNumbers,
  type Which,
} from "@/playground/playground_messages.ts";
import { type LayerName, type PlaygroundSettings } from "@/playground/settings.ts";
import { type Value, WorkerClient } from "./worker_client.ts";

/** The values of the charts at a move. */
export interface ChartMoment {
  move: number;
  values: Record<string, number | undefined>;
}

/** Moments and steps that charts keep of a run. */
const KEPT = 4000;

/** Shares of an interpolation, and the two z that it is between. */
export interface Between {
  from: number;
  to: number;
  t: number;
}

export class PlaygroundModel {
  readonly #client: WorkerClient;
  readonly state: Signal<PlayState>;
  /** The latest picture of each run. */
  readonly looks: Signal<(Look | undefined)[]> = signal([]);
  readonly readings: Signal<(RunReadings | undefined)[]> = signal([]);
  readonly slow = signal<SlowStage | undefined>(undefined);
  /** Counts what may have changed the picture. */
  readonly changes = signal(0);
  /** Counts changes of the page's colours. */
  readonly themes = signal(0);
  /** Layers that are shown. */
  readonly layers: Signal<LayerName[]>;
  /** Changes are made one after another: each is of what the one before has made. */
  #changing: Promise<unknown> = Promise.resolve();
  /** Changes of layers that the worker has not answered: until then its settings are older. */
  #layersOnTheirWay = 0;
  /** What was last done or refused, for the reader. */
  readonly said = signal("");
  /** The run that the settings of the page are of. */
  readonly target = signal<Which>(0);
  /** A point of the sample space, where D's slope is shown. */
  readonly chosen = signal<number[] | undefined>(undefined);
  readonly between = signal<Between>({ from: 0, to: 1, t: 0.5 });
  /** Losses by step, and readings by moment, of each run. */
  readonly steps: StepNumbers[][] = [[], []];
  readonly moments: ChartMoment[][] = [[], []];
  /** The move from which on the charts are drawn. */
  readonly chartsFrom = signal(0);
  /** The settings that are shown and changed. */
  readonly settings = computed<PlaygroundSettings>(() =>
    (this.state.value.runs[this.target.value] ?? this.state.value.runs[0]).settings
  );
  readonly forked = computed(() => this.state.value.runs.length > 1);
  /** Where the runs are and what they train by, as a text. */
  readonly stand = computed(() =>
    JSON.stringify(
      this.state.value.runs.map(({ move, settings: { layers: _, ...settings } }) => [
        move,
        settings,
      ]),
    )
  );

  constructor(worker: URL, settings: PlaygroundSettings) {
    const run: RunState = {
      settings,
      move: 0,
      step: 0,
      discriminatorUpdates: 0,
      canGoBack: 0,
      takenBy: "",
    };
    this.layers = signal(settings.layers);
    this.state = signal({ playing: false, stepsPerSecond: 0, runs: [run] });
    this.#client = new WorkerClient(worker, (message) => this.#hear(message));
  }

  /** Begins anew at step 0. Where the settings are refused, all stays as it is, and it is said. */
  async start(settings: PlaygroundSettings): Promise<boolean> {
    const threads = globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
    if (!await this.act({ type: "start", settings, threads })) return false;
    this.#forget(0);
    this.#forget(1);
    this.target.value = 0;
    this.chartsFrom.value = 0;
    return true;
  }

  /** Does something; what is refused is said. */
  async act(asked: Asked): Promise<boolean> {
    try {
      const value = await this.#client.ask(asked);
      this.said.value = "";
      if (asked.type === "change" && value && "restarted" in value) {
        this.#sayChanged(value, asked.run ?? 0);
      }
      if (asked.type === "slow") this.slow.value = value as SlowStage | undefined;
      else if (!STILL.has(asked.type)) this.slow.value = undefined;
      if (asked.type === "back") this.#goBack();
      if (asked.type === "fork") this.#forked();
      this.changes.value++;
      return true;
    } catch (error) {
      this.said.value = (error as Error).message;
      return false;
    }
  }

  /** Changes the settings that are shown, after the changes that are still under way. */
  change(edit: (settings: PlaygroundSettings) => PlaygroundSettings): Promise<boolean> {
    const run = this.target.peek();
    const changed = this.#changing.then(() => this.#change(run, edit));
    this.#changing = changed.catch(() => {});
    return changed;
  }

  async #change(
    run: Which,
    edit: (settings: PlaygroundSettings) => PlaygroundSettings,
  ): Promise<boolean> {
    const { runs } = this.state.peek();
    const settings = edit(structuredClone((runs[run] ?? runs[0]).settings));
    return await this.act({ type: "change", settings, run });
  }

  /** Shows a layer, or not, in all runs: at once, and the settings follow. */
  async showLayer(name: LayerName, shown: boolean): Promise<void> {
    const others = this.layers.peek().filter((layer) => layer !== name);
    const layers = shown ? [...others, name] : others;
    this.layers.value = layers;
    this.#layersOnTheirWay++;
    for (const run of this.state.peek().runs.keys()) {
      const changed = this.#changing.then(() =>
        this.#change(run as Which, (settings) => ({ ...settings, layers }))
      );
      this.#changing = changed.catch(() => {});
      await changed;
    }
    this.#layersOnTheirWay--;
  }

  /** A second run from here, with the same settings until they are changed. */
  async fork(): Promise<void> {
    const { settings, step } = this.state.peek().runs[0];
    if (!await this.act({ type: "fork", settings: structuredClone(settings) })) return;
    this.said.value = `B goes on beside A from step ${step}. Change one thing in B's settings.`;
  }

  #forked(): void {
    this.steps[1] = [...this.steps[0]];
    this.moments[1] = [...this.moments[0]];
    this.target.value = 1;
  }

  async keep(run: Which): Promise<void> {
    if (!await this.act({ type: "keep", run })) return;
    if (run === 1) {
      [this.steps[0], this.moments[0]] = [this.steps[1], this.moments[1]];
    }
    this.#forget(1);
    this.target.value = 0;
    this.looks.value = this.looks.peek().slice(0, 1);
    this.changes.value++;
  }

  /** What is asked for without being done. */
  async get(asked: Asked): Promise<Value> {
    return await this.#client.ask(asked);
  }

  #hear(message: PlaygroundAnswer): void {
    if (message.type === "state") {
      // Where the first settings are refused there is no run to tell of.
      if (message.state.runs.length === 0) return;
      const before = this.state.peek().runs.map(({ move }) => move).join();
      this.state.value = message.state;
      const { layers } = message.state.runs[0].settings;
      if (this.#layersOnTheirWay === 0 && layers.join() !== this.layers.peek().join()) {
        this.layers.value = layers;
      }
      if (this.target.peek() >= message.state.runs.length) this.target.value = 0;
      if (before !== message.state.runs.map(({ move }) => move).join()) this.changes.value++;
    } else if (message.type === "steps") {
      const list = this.steps[message.run];
      list.push(...message.steps);
      if (list.length > KEPT) list.splice(0, list.length - KEPT);
    } else if (message.type === "stopped") {
      this.said.value = message.message;
    }
  }

  #sayChanged({ restarted, because }: Changed, run: Which): void {
    if (!restarted) return;
    this.#forget(run);
    this.said.value = `Begun anew at step 0${because ? `: ${because}` : ""}.`;
  }

  /** Charts forget what lies ahead. */
  #goBack(): void {
    for (const [run, { move }] of this.state.peek().runs.entries()) {
      this.steps[run] = this.steps[run].filter((step) => step.move <= move);
      this.moments[run] = this.moments[run].filter((moment) => moment.move <= move);
    }
  }

  #forget(run: number): void {
    this.steps[run] = [];
    this.moments[run] = [];
  }
}

/** What leaves slow motion where it is. */
const STILL = new Set(["speed", "pause", "look", "readings"]);
