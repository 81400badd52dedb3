/** What is to be graded again may be a part, and who is not there is told who may be meant. */
import { assertEquals, assertThrows } from "@std/assert";
import { regradeMeant } from "@/course/regrade.ts";
import { smallAssignment } from "../support/submissions.ts";

const assignment = smallAssignment();

Deno.test("a part stands for its items, each once; nothing is meant if nothing is said", () => {
  const [{ part }] = assignment.items;
  const own = assignment.items.filter((item) => item.part === part).map(({ id }) => id);
  const meant = (items: string[]) => regradeMeant(assignment, ["ada"], { students: [], items });
  assertEquals(meant([part, own[0]]), { students: [], items: own });
  assertEquals(regradeMeant(assignment, ["ada"]), { students: [], items: [] });
});

Deno.test("a name without its number is told whose names begin so, and a stranger is not", () => {
  const students = ["Ada Lovelace_1", "Ada Lovelace_2", "Bob_3"];
  const refused = (name: string) =>
    assertThrows(() => regradeMeant(assignment, students, { students: [name], items: [] })).message;
  assertEquals(
    refused("Ada Lovelace"),
    "Cannot grade again: no submission is called Ada Lovelace; Ada Lovelace_1, Ada Lovelace_2 may be meant",
  );
  assertEquals(refused("Eve"), "Cannot grade again: no submission is called Eve");
});
