/** What `deno task site` says before any work begins. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { inTempFolder, runFrom, runHere } from "../support/commands.ts";

Deno.test("a wrong argument ends with 2, and says what would be right", async () => {
  const wrong: [args: string[], said: RegExp][] = [
    [["--port", "8000"], /--port is the port of --serve/],
    [["--serve", "--port", "99999"], /integer of at least 0 and at most 65535/],
    [["--zip", "2"], /must end in \.zip; notebooks are named before --zip/],
    [["--serve", "--zip"], /--zip and --serve exclude each other/],
    [["--repository", "github.com/a/b"], /must begin with https/],
    [["--out", ""], /must not be empty/],
    [["--fast"], /unknown option/],
    [["77"], /Cannot find notebook "77"/],
  ];
  for (const [args, said] of wrong) {
    const { code, stdout, stderr } = await runHere("site", ...args);
    assertEquals([args, code, stdout], [args, 2, ""]);
    assertMatch(stderr, said);
  }
});

Deno.test("a notebook that is not the project's has no page", () =>
  inTempFolder(async (folder) => {
    const own = join(folder, "own.ipynb");
    await Deno.writeTextFile(own, "{}");
    const { code, stderr } = await runHere("site", own);
    assertEquals(code, 2);
    assertStringIncludes(stderr, `Cannot build a page of ${own}: the site has the notebooks of`);
  }));

Deno.test("a folder that is no site, and a file that is no archive of one, stay as they are", () =>
  inTempFolder(async (folder) => {
    await Deno.mkdir(join(folder, "thesis"));
    await Deno.writeTextFile(join(folder, "thesis", "index.html"), "mine");
    await Deno.writeTextFile(join(folder, "photos.zip"), "mine");
    const refused: [args: string[], said: RegExp][] = [
      [
        ["--out", "thesis"],
        /Cannot build a site in thesis: .* not a site\. Choose another folder with --out/,
      ],
      [["--out", "thesis", "--overwrite"], /not a site\. Choose another folder with --out/],
      [
        ["--out", "site", "--zip", "photos.zip"],
        /Cannot write photos\.zip: .* not an archive of the site/,
      ],
      [["--out", "book", "--zip", "book/book.zip"], /it is in the folder of the site, book/],
      [["--out", "photos.zip/site"], /it must be a folder, and photos\.zip is a file/],
    ];
    for (const [args, said] of refused) {
      const { code, stderr } = await runFrom(folder, "site", ...args);
      assertEquals([args, code], [args, 2]);
      assertMatch(stderr, said);
    }
    assertEquals(await Deno.readTextFile(join(folder, "thesis", "index.html")), "mine");
    assertEquals(await Deno.readTextFile(join(folder, "photos.zip")), "mine");
  }));
