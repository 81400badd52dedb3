/**
 * Brings the playground's page to life: `run/playground.js`.
 *
 * @module
 */
import "@/host/missing.ts";
import { effect } from "@preact/signals-core";
import { fromAddress } from "@/playground/address.ts";
import { type PlaygroundSettings, sizeNote } from "@/playground/settings.ts";
import { make, makeButton, setText } from "../page/dom.ts";
import { keepBook } from "../page/offline.ts";
import { BookSearch } from "../page/book_search.ts";
import { themeChoice } from "../page/theme.ts";
import { wakeAlgorithm } from "./algorithm_panel.ts";
import { chartsPanel } from "./charts_panel.ts";
import { dataPanel, presetOf } from "./data_panel.ts";
import { DrawnPoints } from "./drawn_points.ts";
import { layersPanel } from "./layers_panel.ts";
import { wakeLessons } from "./lesson_player.ts";
import { LESSONS } from "./lessons.ts";
import { LookLoop } from "./look_loop.ts";
import { PlaygroundModel } from "./model.ts";
import { settingsForm } from "./settings_form.ts";
import { smallSettings } from "./shapes.ts";
import { followSettings, sharePanel } from "./share_panel.ts";
import { PlaygroundStage } from "./stage.ts";
import { timeBar } from "./time_bar.ts";

const place = (id: string) => document.getElementById(id)!;

async function wake(): Promise<void> {
  const embedded = new URLSearchParams(location.search).has("embed");
  document.documentElement.classList.toggle("embedded", embedded);
  const [settings, fault] = settingsOfAddress();
  const model = new PlaygroundModel(new URL("playground_worker.js", import.meta.url), settings);
  const drawn = new DrawnPoints(model);
  const stages = [new PlaygroundStage(model, drawn, 0), new PlaygroundStage(model, drawn, 1)];
  place("stages").replaceChildren(...stages.map(({ element }) => element));
  place("stage-tools").replaceChildren(timeBar(model), saidLine(model), layersPanel(model));
  place("settings").append(
    targetChoice(model),
    dataPanel(model, drawn),
    noteOfSize(model),
    ...settingsForm(model),
    sharePanel(model),
  );
  place("numbers").append(make("div", { class: "charts" }, ...chartsPanel(model)));
  wakeAlgorithm(place("algorithm"), model);
  wakeLessons(place("lessons"), LESSONS, model);
  place("jumps").append(...jumps());
  document.documentElement.classList.add("awake");
  redrawWithTheme(stages, model);
  const started = await model.start(settings);
  const refused = started ? fault : model.said.peek();
  if (!started) await model.start(smallSettings("eightGaussians"));
  if (refused) model.said.value = refused;
  new LookLoop(model);
  // For whoever looks in from a console, and for the tests.
  Object.assign(place("notebook"), { playground: model });
  const showAddress = followSettings(model);
  addEventListener("hashchange", async () => {
    const [next, problem] = settingsOfAddress();
    if (problem) model.said.value = problem;
    else await model.start(next);
    // What was refused has no address.
    showAddress();
  });
}

/** The settings of the address; where it has none that can be read, those to begin with. */
function settingsOfAddress(): [PlaygroundSettings, fault?: string] {
  if (location.hash.length < 2) return [smallSettings("eightGaussians")];
  try {
    return [fromAddress(location.hash)];
  } catch (error) {
    return [smallSettings("eightGaussians"), (error as Error).message];
  }
}

/** Links to the parts of the page. Its address stays: it holds the settings. */
function jumps(): HTMLElement[] {
  const parts = { stage: "Stage", lessons: "Lessons", settings: "Settings", numbers: "Numbers" };
  return Object.entries(parts).map(([id, text]) =>
    make("a", {
      href: `#${id}`,
      click: (event: Event) => {
        event.preventDefault();
        place(id).tabIndex = -1;
        place(id).focus();
        place(id).scrollIntoView();
      },
    }, text)
  );
}

function saidLine(model: PlaygroundModel): HTMLElement {
  const said = make("p", { class: "said", role: "status", id: "said" });
  const close = makeButton("Close", () => {
    model.said.value = "";
  }, { class: "close" });
  const place = make("div", { class: "said-place" }, make("div", { class: "bar" }, said, close));
  effect(() => {
    setText(said, model.said.value);
    place.classList.toggle("empty", model.said.value === "");
  });
  // Who is far down the page sees it at the lower edge of the window.
  new IntersectionObserver(([{ isIntersecting }]) => {
    place.classList.toggle("away", !isIntersecting);
  }).observe(place);
  return place;
}

/** Which of two runs the settings are of. */
function targetChoice(model: PlaygroundModel): HTMLElement {
  const target = make(
    "select",
    {
      id: "target",
      change: () => {
        model.target.value = target.value === "1" ? 1 : 0;
      },
    },
    make("option", { value: "0" }, "A"),
    make("option", { value: "1" }, "B"),
  );
  const field = make(
    "div",
    { class: "field target" },
    make("label", { for: "target" }, "Settings of run"),
    target,
  );
  effect(() => {
    field.hidden = !model.forked.value;
    target.value = String(model.target.value);
  });
  return field;
}

function noteOfSize(model: PlaygroundModel): HTMLElement {
  const note = make("p", { class: "known" });
  effect(() => {
    const settings = model.settings.value;
    const text = sizeNote(settings, presetOf(settings) !== "");
    setText(note, text ? `${text[0].toUpperCase()}${text.slice(1)}.` : "");
  });
  return note;
}

function redrawWithTheme(stages: PlaygroundStage[], model: PlaygroundModel): void {
  const redraw = () => {
    stages.forEach((stage) => stage.draw());
    model.themes.value++;
  };
  new MutationObserver(redraw).observe(document.documentElement, {
    attributeFilter: ["data-theme"],
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

document.querySelector("#tools")?.append(new BookSearch().element, themeChoice());
wake();
keepBook();
