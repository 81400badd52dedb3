/**
 * The book without a network, and its pages isolated from others, so that threads may share memory:
 * both by the service worker (`service_worker.ts`). It is there from the second time on that a page
 * loads, so a page that needs it loads itself again, once, and only if the reader has not begun.
 *
 * @module
 */
import { notify } from "./notices.ts";
import { bookRoot } from "./page_figures.ts";

/** Set while a page loads itself again, so that it does so once. */
const RELOADED = "gan-workbook loaded again";

/** Whether this page is about to load itself again. */
let leaving = false;

/** Keeps the book, and isolates its pages. */
export async function keepBook(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const container = navigator.serviceWorker;
  const touched = firstTouch();
  container.addEventListener("message", ({ data }) => {
    if (data?.type === "kept") notify("Your browser has kept the book: it works offline now.");
  });
  try {
    const scope = bookRoot().href;
    const registration = await container.register(new URL("sw.js", scope), { scope });
    offerNewer(registration, container);
    sayIfOlder(container);
    const { active } = await container.ready;
    active?.postMessage("keep");
    isolate(touched);
  } catch {
    // A private window, or no file there: the book is read from its host.
  }
}

/** What is said of threads where a page is not isolated; empty where it is. */
export function saidOfThreads(): string {
  return crossOriginIsolated
    ? ""
    : "This page may not share memory between threads, so cells compute on one thread.";
}

function isolate(touched: () => boolean): void {
  if (crossOriginIsolated) return sessionStorage.removeItem(RELOADED);
  if (sessionStorage.getItem(RELOADED)) return;
  const again = () => {
    sessionStorage.setItem(RELOADED, "yes");
    location.reload();
  };
  if (!touched()) return again();
  notify("Cells compute faster, on several threads, once this page has been loaded again.", {
    text: "Load it again",
    do: again,
  });
}

/** Whether the reader has done something on the page since. */
function firstTouch(): () => boolean {
  let touched = false;
  for (const event of ["pointerdown", "keydown", "wheel", "touchstart", "input"]) {
    addEventListener(event, () => touched = true, { once: true, capture: true, passive: true });
  }
  return () => touched;
}

/** Says when another edition of the book is ready; nothing changes before the reader wants it. */
function offerNewer(
  registration: ServiceWorkerRegistration,
  container: ServiceWorkerContainer,
): void {
  const offer = (waiting: ServiceWorker) =>
    notify("A newer edition of the book is ready.", {
      text: "Load it",
      do() {
        leaving = true;
        container.addEventListener("controllerchange", () => location.reload(), { once: true });
        waiting.postMessage("take over");
      },
    });
  if (registration.waiting && registration.active) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => {
      if (fresh.state === "installed" && registration.active) offer(fresh);
    });
  });
}

/** Says when a newer edition was loaded in another tab: this page's scripts may be gone with the old. */
function sayIfOlder(container: ServiceWorkerContainer): void {
  let before = container.controller;
  container.addEventListener("controllerchange", () => {
    const isFirst = before === null;
    before = container.controller;
    if (isFirst || leaving) return;
    notify("A newer edition of the book was loaded in another tab. This page is of the old one.", {
      text: "Load it again",
      do: () => location.reload(),
    });
  });
}
