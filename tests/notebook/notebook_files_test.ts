import { join } from "node:path";
import { assertEquals, assertRejects } from "@std/assert";
import { findNotebooks, selectNotebooks } from "@/notebook/notebook_files.ts";
import { inTempFolder } from "../support/commands.ts";

/** Two notebooks of a project, and a folder in which a user stands. */
async function inProject(
  test: (all: string[], here: (name: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (folder) => {
    const project = join(folder, "project");
    await Deno.mkdir(project);
    for (const name of ["01_a.ipynb", "02_b.ipynb"]) {
      await Deno.writeTextFile(join(project, name), "");
    }
    const user = join(folder, "user");
    await Deno.mkdir(user);
    const before = Deno.cwd();
    Deno.chdir(user);
    try {
      await test(await findNotebooks(project), async (name) => {
        await Deno.writeTextFile(name, "");
        return name;
      });
    } finally {
      Deno.chdir(before);
    }
  });
}

Deno.test("a notebook is found by number, name and file; without names all are", () =>
  inProject(async (all) => {
    const [a, b] = all;
    assertEquals(await selectNotebooks(all, []), all);
    assertEquals(await selectNotebooks(all, ["2"]), [b]);
    assertEquals(await selectNotebooks(all, ["02", "1", "02_b", "02_b.ipynb"]), [b, a]);
    assertEquals(await selectNotebooks(all, [a]), [a]);
  }));

Deno.test("a file that is there wins over a name and a number", () =>
  inProject(async (all, here) => {
    for (const name of ["02_b.ipynb", "02_b", "2"]) {
      assertEquals(await selectNotebooks(all, [await here(name)]), [name]);
    }
    assertEquals(await selectNotebooks(all, ["./02_b.ipynb"]), ["./02_b.ipynb"]);
  }));

Deno.test("a path with a folder in it is that file or none, and never a name", () =>
  inProject(async (all) => {
    for (const name of ["./02_b.ipynb", "elsewhere/02_b.ipynb", "../user/02_b", "./2", "", "3"]) {
      await assertRejects(() => selectNotebooks(all, [name]), RangeError, `"${name}"`);
    }
  }));

Deno.test("a file that is named twice, through a link too, is one", () =>
  inProject(async (all, here) => {
    const own = await here("mine.ipynb");
    await Deno.symlink(own, "link.ipynb");
    assertEquals(await selectNotebooks(all, [own, "link.ipynb", "1", all[0]]), [own, all[0]]);
  }));
