/**
 * Pages from templates (`templates/*.eta`): `shell` is what every page has, and the rest is what
 * stands in its body.
 *
 * @module
 */
import { Eta } from "eta";
import { assetText } from "@/host/host.ts";

/** What every page has. */
export interface Shell {
  title: string;
  description?: string;
  /** What kind of page it is, for its style. */
  kind: "notebook" | "front" | "single" | "playground-page";
  /** Where the site begins, seen from the page; undefined for a page that is a single file. */
  root?: string;
  /** Elements of the head that bring the style. */
  style: string;
}

const TEMPLATES = ["shell", "notebook", "front", "playground"] as const;

/** Two curves that meet. */
const ICON = `data:image/svg+xml,${
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#17324d"/>' +
      '<path d="M3 25c7 0 7-16 12-16s5 16 14 16" fill="none" stroke="#8fc7ff" stroke-width="2.6"/>' +
      '<path d="M3 25c9 0 9-12 15-12s6 12 11 12" fill="none" stroke="#ffb38a" stroke-width="2.6"/></svg>',
  )
}`;

let loaded: Promise<Eta> | undefined;

/** A whole page. */
export async function pageHtml(
  shell: Shell,
  template: "notebook" | "front" | "playground",
  data: object,
): Promise<string> {
  const eta = await (loaded ??= load());
  const body = eta.render(`@${template}`, data);
  return eta.render("@shell", { ...shell, icon: ICON, body });
}

async function load(): Promise<Eta> {
  const eta = new Eta({ autoTrim: [false, "nl"] });
  for (const name of TEMPLATES) {
    eta.loadTemplate(`@${name}`, await assetText(`lib/site/render/templates/${name}.eta`));
  }
  return eta;
}
