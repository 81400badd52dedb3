/**
 * Notebooks as HTML pages, each one file that opens offline.
 *
 * nbconvert makes the page; its template asks a network, or Debian's file system, for MathJax and
 * require.js. Instead the page carries MathJax from the installed package, which draws with SVG and
 * so needs no fonts; figures bring plotly.js in the notebook's own outputs. The code of checks is
 * folded into a line; what such a cell has shown, as the error of one that failed, is not.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
// Fetches the package; its script is put into the page.
import "mathjax/package.json" with { type: "json" };
import { CHECKS, CHECKS_TITLE } from "./checks.ts";
import { type Python, runPython } from "./python.ts";

/** Where the template leaves room for MathJax. */
const ROOM = "<!-- mathematics -->";

/** Jupyter's own dollars, and numbers as it gives them. */
const MATHJAX_CONFIG = {
  tex: {
    inlineMath: [["$", "$"], ["\\(", "\\)"]],
    displayMath: [["$$", "$$"], ["\\[", "\\]"]],
    processEscapes: true,
    processEnvironments: true,
    tags: "ams",
  },
  options: { enableMenu: false },
  svg: { fontCache: "global" },
};

const TEMPLATE = `{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock html_head_js -%}
{%- block html_head_js_mathjax -%}${ROOM}{%- endblock html_head_js_mathjax -%}
{%- block html_head_css -%}
<style>
  body { max-width: 62rem; margin: 0 auto; padding: 1rem; }
  .jp-RenderedHTMLCommon { font-size: 16px; }
  .jp-RenderedMarkdown table { display: block; table-layout: auto; overflow-x: auto; }
  .jp-RenderedMarkdown :is(th, td) { overflow-wrap: normal; word-break: normal; }
  /* What is read takes the whole of a narrow page; the numbers of cells stay beside their code. */
  @media (max-width: 40rem) {
    body { padding: 0.25rem; }
    .jp-OutputPrompt, .jp-MarkdownCell .jp-InputPrompt { display: none; }
  }
  mjx-container[display="true"] { overflow-x: auto; overflow-y: hidden; }
  .workbook-checks > summary { cursor: pointer; font-size: 14px; opacity: 0.7; padding: 0.2em 0; }
</style>
{%- endblock html_head_css -%}
{%- block input_group -%}
{%- if "${CHECKS}" in cell.metadata.get("tags", []) -%}
<details class="workbook-checks"><summary>${CHECKS_TITLE}</summary>{{ super() }}</details>
{%- else -%}
{{ super() }}
{%- endif -%}
{%- endblock input_group -%}
`;

/** The page of an executed notebook. */
export async function notebookPage(python: Python, executed: string): Promise<string> {
  const folder = await makeTempFolder({ prefix: "page-" });
  try {
    const template = join(folder, "templates", "offline");
    await Deno.mkdir(template, { recursive: true });
    await Deno.writeTextFile(join(template, "index.html.j2"), TEMPLATE);
    await Deno.writeTextFile(
      join(template, "conf.json"),
      JSON.stringify({ base_template: "lab", mimetypes: { "text/html": true } }),
    );
    const { success, stderr } = await runPython(python, [
      "-m",
      "nbconvert",
      "--to=html",
      "--template=offline",
      `--TemplateExporter.extra_template_basedirs=${join(folder, "templates")}`,
      "--output=page.html",
      `--output-dir=${folder}`,
      executed,
    ]);
    if (!success) throw new Error(`Cannot make a page of ${executed}: ${stderr.trim()}`);
    const page = await Deno.readTextFile(join(folder, "page.html"));
    if (!page.includes(ROOM)) {
      throw new Error(
        `Cannot make a page of ${executed}: this nbconvert's template has no place for MathJax`,
      );
    }
    // Not a string: "$&" in the script would be taken for a pattern.
    const mathematics = await mathjaxHtml();
    return page.replace(ROOM, () => mathematics);
  } finally {
    await removeTempFolder(folder);
  }
}

async function mathjaxHtml(): Promise<string> {
  const file = fileURLToPath(import.meta.resolve("mathjax/es5/tex-svg-full.js"));
  const script = (await Deno.readTextFile(file)).replaceAll("</script", "<\\/script");
  return `<script>window.MathJax = ${JSON.stringify(MATHJAX_CONFIG)};</script>
<script>${script}</script>`;
}
