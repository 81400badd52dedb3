/**
 * What a lesson is: settings, a prediction, and steps, each with what to look at. Plain data.
 *
 * @module
 */
import { type GanOptions } from "@/gan/options.ts";
import { type Asked } from "@/playground/playground_messages.ts";
import { type LayerName, type PlaygroundSettings } from "@/playground/settings.ts";

/** What a press of a step's button does, in this order. */
export interface LessonAction {
  /** The words of the button. */
  label: string;
  /** Layers that are shown from now on. */
  layers?: LayerName[];
  /** Options that change in the run that is there. */
  change?: Partial<GanOptions>;
  /** Options that a second run has, B, which begins here. */
  fork?: Partial<GanOptions>;
  /** Updates of D alone. */
  updatesOfD?: number;
  /** Whether the charts begin anew here, at the move before the steps. */
  chartsFromHere?: boolean;
  /** Whole steps. */
  steps?: number;
}

export interface LessonStep {
  /**
   * What to look at, in Markdown with mathematics. A link to `#chart-` and the name of a reading
   * shows that chart.
   */
  text: string;
  /** What is done before; the text is read after it. */
  action: LessonAction;
}

export interface Lesson {
  id: string;
  title: string;
  settings: PlaygroundSettings;
  /** What is asked before anything is seen, in Markdown. */
  question: string;
  choices: string[];
  /** The index of the right one. */
  right: number;
  steps: LessonStep[];
  /** What was shown and why, in Markdown. */
  answer: string;
  /** The cell of a notebook that goes on from here. */
  link: { notebook: string; anchor: string; text: string };
}

/** What a step of a lesson asks of the worker, in order, where a run has these settings. */
export function asksOf(action: LessonAction, settings: PlaygroundSettings): Asked[] {
  const { layers = settings.layers, change, fork, updatesOfD = 0, steps } = action;
  const now = { ...settings, layers, options: { ...settings.options, ...change } };
  const asks: Asked[] = [];
  if (change || action.layers) asks.push({ type: "change", settings: now });
  if (fork) asks.push({ type: "fork", settings: { ...now, options: { ...now.options, ...fork } } });
  if (updatesOfD > 0) asks.push({ type: "stepD", count: updatesOfD });
  if (steps) asks.push({ type: "step", count: steps });
  return asks;
}
