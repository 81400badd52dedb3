/** Students' names as folders. */
import { assertEquals, assertFalse } from "@std/assert";
import { studentFolders } from "@/course/student_folders.ts";

Deno.test("names that a system may hold for one have pages of their own", () => {
  const names = ["kim", "Kim", "José", "José".normalize("NFD"), "ada", "a\nb"];
  const folders = [...studentFolders(names).values()];
  assertEquals(new Set(folders.map((name) => name.normalize("NFC").toLowerCase())).size, 6);
  assertEquals(studentFolders(names).get("ada"), "ada");
  // deno-lint-ignore no-control-regex
  for (const name of folders) assertFalse(/[\0-\x1f/]/.test(name), name);
});
