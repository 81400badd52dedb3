/**
 * A lesson at work: the text of the page becomes a form to predict in and buttons to go on with.
 *
 * @module
 */
import { make, makeButton, setText } from "../page/dom.ts";
import { asksOf, type Lesson, type LessonAction } from "./lesson.ts";
import { type PlaygroundModel } from "./model.ts";

/** Steps after which the stage is drawn. */
const AT_A_TIME = 10;

/** Does what a step of a lesson says, and lets the stage be drawn in between. */
async function perform(model: PlaygroundModel, action: LessonAction): Promise<void> {
  if (model.state.peek().playing) await model.act({ type: "pause" });
  for (const asked of asksOf(action, model.state.peek().runs[0].settings)) {
    if (asked.type !== "step") {
      await model.act(asked);
      continue;
    }
    for (let left = asked.count; left > 0; left -= AT_A_TIME) {
      await model.act({ type: "step", count: Math.min(left, AT_A_TIME) });
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }
}

/** Brings the text of a lesson to life. */
function wakeLesson(article: HTMLElement, lesson: Lesson, model: PlaygroundModel): void {
  const steps = [...article.querySelectorAll<HTMLElement>(".steps > li")];
  const answer = article.querySelector<HTMLDetailsElement>("details.answer")!;
  const verdict = make("p", { class: "verdict", tabindex: "-1" });
  answer.querySelector("summary")!.after(verdict);
  for (const element of [...steps, answer]) element.hidden = true;
  const form = predictionForm(article, lesson, async (chosen) => {
    // As the page has typeset them.
    const words = (choice: number) =>
      [...form.querySelectorAll("label > span")[choice].childNodes].map((node) =>
        node.cloneNode(true)
      );
    verdict.replaceChildren("You predicted: ", ...words(chosen), ". ");
    if (chosen === lesson.right) verdict.append("So it is.");
    else verdict.append("It is: ", ...words(lesson.right), ".");
    for (const element of [...steps, answer]) element.hidden = true;
    await model.start(structuredClone(lesson.settings));
    begin(0);
  });
  const begin = (index: number) => {
    const step = steps[index];
    if (!step) return end();
    step.hidden = false;
    step.classList.remove("done");
    const button = step.querySelector("button") ??
      step.insertBefore(makeButton("", () => {}), step.firstChild);
    button.removeAttribute("aria-disabled");
    setText(button, lesson.steps[index].action.label);
    button.onclick = async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      await perform(model, lesson.steps[index].action);
      step.classList.add("done");
      begin(index + 1);
    };
    button.focus({ preventScroll: index === 0 });
  };
  const end = () => {
    answer.hidden = false;
    answer.open = true;
    verdict.focus();
  };
  article.querySelector(".choices")!.replaceWith(form);
}

/** The question as a form: nothing is seen before something is predicted. */
function predictionForm(
  article: HTMLElement,
  { id, choices }: Lesson,
  predicted: (chosen: number) => void,
): HTMLElement {
  const items = [...article.querySelectorAll(".choices > li")];
  const fault = make("p", { class: "fault", role: "alert" });
  const radios = choices.map((_, i) =>
    make("input", { type: "radio", name: `predict-${id}`, value: String(i) })
  );
  return make(
    "form",
    {
      class: "prediction",
      submit: (event: Event) => {
        event.preventDefault();
        const chosen = radios.findIndex(({ checked }) => checked);
        fault.textContent = chosen < 0 ? "Choose one first: a guess is enough." : "";
        if (chosen >= 0) predicted(chosen);
      },
    },
    make(
      "fieldset",
      {},
      make("legend", {}, "Your prediction"),
      ...items.map((item, i) => make("label", {}, radios[i], make("span", {}, ...item.childNodes))),
    ),
    make("button", { type: "submit" }, "Predict, and begin"),
    fault,
  );
}

/** The list of lessons, of which one is open at a time. */
export function wakeLessons(
  section: HTMLElement,
  lessons: readonly Lesson[],
  model: PlaygroundModel,
): void {
  const articles = lessons.map(({ id }) =>
    section.querySelector<HTMLElement>(`[data-lesson="${id}"]`)!
  );
  for (const [i, article] of articles.entries()) wakeLesson(article, lessons[i], model);
  const buttons = lessons.map(({ title }, i) =>
    makeButton(`${i + 1} · ${title}`, () => open(articles[i].hidden ? i : undefined))
  );
  const open = (chosen: number | undefined) => {
    section.closest("main")!.classList.toggle("in-lesson", chosen !== undefined);
    for (const [i, article] of articles.entries()) {
      article.hidden = i !== chosen;
      buttons[i].setAttribute("aria-expanded", String(i === chosen));
    }
    if (chosen !== undefined) {
      articles[chosen].querySelector("h3")!.focus({ preventScroll: false });
    }
  };
  for (const [i, article] of articles.entries()) {
    article.querySelector("h3")!.tabIndex = -1;
    buttons[i].setAttribute("aria-controls", article.id);
  }
  const nav = make("div", { class: "lesson-list" }, ...buttons);
  articles[0].before(nav);
  open(undefined);
}
