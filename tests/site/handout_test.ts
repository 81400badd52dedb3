/** A site as one archive. */
import { unzipSync } from "fflate";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { PROJECT } from "@/cli/place.ts";
import { outputOf } from "@/io/processes.ts";
import { writeList } from "@/site/build/site_folder.ts";
import { isPackedSite, packSite, readmeText } from "@/site/serve/handout.ts";

const FILES: Record<string, string> = {
  "index.html": "<p>".repeat(1000),
  "run/data/images.gz": "\x1f\x8b",
  "run/page.js": "1",
  "serve.ts": "2",
  "umlauts-ä.txt": "ä",
};

async function withSite(test: (site: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "handout-" });
  try {
    // In another order than that of their names.
    for (const [path, text] of Object.entries(FILES).reverse()) {
      await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
      await Deno.writeTextFile(join(folder, path), text);
    }
    await writeList(folder);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("an archive has all files of a site in one folder, as they are", () =>
  withSite(async (site) => {
    const files = unzipSync(await packSite(site));
    const texts = Object.entries(files).map(([path, bytes]) =>
      [path, new TextDecoder().decode(bytes)] as const
    );
    const { "gan-workbook/site.json": list, ...own } = Object.fromEntries(texts);
    assert(list.includes("index.html"));
    assertEquals(
      own,
      Object.fromEntries(
        Object.entries(FILES).map(([path, text]) => [`gan-workbook/${path}`, text]),
      ),
    );
  }));

Deno.test("the same site gives the same bytes, at another time and in another time zone", async () => {
  const archives: Uint8Array[] = [];
  await withSite(async (site) => {
    archives.push(await packSite(site));
    const module = new URL("../../lib/site/serve/handout.ts", import.meta.url).href;
    const program = `const { packSite } = await import(${JSON.stringify(module)});
      await Deno.stdout.write(await packSite(${JSON.stringify(site)}));`;
    const { stdout } = await outputOf(Deno.execPath(), {
      args: ["eval", program],
      cwd: PROJECT,
      env: { TZ: "Pacific/Kiritimati" },
    });
    archives.push(stdout);
  });
  await withSite(async (site) => void archives.push(await packSite(site)));
  assert(archives[0].length > 500);
  assertEquals(archives[1], archives[0]);
  assertEquals(archives[2], archives[0]);
});

Deno.test("an archive as it was made is told from all other files", () =>
  withSite(async (site) => {
    const archive = await packSite(site);
    assert(isPackedSite(archive));
    assertEquals(isPackedSite(archive.slice(0, -30)), false);
    assertEquals(isPackedSite(new TextEncoder().encode("PK")), false);
    await Deno.writeTextFile(join(site, "notes.txt"), "mine");
    assertEquals(isPackedSite(await packSite(site)), false);
    await Deno.remove(join(site, "notes.txt"));
    await Deno.writeTextFile(join(site, "run/page.js"), "mine");
    assertEquals(isPackedSite(await packSite(site)), false);
  }));

Deno.test("the archive's README has the line that serves it, with the project's own Deno", async () => {
  const version = (await Deno.readTextFile(join(PROJECT, ".deno-version"))).trim();
  const text = readmeText(version);
  assertStringIncludes(
    text,
    `\n    npx -y deno@${version} run --allow-net=127.0.0.1 --allow-read=. serve.ts\n`,
  );
  assertEquals(text.split("\n").filter((line) => line.length > 100), []);
});
