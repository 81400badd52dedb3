/**
 * What a page and the worker of a playground say to each other. Plain data; arrays of numbers are
 * typed arrays and are transferred, not copied.
 *
 * The worker trains by itself and draws nothing. A page asks for a look when it is ready to draw
 * one, at most once a frame, so that drawing never holds the training up.
 *
 * Notation: a is D's logit, D = sigmoid(a); z is what G takes in; p_g is the distribution of G(z).
 * Shapes: rows of points are end to end, [count, dimensions], dimensions 1 or 2.
 *
 * @module
 */
import { type StepReport } from "@/gan/custody.ts";
import { type LayerName, type PlaygroundSettings } from "./settings.ts";

/** Which of the two runs side by side: 0 the first, 1 the fork. */
export type Which = 0 | 1;

/** What the page asks for. Every request is answered once, by an answer with its `id`. */
export type PlaygroundRequest = { id: number } & Asked;

/** A request without its number. */
export type Asked =
  /**
   * Begins anew with these settings, on at most `threads` threads; a fork is given up. The first
   * request of a page.
   */
  | { type: "start"; settings: PlaygroundSettings; threads?: number }
  | { type: "play" }
  | { type: "pause" }
  /** Steps a second that are aimed at; undefined is as many as the computer makes. */
  | { type: "speed"; stepsPerSecond?: number }
  /**
   * Whole steps: k updates of D and one of G each. Looks and readings are answered meanwhile. A
   * pause or a start ends them early; with `yields` any other request does, which else waits.
   */
  | { type: "step"; count: number; yields?: boolean }
  /** Updates of D alone, one if `count` is left out, or one of G alone. */
  | { type: "stepD"; count?: number }
  | { type: "stepG" }
  /**
   * The next stage of a step in slow motion; begins one if none is under way. The answer has the
   * stage, or none after the last one, when the step itself has been taken.
   */
  | { type: "slow" }
  /** Takes the step that slow motion is showing, and ends it. */
  | { type: "endSlow" }
  /** Goes back by so many moves, as far as moves are kept; later ones are forgotten. */
  | { type: "back"; moves: number }
  /** Other settings from now on, in the first run or the fork. */
  | { type: "change"; settings: PlaygroundSettings; run?: Which }
  /** A second run from here with other settings and the same random numbers. */
  | { type: "fork"; settings: PlaygroundSettings }
  /** Goes on with one of the two runs alone. */
  | { type: "keep"; run: Which }
  | { type: "look"; request: LookRequest }
  | { type: "readings"; run?: Which };

/** What the worker says. */
export type PlaygroundAnswer =
  /** A request was carried out. */
  | { type: "done"; id: number; value?: Look | RunReadings | SlowStage | Changed }
  /** It could not be: the sentence says why and what to do. */
  | { type: "refused"; id: number; message: string }
  /** The runs have moved, or play was begun or ended. Comes about ten times a second in play. */
  | { type: "state"; state: PlayState }
  /** Losses of the steps since the last such message, in the order of the steps. */
  | { type: "steps"; run: Which; steps: StepNumbers[] }
  /** A training could not go on, for example since a number is not finite; play has ended. */
  | { type: "stopped"; run: Which; message: string };

/** What came of other settings. */
export interface Changed {
  /** Whether the run began anew at step 0. */
  restarted: boolean;
  /** Why it did: a clause for the user; undefined where the run goes on. */
  because?: string;
}

/** The report of a step on its minibatch, before the players moved. */
export interface StepNumbers extends Partial<StepReport> {
  /** Moves so far, those of one player alone included: the place on a time axis. */
  move: number;
  /** Updates of G so far. */
  step: number;
}

/** Where a playground stands. */
export interface PlayState {
  /** Whether steps are being taken: in play, or of a request for many. */
  playing: boolean;
  /** Steps of each run in the last second. */
  stepsPerSecond: number;
  /** The first run and, where there is one, the fork. */
  runs: RunState[];
}

/** Where a run stands. */
export interface RunState {
  settings: PlaygroundSettings;
  /** Moves so far: whole steps and updates of one player alone. */
  move: number;
  /** Updates of G so far, and of D. */
  step: number;
  discriminatorUpdates: number;
  /** Moves that `back` can go. */
  canGoBack: number;
  /** How steps are taken: a clause for the user, such as "engine on 2 threads". */
  takenBy: string;
  /** The stage of slow motion that is shown, where one is under way. */
  slow?: SlowStage["name"];
}

/** What a page wants to draw. */
export interface LookRequest {
  /** Default 0. */
  run?: Which;
  /** What is drawn; only these are computed. */
  layers: readonly LayerName[];
  /** Cells along each side of the fields. Default 48. */
  side?: number;
  /** Real points, and as many generated ones. Default 500. */
  points?: number;
  /** Points of the sample space where ∇ₓa is wanted, one after another. */
  chosen?: ArrayLike<number>;
  /** Knots along each side of the grid of z; on the line, of the map. Default 25. */
  knots?: number;
  /** The picture at t in [0, 1] between the z of two of the 36 pictures; MNIST only. */
  between?: { from: number; to: number; t: number };
  /** Whether digits are counted, which takes as long as several looks; default true. */
  shares?: boolean;
}

/** Numbers at the middles of the cells of the sample space, with where they come from. */
export interface LookField {
  /** [side] on the line; [side × side] in the plane, row by row from the lowest y. */
  values: Float32Array;
  /** A clause for the reader: exact, or an estimate and of what. */
  how: string;
}

/** A moment of a run, as it is drawn. Parts that were not asked for are undefined. */
export interface Look {
  run: Which;
  move: number;
  step: number;
  /** Numbers in a row: on the line 1, in the plane 2, in a picture 784. */
  dimensions: number;
  /** Ends of each axis of the sample space. */
  range: readonly [low: number, high: number];
  /** Cells along each side of every field. */
  side: number;
  /** Real rows, the same ones in every look. */
  real: Float32Array;
  /** Generated rows; row i is made of the same z in every look. */
  fake: Float32Array;
  /** The z that they are made of, [count, numbers of z]. */
  z: Float32Array;
  /** D over the cells, what D* would say there, and D − D*. */
  d?: LookField;
  best?: LookField;
  difference?: LookField;
  /** Why there is no D*: a clause, where it was asked for and is not known. */
  noBest?: string;
  /** Densities per unit of area (or length) over the cells. */
  pData?: LookField;
  pG?: LookField;
  /** The grid of z in the sample space. */
  grid?: LookGrid;
  /** What G's loss asks of generated points: minus its gradient in x, in nats per unit. */
  pulls?: Arrows;
  /** ∇ₓa at the chosen points. */
  slopes?: Arrows & { d: Float32Array };
  /** Where chosen z have gone, in the last moments that were seen. */
  traces?: Traces;
  /** On the line: G at z in the middles of parts of equal mass, from left to right. */
  map?: { z: Float32Array; x: Float32Array };
  /** In pictures. */
  digits?: Digits;
}

/** How G lays the latent square over the plane. */
export interface LookGrid {
  /** Knots along each side. */
  side: number;
  /** x of each knot, row by row, [side², 2]. */
  x: Float32Array;
  /** Mass of z in each cell over the area of its image, [(side − 1)²]. */
  density: Float32Array;
  /** 1 where a cell is stretched far more than the typical one: G is torn there. */
  torn: Uint8Array;
}

/** Arrows in the sample space. */
export interface Arrows {
  /** Where each begins, [count, dimensions]. */
  at: Float32Array;
  /** Where it points and how long it is, [count, dimensions]. */
  by: Float32Array;
}

/** Paths of G(z) for a few z. */
export interface Traces {
  /** How many z. */
  count: number;
  /** The moves at which they were seen, oldest first. */
  moves: number[];
  /** [moves, count, dimensions]. */
  x: Float32Array;
}

/** What G makes of pictures. */
export interface Digits {
  /** 36 pictures of the same z in every look, [36, 784], 0 black to 1 white. */
  pictures: Float32Array;
  /** What D says of each, [36]. */
  d: Float32Array;
  /** The share of each digit in 500 samples, by the classifier, [10]; empty if not asked for. */
  shares: number[];
  /** The picture between two z, [784], where it was asked for. */
  between?: Float32Array;
}

/** A number that a chart shows, with what it should read. */
export interface ReadingValue {
  /** Undefined where it is not known for these settings; `because` says why. */
  value?: number;
  /** Standard error of the estimate; 0 where it is exact. */
  error?: number;
  /** What it reads when G has learned the data and D is the best answer. */
  ideal?: number;
  /** The ideal as it is written, such as −log 4. */
  idealText?: string;
  /** What is counted, or what the estimate is made of: a clause. */
  how?: string;
  /** What the value means and why the ideal is what it is: a sentence or two. */
  meaning: string;
  because?: string;
  /** The notebook cell that computes the same thing. */
  link: { notebook: string; anchor: string; text: string };
}

/** Every number of the charts. */
export type ReadingName =
  | "dLoss"
  | "gLoss"
  | "value"
  | "cost"
  | "jsd"
  | "kl"
  | "coverage"
  | "precision"
  | "dGradient"
  | "gGradient"
  | "steepness";

/** The numbers of a moment. */
export interface RunReadings {
  run: Which;
  move: number;
  step: number;
  values: Record<ReadingName, ReadingValue>;
}

/** The stages of one player's update. */
export type StageName = "sample" | "generate" | "judge" | "loss" | "gradients" | "update";

/** Rows of a minibatch that are shown: the first few. */
export interface ShownRows {
  /** [shown][numbers of a row]. */
  rows: number[][];
  /** Rows in the whole minibatch. */
  of: number;
}

/** A stage of Algorithm 1, with the numbers of its minibatch. Each stage has those before it too. */
export interface SlowStage {
  /** Whose update this is. */
  player: "D" | "G";
  /** Which of the k updates of D, counted from 1; for G 1 of 1. */
  update: { index: number; of: number };
  name: StageName;
  /** What happens, in a sentence. */
  text: string;
  /** z, the real rows (for D alone), and G(z). */
  z: ShownRows;
  real?: ShownRows;
  fake?: ShownRows;
  /** a at the rows that are shown; D is its sigmoid. */
  realLogits?: number[];
  fakeLogits?: number[];
  /** The terms of the loss, each the mean over its rows. */
  terms?: LossTerm[];
  loss?: number;
  /** Norms of the gradient, layer by layer and of all weights together. */
  gradients?: { layers: number[]; all: number };
  /** How far the weights move: the norm of the change, layer by layer and together. */
  moved?: { layers: number[]; all: number; learningRate: number };
}

/** A term of a loss. */
export interface LossTerm {
  /** As it is written, such as softplus(−a). */
  formula: string;
  /** Which rows it is taken over. */
  over: "real" | "fake" | "between";
  /** It enters the loss with this factor. */
  factor: number;
  /** At the rows that are shown; none for a penalty. */
  perRow: number[];
  /** Over the whole minibatch. */
  mean: number;
}
