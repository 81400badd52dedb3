/**
 * Finding one's place: the contents show the section that is being read, and the sign beside a
 * heading copies its address.
 *
 * @module
 */
import { notify } from "./notices.ts";

/** The part of the window, from its top, in which a heading counts as being read. */
const TOP = 0.3;

/** Marks in the contents the section that is being read. */
export function followReading(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("nav.contents a[href^='#']")];
  const sections = links.flatMap((link) => {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    return heading ? [{ link, heading }] : [];
  });
  const follow = () => {
    const edge = innerHeight * TOP;
    const { scrollHeight } = document.documentElement;
    const atEnd = scrollY > 0 && scrollY + innerHeight > scrollHeight - 2;
    const read = atEnd
      ? sections.at(-1)
      : sections.findLast(({ heading }) => heading.getBoundingClientRect().top < edge);
    for (const { link } of sections) {
      if (link === read?.link) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      follow();
    });
  }, { passive: true });
  follow();
}

/** Copies the address of a heading that is clicked. */
export function copyAnchors(): void {
  document.addEventListener("click", async ({ target }) => {
    const anchor = target instanceof Element ? target.closest<HTMLAnchorElement>("a.anchor") : null;
    if (!anchor) return;
    try {
      await navigator.clipboard.writeText(anchor.href);
      notify("The address of this section has been copied.");
    } catch {
      // It stands in the address bar.
    }
  });
}
