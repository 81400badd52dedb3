/** A stranger's text is typeset, and does nothing else. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { AnswerRenderer } from "@/marking/answer_html.ts";

const renderer = new AnswerRenderer();

Deno.test("formulas are typeset, and one that cannot be is shown as it was written", () => {
  const html = renderer.html(
    "So $p_g = p_d$ and\n\n$$\\frac{1}{2}$$\n\nbut $\\frac{1$ and $\\nosuch{<b>}$.",
  );
  assert(html.match(/class="katex"/g)!.length >= 2);
  assertStringIncludes(html, '<code class="tex">\\frac{1</code>');
  assertFalse(html.includes("<b>"));
});

const hostile = [
  "<script>alert(1)</script>",
  '<img src=x onerror="alert(1)">',
  "![a](http://evil.example/a.png)",
  "[a](javascript:alert(1)) <http://evil.example>",
  "$\\href{javascript:alert(1)}{x}$ $\\includegraphics{http://evil.example/a.png}$",
  "$\\htmlStyle{position: fixed}{x}$ $\\htmlData{a=b}{x}$",
  '$\\text{<img src=x onerror="alert(1)">}$',
  "`<b>` **bold** <!-- hidden -->",
];
for (const text of hostile) {
  Deno.test(`nothing is fetched or run of ${text}`, () => {
    const html = renderer.html(text);
    const tags = [...html.matchAll(/<\/?([a-z]+)[^>]*>/g)].map(([, tag]) => tag);
    const harmless =
      /^(p|br|em|strong|code|span|math|semantics|mrow|mi|mo|mn|mtext|mstyle|annotation)$/;
    assertEquals(tags.filter((tag) => !harmless.test(tag)), []);
    assertFalse(/<[^>]*\b(href|src|on\w+)\s*=/i.test(html), html);
  });
}

Deno.test("no part of a text is hidden: definitions of links and comments are seen", () => {
  const html = renderer.html("[a]: secret\n\n<!-- a comment -->");
  assertStringIncludes(html, "secret");
  assertStringIncludes(html, "a comment");
});

Deno.test("a huge answer, and formulas that explode, cost seconds at most", () => {
  const start = performance.now();
  const many = renderer.html("$a$ ".repeat(5000));
  assertEquals(many.match(/class="katex"/g)?.length, 300);
  renderer.html(`$${"{".repeat(1900)}$`);
  renderer.html("$\\def\\a#1{#1#1}\\a{\\a{\\a{\\a{\\a{\\a{\\a{\\a{\\a{\\a{\\a{\\a{x}}}}}}}}}}}}$");
  renderer.html(`${"> ".repeat(5000)}a`);
  renderer.html("*".repeat(20_000));
  renderer.html(`${"[".repeat(10_000)}a`);
  assert(performance.now() - start < 20_000, `${performance.now() - start} ms`);
});
