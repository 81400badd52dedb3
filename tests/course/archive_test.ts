/** Archives of strangers are read within limits, or refused with the reason. */
import { assertEquals, assertRejects } from "@std/assert";
import { Archive, ArchiveError } from "@/course/archive.ts";
import { type ZipEntry, zipOf } from "../support/zip_files.ts";

async function textsIn(entries: ZipEntry[]): Promise<Record<string, string>> {
  using archive = await Archive.open(zipOf(entries));
  const texts: Record<string, string> = {};
  for (const { path, kind, read } of archive.files) {
    texts[path] = kind === "file" ? new TextDecoder().decode(await read()) : kind;
  }
  return texts;
}

Deno.test("what was packed comes out: stored, compressed, folders, names in UTF-8 and in the old encoding", async () => {
  assertEquals(
    await textsIn([
      { path: "plain.txt", data: "as it is" },
      { path: "김/small.ipynb", data: "x".repeat(10_000), deflate: true },
      { path: "folder/" },
      { path: "", name: new Uint8Array([0x4a, 0x6f, 0x73, 0x82]), data: "é is 0x82 there" },
      { path: "on\\windows.txt", data: "a path of Windows" },
      { path: "link", data: "/etc/passwd", mode: 0o120777 },
    ]),
    {
      "plain.txt": "as it is",
      "김/small.ipynb": "x".repeat(10_000),
      "folder": "folder",
      "José": "é is 0x82 there",
      "on/windows.txt": "a path of Windows",
      "link": "link",
    },
  );
});

const REFUSED: [what: string, entries: ZipEntry[], reason: string][] = [
  ["a path upwards", [{ path: "../../etc/passwd", data: "x" }], "leads out of it"],
  ["a path upwards in Windows' way", [{ path: "..\\x", data: "x" }], "leads out of it"],
  ["an absolute path", [{ path: "/etc/passwd", data: "x" }], "leads out of it"],
  ["a drive", [{ path: "C:/x", data: "x" }], "leads out of it"],
  ["encryption", [{ path: "a", data: "x", encrypted: true, deflate: true }], "it is encrypted"],
  ["a wrong check sum", [{ path: "a", data: "x", damaged: true }], "its checksum is wrong"],
  [
    "a bomb that says it is small",
    [{ path: "a", data: new Uint8Array(10_000_000), deflate: true, size: 10 }],
    "it holds more than it says",
  ],
  ["a size that is a lie", [{ path: "a", data: "abc", deflate: true, size: 10 }], "it is damaged"],
];

for (const [what, entries, reason] of REFUSED) {
  Deno.test(`an archive with ${what} is refused`, async () => {
    await assertRejects(() => textsIn(entries), ArchiveError, reason);
  });
}

Deno.test("what is no archive, or half of one, is refused", async () => {
  const whole = zipOf([{ path: "a", data: "x".repeat(1000) }]);
  for (const bytes of [new Uint8Array(), new TextEncoder().encode("no zip"), whole.slice(0, 500)]) {
    await assertRejects(() => Archive.open(bytes), ArchiveError, "no zip archive");
  }
});
