/** A grader marks a class by keys alone; what students have written does nothing on the page. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { readDecisions } from "@/course/decisions.ts";
import { MarkingDesk } from "@/marking/marking_desk.ts";
import { MarkingServer } from "@/marking/marking_server.ts";
import { inPublishedClass } from "../support/published_class.ts";
import { Visitor } from "./support/visitor.ts";

const AXE = await Deno.readTextFile(new URL(import.meta.resolve("axe-core/axe.min.js")));

const HOSTILE =
  '<img src=x onerror="document.title=1"> <script>document.title=1</script> $\\frac{1}{2}$ ' +
  "[a](javascript:document.title=1) $\\rule{9999em}{9999em}$";

const handed = {
  ada: { answer: "The loss is log 2 since D cannot tell." },
  bob: { answer: "the loss is log 2, since D cannot tell it!" },
  eve: {
    answer: HOSTILE,
    checks: {
      "double-hidden": {
        outcome: "wrong" as const,
        points: 0,
        message: "<b>no</b>",
        got: "<i>7</i>",
      },
    },
  },
};

Deno.test("a class is marked by keys: similar answers at once, a dispute settled, a check overridden", () =>
  inPublishedClass(handed, async (class_) => {
    const ada = await class_.answerId("ada");
    await class_.decide("ben", { answer: ada, points: 2 });
    await class_.decide("cyd", { answer: ada, points: 9 });
    const options = { out: class_.out, grader: "ann", blind: false, names: true };
    using desk = await MarkingDesk.open(class_.assignment, options);
    await using server = await MarkingServer.start(desk, { port: 0 });
    await using visitor = await Visitor.open();
    const { page } = visitor;
    const at = (text: string) =>
      visitor.until(
        `at ${text}`,
        async () => (await page.locator("h1").textContent())!.includes(text),
      );
    const marked = (text: string) =>
      visitor.until(
        text,
        async () => (await page.locator("#progress").textContent())!.startsWith(text),
      );
    await page.goto(server.url);
    await page.locator("#text").waitFor();
    assertEquals(await page.locator("#progress").textContent(), "0 of 3 marked, 1 in dispute");
    assertEquals(await page.locator("nav h2").allTextContents(), ["2 alike", "Others"]);

    await page.locator("nav button", { hasText: "ada" }).click();
    await at("ada");
    assertStringIncludes((await page.locator("aside").textContent())!, "In dispute.");
    await page.keyboard.press("p");
    await page.keyboard.type("6");
    await page.keyboard.press("Enter");
    await marked("1 of 3 marked");

    await page.locator("nav button", { hasText: "eve" }).click();
    await at("eve");
    const box = (await page.locator("#text").boundingBox())!;
    const main = (await page.locator("main").boundingBox())!;
    assertEquals(box.width <= main.width, true, "what is huge stays in its place");
    await page.keyboard.press("p");
    await page.keyboard.type("99");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await visitor.until(
      "told",
      async () => (await page.locator("#said").textContent())!.includes("must have a reason"),
    );
    await page.keyboard.press("p");
    await page.keyboard.type("4");
    await page.keyboard.press("Escape");
    await page.keyboard.press("c");
    await page.keyboard.type("n and j are letters here");
    await page.keyboard.press("Control+Enter");
    await marked("2 of 3 marked");
    await at("bob");
    assertEquals(visitor.errors.filter((error) => !/400 .*decide/.test(error)), []);

    await page.locator("nav button", { hasText: "eve" }).click();
    await at("eve");
    await page.keyboard.press("o");
    const dialog = page.locator("#submission");
    await dialog.getByLabel("points for double-hidden").fill("10");
    await dialog.getByLabel("reason for double-hidden").fill("half right");
    await dialog.locator("tr", { hasText: "double-hidden" }).getByText("Give").click();
    await visitor.until("given", async () => (await dialog.textContent())!.includes("10 of 30"));
    assertEquals(await page.locator("b:text('no'), i, img, script:not([src])").count(), 0);
    assertEquals(await page.title(), "Marking");
    await page.keyboard.press("Escape");

    const found = (await readDecisions(class_.out)).all.filter(({ grader }) => grader === "ann");
    assertEquals(found.map(({ student, item, points }) => [student, item, points]), [
      ["ada", "essay-why", 6],
      ["eve", "essay-why", 4],
      ["eve", "double-hidden", 10],
    ]);
    assertEquals(found[1].comment, "n and j are letters here");
    assertEquals((await class_.run()).students.map(({ total }) => total), [96, 90, 74]);

    await page.evaluate(AXE);
    const broken = await page.evaluate<string[]>(
      `axe.run({ exclude: [".katex-html"] }, { resultTypes: ["violations"] }).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ": " + target)))`,
    );
    assertEquals(broken, []);
  }));
