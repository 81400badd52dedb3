/** Opening a page in the browser, with programs in the browser's place. */
import { join } from "node:path";
import { assertEquals, assertMatch } from "@std/assert";
import { openInBrowser } from "@/cli/open_in_browser.ts";
import { inTempFolder } from "../support/commands.ts";

async function script(folder: string, text: string): Promise<string> {
  const path = join(folder, "opener");
  await Deno.writeTextFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "the page is handed to the opener as one argument",
  ignore,
  fn: () =>
    inTempFolder(async (folder) => {
      const opener = await script(folder, `printf %s "$1" > '${folder}/seen'`);
      const page = join(folder, "a page; $(date).html");
      assertEquals(await openInBrowser(page, opener), undefined);
      assertEquals(await Deno.readTextFile(join(folder, "seen")), page);
    }),
});

Deno.test({
  name: "an opener that fails, and none at all, are told of",
  ignore,
  fn: () =>
    inTempFolder(async (folder) => {
      const opener = await script(folder, "exit 3");
      assertMatch(await openInBrowser("x", opener) ?? "", /found no browser \(exit code 3\)/);
      assertMatch(await openInBrowser("x", join(folder, "none")) ?? "", /there is no .*none/);
    }),
});
