/**
 * A lesson at work: the text of the page becomes a form to predict in and buttons to go on with.
 *
 * @module
 */
import { make, makeButton, setText } from "../page/dom.ts";
import { type Lesson } from "./lesson.ts";
import { LessonTraining } from "./lesson_training.ts";
import { type PlaygroundModel } from "./model.ts";
import { followCharts, nameCharts } from "./named_charts.ts";

/** Brings the text of a lesson to life. @returns Shows it from its beginning, with its own run. */
function wakeLesson(
  article: HTMLElement,
  lesson: Lesson,
  model: PlaygroundModel,
): () => Promise<void> {
  const training = new LessonTraining(model, lesson);
  const steps = [...article.querySelectorAll<HTMLElement>(".steps > li")];
  const answer = article.querySelector<HTMLDetailsElement>("details.answer")!;
  const verdict = make("p", { class: "verdict", tabindex: "-1" });
  answer.querySelector("summary")!.after(verdict);
  const begun = async () => {
    for (const element of [...steps, answer]) element.hidden = true;
    nameCharts(undefined);
    await training.begin();
  };
  const form = predictionForm(article, lesson, async (chosen) => {
    const words = (choice: number) => wordsOf(form, choice);
    verdict.replaceChildren("You predicted: ", ...words(chosen), ". ");
    if (chosen === lesson.right) verdict.append("So it is.");
    else verdict.append("It is: ", ...words(lesson.right), ".");
    await begun();
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
      button.after(training.element);
      const left = await training.perform(index);
      if (step.hidden) return;
      if (left > 0) {
        setText(button, `Go on: ${left.toLocaleString("en")} steps are left`);
        button.removeAttribute("aria-disabled");
        return button.focus();
      }
      setText(button, lesson.steps[index].action.label);
      step.classList.add("done");
      nameCharts(step);
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
  for (const element of [...steps, answer]) element.hidden = true;
  return begun;
}

/** The words of a choice, as the page has typeset them. */
function wordsOf(form: HTMLElement, choice: number): Node[] {
  const { childNodes } = form.querySelectorAll("label > span")[choice];
  return [...childNodes].map((node) => node.cloneNode(true));
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
  const begin = articles.map((article, i) => wakeLesson(article, lessons[i], model));
  followCharts(section);
  const buttons = lessons.map(({ title }, i) =>
    makeButton(`${i + 1} · ${title}`, () => open(articles[i].hidden ? i : undefined))
  );
  const open = (chosen: number | undefined) => {
    section.closest("main")!.classList.toggle("in-lesson", chosen !== undefined);
    for (const [i, article] of articles.entries()) {
      article.hidden = i !== chosen;
      buttons[i].setAttribute("aria-expanded", String(i === chosen));
    }
    if (chosen === undefined) return nameCharts(undefined);
    articles[chosen].querySelector("h3")!.focus({ preventScroll: false });
    // Its own stage, before anything is predicted.
    void begin[chosen]();
  };
  for (const [i, article] of articles.entries()) {
    article.querySelector("h3")!.tabIndex = -1;
    buttons[i].setAttribute("aria-controls", article.id);
  }
  const nav = make("div", { class: "lesson-list" }, ...buttons);
  articles[0].before(nav);
  open(undefined);
}
