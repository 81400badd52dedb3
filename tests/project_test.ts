/** What the project says of itself, in more than one place. */
import { assertEquals, assertStringIncludes } from "@std/assert";

const read = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));

Deno.test("the README's commands use the Deno version of .deno-version, and no other", async () => {
  const version = (await read(".deno-version")).trim();
  const readme = await read("README.md");
  assertStringIncludes(readme, `npx -y deno@${version} task train`);
  assertStringIncludes(readme, `npx -y deno@${version} task test`);
  const named = new Set([...readme.matchAll(/deno@([\d.]+)/g)].map((match) => match[1]));
  assertEquals([...named], [version]);
});

Deno.test("every import has an exact version", async () => {
  const { imports } = JSON.parse(await read("deno.json"));
  for (const [name, target] of Object.entries(imports as Record<string, string>)) {
    if (target.startsWith("./")) continue;
    assertEquals(/^(npm|jsr):.+@\d+\.\d+\.\d+$/.test(target), true, `${name}: ${target}`);
  }
});

Deno.test("the linked @std/assert is the version that is imported", async () => {
  const { imports } = JSON.parse(await read("deno.json"));
  const { version } = JSON.parse(await read("links/std_assert/deno.json"));
  assertEquals(imports["@std/assert"], `jsr:@std/assert@${version}`);
});

Deno.test("every task has a description", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  for (const [name, task] of Object.entries(tasks)) {
    assertEquals(typeof (task as { description?: string }).description, "string", name);
  }
});

Deno.test("git ignores what students hand in, their grades and their names, and nothing of the project", async () => {
  const root = new URL("..", import.meta.url);
  const ignores = async (path: string) => {
    const args = ["check-ignore", "--quiet", "--no-index", path];
    const { code } = await new Deno.Command("git", { args, cwd: root }).output();
    return code === 0;
  };
  for (
    const path of [
      ...["nbgrader/source/a1/a1.ipynb", "mine/submitted/ada/a1/a1.ipynb", "mine/gradebook.db"],
      ...["mine/autograded/ada/a1/a1.ipynb", "mine/feedback/ada/a1/a1.html", "grades.key.csv"],
      ...["grades/grades.csv", "grades-ada/ada/feedback.html", "submissions/ada/a1_theory.ipynb"],
    ]
  ) assertEquals(await ignores(path), true, path);
  for (const path of ["lib/course/feedback.ts", "notebooks/assignments/nbgrader_config.py"]) {
    assertEquals(await ignores(path), false, path);
  }
});

Deno.test("the README has no blank left to fill in", async () => {
  assertEquals((await read("README.md")).match(/\b[A-Z]{3,}_[A-Z]{3,}\b|TODO|\?\?\?/g), null);
});
