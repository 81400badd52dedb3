/**
 * Time: play and pause, steps of both players or of one, slow motion, the way back, and the fork.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import { make, makeButton, setText } from "../page/dom.ts";
import { type PlaygroundModel } from "./model.ts";
import { whereRunIs } from "./run_words.ts";

/** Steps a second, by what is written. */
const SPEEDS = {
  "": "as fast as it goes",
  "100": "100 steps a second",
  "20": "20",
  "5": "5",
  "1": "1",
};

/** Steps that are taken at once, to begin with a GAN that has learned. */
const AHEAD = 1000;

const BACK = [1, 10, 50, 200];

export function timeBar(model: PlaygroundModel): HTMLElement {
  const play = makeButton("Play", () => {
    model.act({ type: model.state.peek().playing ? "pause" : "play" });
  }, { class: "play", id: "play" });
  const speed = make("select", {
    id: "speed",
    change: () => {
      const stepsPerSecond = speed.value === "" ? undefined : Number(speed.value);
      model.act({ type: "speed", stepsPerSecond });
    },
  }, ...Object.entries(SPEEDS).map(([value, text]) => make("option", { value }, text)));
  speed.value = "";
  const status = make("p", { class: "status", id: "status" });
  effect(() => {
    const { playing } = model.state.value;
    setText(play, playing ? "Pause" : "Play");
    play.classList.toggle("playing", playing);
    setText(status, statusOf(model));
  });
  return make(
    "div",
    { class: "time", role: "group", "aria-label": "Time" },
    make("div", { class: "buttons" }, play, ...stepButtons(model)),
    make(
      "div",
      { class: "buttons" },
      ...backButtons(model),
      ...forkButtons(model),
      make("label", { class: "speed" }, "Speed ", speed),
    ),
    status,
  );
}

function stepButtons(model: PlaygroundModel): HTMLElement[] {
  const slow = makeButton("Slow motion", () => model.act({ type: "slow" }), { id: "slow" });
  effect(() => setText(slow, model.slow.value ? "Next stage" : "Slow motion"));
  return [
    makeButton("Step", () => model.act({ type: "step", count: 1 }), { id: "step" }),
    makeButton(`Ahead ${AHEAD.toLocaleString("en")}`, () => {
      return model.act({ type: "step", count: AHEAD, yields: true });
    }, {
      id: "ahead",
      title: `${AHEAD.toLocaleString("en")} steps as fast as they go; any other button ends it`,
    }),
    makeButton("Step D", () => model.act({ type: "stepD" }), { id: "step-d" }),
    makeButton("Step G", () => model.act({ type: "stepG" }), { id: "step-g" }),
    slow,
  ];
}

function backButtons(model: PlaygroundModel): HTMLElement[] {
  const by = make("select", { id: "back-by", "aria-label": "Steps to go back" });
  by.append(...BACK.map((count) => make("option", { value: String(count) }, String(count))));
  const back = makeButton("Back", async () => {
    const { runs, playing } = model.state.peek();
    if (playing) await model.act({ type: "pause" });
    const moves = Math.min(Number(by.value), ...runs.map(({ canGoBack }) => canGoBack));
    if (moves === 0) model.said.value = "No earlier step is kept.";
    else await model.act({ type: "back", moves });
  }, { id: "back" });
  effect(() => {
    const can = Math.min(...model.state.value.runs.map(({ canGoBack }) => canGoBack));
    back.setAttribute("aria-disabled", String(can === 0));
    back.title = can === 0 ? "No earlier step is kept" : `Up to ${can}`;
  });
  const again = makeButton("Restart", () => model.start(model.state.peek().runs[0].settings), {
    id: "restart",
  });
  return [make("span", { class: "joined" }, back, by), again];
}

function forkButtons(model: PlaygroundModel): HTMLElement[] {
  const fork = makeButton("Fork", () => model.fork(), { id: "fork" });
  const keepA = makeButton("Keep A", () => model.keep(0), { id: "keep-a" });
  const keepB = makeButton("Keep B", () => model.keep(1), { id: "keep-b" });
  effect(() => {
    const forked = model.forked.value;
    fork.hidden = forked;
    keepA.hidden = keepB.hidden = !forked;
  });
  return [fork, keepA, keepB];
}

function statusOf(model: PlaygroundModel): string {
  const { playing, stepsPerSecond, runs } = model.state.value;
  const counted = runs.map((run, which) => {
    const updates = `${run.discriminatorUpdates.toLocaleString("en")} ${
      run.discriminatorUpdates === 1 ? "update" : "updates"
    } of D`;
    const ofG = run.settings.generatorSteps === undefined
      ? `, ${run.step.toLocaleString("en")} of G`
      : "";
    return `${whereRunIs(run, which, runs.length)}: ${updates}${ofG}`;
  });
  const speed = playing && stepsPerSecond > 0 ? `, ${Math.round(stepsPerSecond)} a second` : "";
  return `${counted.join("; ")}${speed}.`;
}
