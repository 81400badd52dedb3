/** The page of a grader is served to that grader alone, without names, and keeps what was decided or says why not. */
import { join } from "node:path";
import { assertEquals, assertFalse, assertRejects, assertStringIncludes } from "@std/assert";
import { readDecisions } from "@/course/decisions.ts";
import { publishAgain } from "@/course/publish.ts";
import { type DeskOptions, type Line, MarkingDesk, type Sight } from "@/marking/marking_desk.ts";
import { MarkingServer } from "@/marking/marking_server.ts";
import { inPublishedClass, type PublishedClass } from "../support/published_class.ts";
import { smallAssignment } from "../support/submissions.ts";
import { gradesIn } from "../support/graded_class.ts";

const handed = {
  "Ada Lovelace": { answer: "Because $1 < 2$." },
  "Bob <b>Bold</b>": { answer: "because 1 2" },
  "Cyd": { answer: '<img src=x onerror="alert(1)">' },
  "Dan": {},
};

/** A served desk. */
async function withDesk(
  class_: PublishedClass,
  options: Partial<DeskOptions>,
  test: (desk: {
    url: string;
    get: <T>(path: string) => Promise<T>;
    decide: (verdict: Record<string, unknown>) => Promise<[number, string]>;
  }) => Promise<void>,
): Promise<void> {
  const all = { out: class_.out, grader: "ann", blind: false, names: false, ...options };
  using desk = await MarkingDesk.open(class_.assignment, all);
  await using server = await MarkingServer.start(desk, { port: 0 });
  await test({
    url: server.url,
    get: async (path) => (await fetch(server.url + path)).json(),
    decide: async (verdict) => {
      const response = await fetch(`${server.url}decide`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          item: "essay-why",
          numbers: [1],
          points: 5,
          comment: "",
          reason: "",
          seen: [],
          ...verdict,
        }),
      });
      return [response.status, await response.text()];
    },
  });
}

Deno.test("a page shows answers and numbers, no names, and no tag of a student's", () =>
  inPublishedClass(handed, (class_) =>
    withDesk(class_, {}, async ({ get }) => {
      const lines = await get<Line[]>("lines?item=essay-why");
      const sights = await Promise.all(
        [1, 2, 3, 4].map((n) => get<Sight>(`sight?item=essay-why&number=${n}`)),
      );
      const all = JSON.stringify([lines, sights, await get("submission?number=1")]);
      assertFalse(/Lovelace|Bold|Cyd|Dan/.test(all));
      assertEquals(lines.map(({ same }) => same).toSorted(), [1, 2, 2]);
      const html = sights.map((sight) => (sight as Sight & { html?: string }).html ?? "").join();
      assertStringIncludes(html, 'class="katex"');
      assertFalse(html.includes("<img"));
    })));

Deno.test("with names, names", () =>
  inPublishedClass(handed, (class_) =>
    withDesk(class_, { names: true }, async ({ get }) => {
      const names = (await get<Line[]>("lines?item=essay-why")).map(({ name }) => name);
      assertEquals(names.toSorted(), ["Ada Lovelace", "Bob <b>Bold</b>", "Cyd"]);
    })));

Deno.test("what was decided is on the disk at once, and in the tables after the page is closed", () =>
  inPublishedClass(handed, async (class_) => {
    await withDesk(class_, {}, async ({ get, decide }) => {
      const [{ number }] = (await get<Line[]>("lines?item=essay-why"))
        .filter(({ start }) => start.startsWith("Because"));
      const { same } = await get<Sight & { same: number[] }>(
        `sight?item=essay-why&number=${number}`,
      );
      assertEquals(same.length, 2);
      assertEquals(await decide({ numbers: same, points: 6, comment: " fine " }), [200, "{}"]);
      assertEquals(
        (await readDecisions(class_.out)).all.map(({ student, points, comment }) => {
          return [student, points, comment];
        }).toSorted(),
        [["Ada Lovelace", 6, "fine"], ["Bob <b>Bold</b>", 6, "fine"]],
      );
    });
    await publishAgain(class_.assignment, class_.out);
    const grades = gradesIn(class_.out);
    assertEquals(grades.students.map(({ total }) => total), [96, 96, 90, 90]);
    // And as often as it is done again, no points are doubled.
    const text = await Deno.readTextFile(join(class_.out, "grades.csv"));
    await publishAgain(class_.assignment, class_.out);
    assertEquals(await Deno.readTextFile(join(class_.out, "grades.csv")), text);
  }));

Deno.test("what cannot be decided is refused with the reason, and nothing of it is kept", () =>
  inPublishedClass(
    { ada: { answer: "Why not?" } },
    (class_) =>
      withDesk(class_, {}, async ({ decide }) => {
        const refused: [Record<string, unknown>, string][] = [
          [{ points: 11 }, "more than that must have a reason"],
          [{ points: -1 }, "from 0 to 1000"],
          [{ points: 1e9, reason: "much" }, "from 0 to 1000"],
          [{ points: "7" }, "cannot be decided so"],
          [{ item: "double-visible" }, "must have a reason"],
          [{ item: "nothing" }, "There is no item called nothing"],
          [{ numbers: [1, 99] }, "There is no submission 99"],
          [{ numbers: [] }, "cannot be decided so"],
          [{ comment: "x".repeat(30_000) }, "cannot be decided so"],
        ];
        for (const [verdict, message] of refused) {
          const [status, text] = await decide(verdict);
          assertEquals(status, 400, text);
          assertStringIncludes(text, message);
        }
        assertEquals((await readDecisions(class_.out)).all, []);
      }),
  ));

Deno.test("who marks what another has marked settles it if they have seen it, and disputes it if they are blind", () =>
  inPublishedClass({ ada: { answer: "Why not?" } }, async (class_) => {
    await withDesk(class_, {}, async ({ decide }) => void await decide({ points: 3 }));
    await withDesk(class_, { grader: "ben", blind: true }, async ({ get, decide }) => {
      const sight = await get<Sight>("sight?item=essay-why&number=1");
      assertEquals([sight.history, sight.graders, sight.points], [[], [], undefined]);
      await decide({ points: 8 });
    });
    assertEquals((await class_.row("ada")).total, 90);
    await withDesk(class_, { grader: "cyd" }, async ({ get, decide }) => {
      const [line] = await get<Line[]>("lines?item=essay-why");
      const sight = await get<Sight>("sight?item=essay-why&number=1");
      assertEquals([line.state, sight.isDisputed, sight.history.length], ["in dispute", true, 2]);
      await decide({ points: 6, seen: sight.history.map(({ id }) => id) });
      assertEquals((await get<Line[]>("lines?item=essay-why"))[0].state, "marked");
    });
    assertEquals((await class_.row("ada")).total, 96);
    assertEquals((await readDecisions(class_.out)).all.length, 3);
  }));

Deno.test("requests of others are refused: another path, host, origin or kind", () =>
  inPublishedClass(handed, (class_) =>
    withDesk(class_, {}, async ({ url }) => {
      const { origin, port } = new URL(url);
      const status = async (path: string, init: RequestInit = {}) => {
        const response = await fetch(path, init);
        await response.body?.cancel();
        return response.status;
      };
      assertEquals(await status(`${origin}/`), 404);
      assertEquals(await status(`${origin}/class`), 404);
      assertEquals(
        await status(`http://localhost:${port}${new URL(url).pathname}`).catch(() => 403),
        403,
      );
      const origins = { headers: { origin: "http://evil.example" } };
      assertEquals(await status(`${url}class`, origins), 403);
      const form = { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" };
      assertEquals(await status(`${url}decide`, form), 415);
      assertEquals(await status(`${url}../../etc/passwd`), 404);
      const response = await fetch(url);
      await response.body?.cancel();
      assertStringIncludes(response.headers.get("content-security-policy")!, "script-src 'self'");
    })));

Deno.test("grades of another version of the assignment are not marked", () =>
  inPublishedClass(handed, async (class_) => {
    const other = { ...smallAssignment(), digest: "0" };
    const options = { out: class_.out, grader: "ann", blind: false, names: false };
    await assertRejects(
      () => MarkingDesk.open(other, options),
      RangeError,
      "has changed since it was graded",
    );
  }));
