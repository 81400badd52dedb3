/** A new site takes the place of an old one, and of nothing else. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { PROJECT } from "@/cli/place.ts";
import { OutputRefusedError } from "@/io/outputs.ts";
import { remediesOf } from "@/remedy.ts";
import {
  checkSiteFolder,
  filesIn,
  LIST,
  parseList,
  replaceFolder,
  writeList,
} from "@/site/build/site_folder.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "site-folder-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Makes a small site. */
async function makeSite(folder: string, text = "one"): Promise<void> {
  await Deno.mkdir(join(folder, "run"), { recursive: true });
  await Deno.writeTextFile(join(folder, "index.html"), text);
  await Deno.writeTextFile(join(folder, "run/page.js"), "1");
  await writeList(folder);
}

const refused = (folder: string, overwrite?: boolean) =>
  assertRejects(() => checkSiteFolder(folder, overwrite), OutputRefusedError);

/** The settings that an error says to give. */
const settingsOf = (error: unknown) =>
  remediesOf(error).map((remedy) => remedy.do === "give" && remedy.setting);

Deno.test("a site as it was built may be replaced, and so may an empty folder or none", () =>
  inFolder(async (folder) => {
    await checkSiteFolder(folder);
    await checkSiteFolder(join(folder, "a/b"));
    await makeSite(join(folder, "site"));
    await checkSiteFolder(join(folder, "site"));
    // One of its files less is no loss.
    await Deno.remove(join(folder, "site/run/page.js"));
    await checkSiteFolder(join(folder, "site"));
  }));

Deno.test("a site that somebody has changed is replaced only if that is asked for", () =>
  inFolder(async (folder) => {
    const [added, changed] = [join(folder, "added"), join(folder, "changed")];
    for (const site of [added, changed]) await makeSite(site);
    await Deno.writeTextFile(join(added, "run/notes.txt"), "mine");
    await Deno.writeTextFile(join(changed, "index.html"), "better");
    for (
      const [site, why] of [
        [added, "it has a file that is not its own, run/notes.txt"],
        [changed, "its index.html has been changed since it was built"],
      ]
    ) {
      const error = await refused(site);
      assertEquals(error.message, `Cannot build a site in ${site}: there is a site, and ${why}`);
      assertEquals(settingsOf(error), ["overwrite", "out"]);
      await checkSiteFolder(site, true);
    }
  }));

Deno.test("a folder that is no site is never replaced, whatever is asked for", () =>
  inFolder(async (folder) => {
    const [thesis, forged] = [join(folder, "thesis"), join(folder, "forged")];
    await Deno.mkdir(thesis);
    await Deno.writeTextFile(join(thesis, "index.html"), "my thesis");
    await makeSite(forged);
    await Deno.writeTextFile(join(forged, LIST), "{}");
    for (const site of [thesis, forged]) {
      for (const overwrite of [false, true]) {
        const error = await refused(site, overwrite);
        assertStringIncludes(error.message, `${site}: there is already a folder, and it is not a`);
        assertEquals(settingsOf(error), ["out"]);
      }
    }
  }));

Deno.test("no folder in which the project is may become a site, whatever is asked for", async () => {
  for (const folder of [PROJECT, dirname(PROJECT), "/"]) {
    const error = await assertRejects(() => checkSiteFolder(folder, true), OutputRefusedError);
    assertStringIncludes(error.message, "the project itself is in it");
  }
});

Deno.test("a new site takes the old one's place whole, and leaves nothing beside it", () =>
  inFolder(async (folder) => {
    const site = join(folder, "deep/site");
    await replaceFolder(site, (fresh) => makeSite(fresh));
    await replaceFolder(site, async (fresh) => {
      await makeSite(fresh, "two");
      assertEquals(await Deno.readTextFile(join(site, "index.html")), "one");
      await Deno.remove(join(fresh, "run"), { recursive: true });
    });
    assertEquals(await filesIn(site), ["index.html", LIST]);
    assertEquals(await Deno.readTextFile(join(site, "index.html")), "two");
    assertEquals((await Array.fromAsync(Deno.readDir(dirname(site)))).map(({ name }) => name), [
      "site",
    ]);
  }));

Deno.test("if the new site cannot be made, the old one stays and nothing is left beside it", () =>
  inFolder(async (folder) => {
    const site = join(folder, "site");
    await makeSite(site);
    const failing = async (fresh: string) => {
      await makeSite(fresh, "two");
      throw new Error("cell 3 has failed");
    };
    await assertRejects(() => replaceFolder(site, failing), Error, "cell 3");
    await checkSiteFolder(site);
    assertEquals(await Deno.readTextFile(join(site, "index.html")), "one");
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, 1);
  }));

Deno.test("a link that leads nowhere is refused before anything is built", () =>
  inFolder(async (folder) => {
    const link = join(folder, "link");
    await Deno.symlink(join(folder, "nothing"), link);
    assertStringIncludes((await refused(link)).message, "it is a link that leads nowhere");
  }));

Deno.test("a link stays a link, and the folder that it leads to is replaced", () =>
  inFolder(async (folder) => {
    const [site, link] = [join(folder, "site"), join(folder, "link")];
    await makeSite(site);
    await Deno.symlink(site, link);
    await replaceFolder(link, (fresh) => makeSite(fresh, "two"));
    assertEquals((await Deno.lstat(link)).isSymlink, true);
    assertEquals(await Deno.readTextFile(join(site, "index.html")), "two");
  }));

Deno.test("the version depends on what is in the site, and on nothing else", () =>
  inFolder(async (folder) => {
    const versions: string[] = [];
    for (const [name, text] of [["a", "one"], ["b", "one"], ["c", "two"]]) {
      const site = join(folder, name);
      await makeSite(site, text);
      versions.push(parseList(await Deno.readTextFile(join(site, LIST)))!.version);
    }
    assertEquals(versions[0], versions[1]);
    assertEquals(new Set(versions).size, 2);
    assertEquals(parseList(""), undefined);
    assertEquals(parseList("[]"), undefined);
    assertEquals(parseList("null"), undefined);
  }));
