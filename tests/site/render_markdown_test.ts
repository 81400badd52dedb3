/** Markdown of notebooks as HTML: formulas, links, headings, and what may not get through. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "node:path";
import { parseNotebook, sourceOf } from "@/notebook/document.ts";
import { slug, targetOf } from "@/site/render/links.ts";
import { MarkdownRenderer } from "@/site/render/markdown.ts";
import { FormulaError, formulaText } from "@/site/render/mathematics.ts";
import { ROOT } from "../support/commands.ts";
import { filesBelow } from "../support/source.ts";

const PLACE = { names: new Set(["02_best", "03_next"]), folder: "notebooks" };

function htmlOf(source: string): string {
  return new MarkdownRenderer(PLACE).render(source).html;
}

/** What a reader sees of HTML, formulas left out. */
function seen(html: string): string {
  return html.replace(/<annotation[\s\S]*?<\/annotation>/g, "").replace(/<[^>]*>/g, "");
}

Deno.test("a formula of every notation becomes HTML and MathML, and none is left as its source", () => {
  const sources = [
    "so $a \\le b$ holds",
    "so \\(a \\le b\\) holds",
    "$$ a \\le b $$",
    "\\[ a \\le b \\]",
    "\\begin{aligned} a &\\le b \\end{aligned}",
    "> in a quotation\n> $$ a \\le b $$\n> and on",
    "- in a list, $$a \\le b$$",
    "| $a \\le b$ | c |\n| --- | --- |\n| 1 | 2 |",
  ];
  for (const source of sources) {
    const html = htmlOf(source);
    assertEquals(html.match(/<math/g)?.length, 1, source);
    assertEquals(html.match(/class="katex-html"/g)?.length, 1, source);
    assertEquals(/\$|\\le|\\\(|\\\[/.test(seen(html)), false, `${source} gives ${seen(html)}`);
  }
});

Deno.test("a displayed formula keeps its lines, whatever they begin with, and has its place by itself", () => {
  const html = htmlOf("so\n$$\nV = a\n- b\n+ c\n= 1\n$$\nand on");
  assertEquals(html.match(/<math/g)?.length, 1);
  assertEquals(/<(li|h1|h2)/.test(html), false);
  assertStringIncludes(
    html,
    '<div class="formula" tabindex="0" role="group" aria-label="Formula">',
  );
  assertStringIncludes(html, "<p>and on</p>");
});

Deno.test("dollars of money, of code and with a backslash stay what they are", () => {
  for (
    const source of ["from $5 to $6", "`$a$`", "\\$a and \\$b", "one $ alone", "```\n$$a$$\n```"]
  ) {
    const html = htmlOf(source);
    assertEquals(html.includes("katex"), false, source);
    assertStringIncludes(html, "$");
  }
});

Deno.test("what Markdown would take for emphasis is left alone in a formula", () => {
  assertEquals(htmlOf("$a_1 * b_2 * c_1$ and $a_3$").includes("<em>"), false);
});

Deno.test("a formula that cannot be read is refused, and the message shows it", () => {
  const error = assertThrows(() => htmlOf("for $x \\notacommand y$"), FormulaError);
  assertStringIncludes(error.message, "x \\notacommand y");
  assertThrows(() => htmlOf("$$\\frac{1}{$$"), FormulaError);
});

Deno.test("a formula is found by its letters", () => {
  assertEquals(formulaText("\\mathrm{JSD}(p, q) < 1"), "JSD(p,q)<1");
});

Deno.test("every formula of every notebook and assignment is typeset", async () => {
  const paths = (await filesBelow("notebooks")).filter((path) => path.endsWith(".ipynb"));
  assertEquals(paths.length, 15);
  for (const path of paths) {
    const markdown = new MarkdownRenderer(PLACE);
    const notebook = parseNotebook(await Deno.readTextFile(join(ROOT, path)), path);
    let formulas = 0;
    for (const cell of notebook.cells.filter(({ cell_type }) => cell_type === "markdown")) {
      const { html } = markdown.render(sourceOf(cell));
      formulas += html.match(/<math/g)?.length ?? 0;
      const text = seen(html.replaceAll(/<(code|pre)\b[\s\S]*?<\/\1>/g, ""));
      assertEquals(/\$|\\[a-z]/.test(text), false, `${path}, ${cell.id}: ${text}`);
    }
    assertGreater(formulas, 3, path);
  }
});

Deno.test("scripts, handlers and addresses that run something are shown and do nothing", () => {
  const sources = [
    "<script>alert(1)</script>",
    "a <script src=x></script> b",
    '<img src=x onerror="alert(1)">',
    "<details ontoggle=alert(1)>a</details>",
    "<b style='position:fixed' onclick='f()'>a</b>",
    "<iframe src=x></iframe>",
    "<svg/onload=alert(1)>",
    "<b <script>alert(1)</script>",
    "[a](javascript:alert(1))",
    '<a href="javascript:alert(1)">a</a>',
    "<!-- <b> --><script>a</script>",
  ];
  for (const source of sources) {
    const tags = [...htmlOf(source).matchAll(/<[^>]*>/g)].map(([tag]) => tag).join(" ");
    assertEquals(
      /script|iframe|<svg|<img|<a\b|onerror|onclick|ontoggle|onload|style=/i.test(tags),
      false,
      `${source} gives ${tags}`,
    );
  }
});

Deno.test("a formula makes no links", () => {
  assertEquals(htmlOf("$\\href{javascript:alert(1)}{a}$").match(/<a\b/), null);
});

Deno.test("HTML that only sets text stays, and so do entities", () => {
  assertStringIncludes(
    htmlOf("H<sub>2</sub>O &amp; <kbd>Enter</kbd>"),
    "H<sub>2</sub>O &amp; <kbd>",
  );
  const html = htmlOf(
    '<details open class="x">\n<summary>More</summary>\n\nwith $a$\n\n</details>',
  );
  assertStringIncludes(html, '<details open="">\n<summary>More</summary>');
  assertStringIncludes(html, "<math");
});

Deno.test("links between notebooks lead to pages, their anchors to headings as Jupyter names them", () => {
  assertEquals(targetOf("02_best.ipynb", PLACE), { href: "02_best.html" });
  assertEquals(targetOf("./03_next.ipynb#The-proof,-and-more", PLACE), {
    href: "03_next.html#the-proof-and-more",
  });
  assertEquals(targetOf("#What-D-=-½-means", PLACE), { href: `#${slug("What D = ½ means")}` });
  assertEquals(targetOf("https://arxiv.org/abs/1406.2661", PLACE), {
    href: "https://arxiv.org/abs/1406.2661",
  });
});

Deno.test("a file that is not on the site is named, or linked where the project can be read", () => {
  assertEquals(targetOf("../docs/training.md", PLACE), { file: "docs/training.md" });
  assertEquals(targetOf("99_gone.ipynb", PLACE), { file: "notebooks/99_gone.ipynb" });
  const known = { ...PLACE, repository: "https://host/p/blob/main/" };
  assertEquals(targetOf("../docs/training.md#a", known), {
    href: "https://host/p/blob/main/docs/training.md#a",
  });
  assertEquals(targetOf("../../out.md", known), { file: "../out.md" });
  assertEquals(
    htmlOf("see [Training](../docs/training.md)."),
    "<p>see Training (<code>docs/training.md</code>).</p>\n",
  );
  assertStringIncludes(htmlOf("![curves](plot.png)"), "curves (<code>notebooks/plot.png</code>)");
});

Deno.test("headings have ids, each once, and links to themselves; the text below each is known", () => {
  const markdown = new MarkdownRenderer(PLACE, ["taken"]);
  const first = markdown.render(
    "# Title\n\nlead\n\n## Over $x$\n\none\n\n- two `f(x)`\n\n## Taken",
  );
  const second = markdown.render("## Over $x$");
  assertStringIncludes(first.html, '<h2 id="over-x"><a class="anchor" href="#over-x">Over ');
  assertEquals(first.html.includes("<h1 id="), false);
  assertStringIncludes(first.html, 'id="taken-2"');
  assertStringIncludes(second.html, 'id="over-x-2"');
  assertEquals(first.passages.map(({ heading, text }) => [heading?.text, text]), [
    ["Title", "lead"],
    ["Over x", "one two f(x)"],
    ["Taken", ""],
  ]);
  assertEquals(htmlOf("## [a](#b)").includes("anchor"), false, "no link within a link");
});

Deno.test("headers of tables have names: none without text, and formulas as letters", () => {
  const html = htmlOf("| $p_g$ | b |  |\n| --- | --- | --- |\n| 1 | 2 | 3 |");
  assertStringIncludes(html, '<th><span class="unseen">pg</span><span aria-hidden="true">');
  assertStringIncludes(html, "<td></td>");
  assert(html.startsWith('<div class="table" tabindex="0" role="group" aria-label="Table">'));
});

Deno.test("attached pictures come along", () => {
  const attachments = { "a b.png": { "image/png": "AAAA" } };
  const { html } = new MarkdownRenderer(PLACE).render("![c](attachment:a%20b.png)", attachments);
  assertStringIncludes(html, '<img src="data:image/png;base64,AAAA" alt="c">');
});
