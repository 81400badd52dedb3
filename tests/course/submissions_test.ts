/** What lies among the submissions is somebody's, or is named with the reason why it is not graded. */
import { dirname, join } from "node:path";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Assignment } from "@/course/assignment.ts";
import { FolderSource } from "@/course/submission_files.ts";
import { Intake } from "@/course/submissions.ts";
import { inTempFolder } from "../support/commands.ts";
import { changed, smallAssignment } from "../support/submissions.ts";
import { type ZipEntry, zipOf } from "../support/zip_files.ts";

const assignment: Assignment = smallAssignment();
const solution = changed(assignment, []);
const other = changed(assignment, [["return 2 * x;", "return 3 * x;"]]);

type Files = Record<string, string | Uint8Array>;

async function write(folder: string, files: Files): Promise<void> {
  for (const [path, data] of Object.entries(files)) {
    const file = join(folder, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    if (path.endsWith("/")) await Deno.mkdir(file, { recursive: true });
    else {await Deno.writeFile(
        file,
        typeof data === "string" ? new TextEncoder().encode(data) : data,
      );}
  }
}

interface Taken {
  /** By student: the path of the notebook, or the problem. */
  students: Record<string, string>;
  leftOut: string[];
}

async function takenIn(path: string, acceptRenamed = false): Promise<Taken> {
  const taken = new Set(["grades.csv", "grades.json"]);
  const options = { out: join(path, "out"), taken, acceptRenamed };
  using intake = await Intake.open(path, assignment, options);
  const students: Record<string, string> = {};
  for (const student of intake.students) {
    const { path, problem, bytes } = await intake.read(student);
    students[student] = problem ?? path!;
    if (bytes) assertEquals(JSON.parse(new TextDecoder().decode(bytes)).nbformat, 4);
  }
  return { students, leftOut: intake.leftOut.map(({ path, reason }) => `${path}: ${reason}`) };
}

/**
 * What comes of files in a folder; so that all are one, of the same in an archive, and of an archive with a folder
 * around them.
 */
async function takenAllWays(files: Files, acceptRenamed = false, around = true): Promise<Taken> {
  let found: Taken | undefined;
  await inTempFolder(async (folder) => {
    await write(join(folder, "in"), files);
    found = await takenIn(join(folder, "in"), acceptRenamed);
    for (const outer of around ? ["", "GANs-A1-4711/"] : [""]) {
      const archive = join(folder, `class${outer.length}.zip`);
      const entries = Object.entries(files).map(([path, data]): ZipEntry => {
        return { path: outer + path, data, deflate: true };
      });
      await Deno.writeFile(archive, zipOf(entries));
      assertEquals(await takenIn(archive, acceptRenamed), found, `in an archive: ${outer}`);
    }
  });
  return found!;
}

Deno.test("a folder for each student, and nbgrader's submitted/<student>/<assignment>/", async () => {
  const plain = { "ada/small.ipynb": solution, "bob/small.ipynb": other, "cyd/": "" };
  assertEquals((await takenAllWays(plain)).students, {
    ada: "ada/small.ipynb",
    bob: "bob/small.ipynb",
    cyd: "no notebook: there is no small.ipynb",
  });
  const nbgrader = {
    "ada/ps1/small.ipynb": solution,
    "ada/ps1/timestamp.txt": "2026-01-01",
    "bob/ps1/small.ipynb": other,
    "bob/ps2/next.ipynb": other,
  };
  const students = { ada: "ada/ps1/small.ipynb", bob: "bob/ps1/small.ipynb" };
  assertEquals((await takenAllWays(nbgrader)).students, students);
  const below = Object.fromEntries(
    Object.entries(nbgrader).map(([path, text]) => [`submitted/${path}`, text]),
  );
  const course = { ...below, "source/ps1/small.ipynb": solution, "gradebook.db": "" };
  for (const files of [below, course]) {
    const found = await takenAllWays(files);
    assertEquals(found.students, {
      ada: "ada/ps1/small.ipynb",
      bob: "bob/ps1/small.ipynb",
    });
  }
  // One student with two assignments is one student.
  const one = { "ada/ps1/small.ipynb": solution, "ada/ps2/next.ipynb": other };
  assertEquals(Object.keys((await takenAllWays(one, false, false)).students), ["ada"]);
});

Deno.test("Moodle's download, with folders and without, with typed texts, groups and two of one name", async () => {
  const { students, leftOut } = await takenAllWays({
    "Ada Lovelace_11_assignsubmission_file_/small.ipynb": solution,
    "Ada Lovelace_11_assignsubmission_onlinetext_/onlinetext.html": "<p>see file</p>",
    "Ada Lovelace_12_assignsubmission_file/sub/small.ipynb": other,
    "Bob_13_assignsubmission_file_small.ipynb": solution,
    "Cyd_14_assignsubmission_onlinetext_/onlinetext.html": "<p>mine</p>",
    "Cyd_15_assignsubmission_file_small (1).ipynb": solution,
    "Dan_16_assignsubmission_file_hand in.zip": zipOf([{ path: "x/small.ipynb", data: solution }]),
    "Group 7_7_assignsubmission_file_/small.ipynb": solution,
  });
  assertEquals(students, {
    "Ada Lovelace_11": "Ada Lovelace_11_assignsubmission_file_/small.ipynb",
    "Ada Lovelace_12": "Ada Lovelace_12_assignsubmission_file/sub/small.ipynb",
    "Bob_13": "Bob_13_assignsubmission_file_small.ipynb",
    "Cyd_14":
      "no notebook: there is no small.ipynb, only a text that was typed into the platform, or a link",
    "Cyd_15":
      'no notebook: there is no small.ipynb, but "Cyd_15_assignsubmission_file_small (1).ipynb"; add --accept-renamed to grade that one',
    "Dan_16": "Dan_16_assignsubmission_file_hand in.zip/x/small.ipynb",
    "Group 7_7": "Group 7_7_assignsubmission_file_/small.ipynb",
  });
  assertEquals(leftOut.filter((line) => line.includes("typed")).length, 2);
});

Deno.test("Canvas' download: late, handed in twice, anonymous, typed", async () => {
  const { students } = await takenAllWays({
    "lovelaceada_1201_990001_small.ipynb": solution,
    "bobson_LATE_1202_990002_small-1.ipynb": solution,
    "cydney_1203_990003_small-2.ipynb": solution,
    "cydney_1203_990004_plot.png": "png",
    "dan_1204_text.html": "<p>",
    "anon_x7Q2p_990005_small.ipynb": solution,
  });
  assertEquals(students, {
    "anon_x7Q2p": "anon_x7Q2p_990005_small.ipynb",
    "bobson_1202": "bobson_LATE_1202_990002_small-1.ipynb",
    "cydney_1203": "cydney_1203_990003_small-2.ipynb",
    "dan_1204":
      "no notebook: there is no small.ipynb, only a text that was typed into the platform, or a link",
    "lovelaceada_1201": "lovelaceada_1201_990001_small.ipynb",
  });
});

Deno.test("what systems leave behind is no student's; what nobody can be given is named", async () => {
  const { students, leftOut } = await takenAllWays({
    "ada/small.ipynb": solution,
    "bob/small.ipynb": other,
    "ada/.ipynb_checkpoints/small-checkpoint.ipynb": other,
    "ada/.Trash-0/files/small.ipynb": other,
    "ada/.~small.ipynb": other,
    "ada/._small.ipynb": "resource fork",
    "ada/scratch.ipynb": other.replaceAll("grade_id", "id"),
    "__MACOSX/ada/._small.ipynb": "",
    ".DS_Store": "",
    "Thumbs.db": "",
    "desktop.ini": "",
    "~$list.xlsx": "",
    ".ipynb_checkpoints/x.ipynb": "",
    "kim_small.ipynb": solution,
    "Lee.zip": zipOf([{ path: "small.ipynb", data: solution }]),
    "list.csv": "name",
    ".hidden/small.ipynb": solution,
    "old grades/grades.json": "{}",
    "old grades/.results/ada.json": "{}",
  });
  assertEquals(students, { ada: "ada/small.ipynb", bob: "bob/small.ipynb" });
  assertEquals(leftOut, [
    ".hidden/: hidden",
    "Lee.zip: in no student's folder; make one for it",
    "kim_small.ipynb: in no student's folder; make one for it",
    "list.csv: in no student's folder",
    "old grades/: a folder of grades",
    "ada/scratch.ipynb: another notebook",
  ]);
});

Deno.test("the folder of the grades is no student's, also where it is that of the submissions", () =>
  inTempFolder(async (folder) => {
    await write(folder, {
      "ada/small.ipynb": solution,
      "out/ada/feedback.html": "",
      "out/x.csv": "",
    });
    assertEquals(await takenIn(folder), { students: { ada: "ada/small.ipynb" }, leftOut: [] });
    await write(folder, { "grades.csv": "", "grades.json": "", ".results/ada.json": "{}" });
    await Deno.remove(join(folder, "out"), { recursive: true });
    const options = {
      out: folder,
      taken: new Set(["grades.csv", "grades.json"]),
      acceptRenamed: false,
    };
    using intake = await Intake.open(folder, assignment, options);
    assertEquals([intake.students, intake.leftOut], [["ada"], []]);
  }));

Deno.test("grades are not written to a folder that was handed in, which would then not be graded", () =>
  inTempFolder(async (folder) => {
    await write(folder, { "ada/small.ipynb": solution, "kim/a.zip": "", "bob/x/small.ipynb": "" });
    for (const out of ["ada", "kim", "bob", join("bob", "x")]) {
      const options = { out: join(folder, out), taken: new Set<string>(), acceptRenamed: false };
      await assertRejects(
        () => Intake.open(folder, assignment, options),
        RangeError,
        `Cannot write the grades to ${options.out}: it is one of the folders that were handed in`,
      );
    }
  }));

Deno.test("a folder that may not be looked into is no folder of grades; what else the system says is told", () =>
  inTempFolder(async (folder) => {
    using source = await FolderSource.open(folder, join(folder, "out"), new Set());
    const { lstat } = Deno;
    const has = (error: Error) => {
      // To root nothing is denied.
      Deno.lstat = () => Promise.reject(error);
      return source.has("kim", ["grades.json"]);
    };
    try {
      assertEquals(await has(new Deno.errors.PermissionDenied("no")), false);
      await assertRejects(
        () => has(new Error("Too many open files (os error 24)")),
        Error,
        "files",
      );
    } finally {
      Deno.lstat = lstat;
    }
  }));

const RENAMED = [
  "small (1).ipynb",
  "Copy of small.ipynb",
  "SMALL.ipynb",
  "small.IPYNB",
  "small-Copy1.ipynb",
  "kim_small_final.ipynb",
  "ｓｍａｌｌ.ipynb",
  "small.ipynb.txt",
  "small.ipynb.json",
  "small.json",
  "small",
  "Untitled7.ipynb",
];

for (const name of RENAMED) {
  Deno.test(`${name} is offered, and graded with --accept-renamed alone`, async () => {
    const files = { [`kim/${name}`]: solution, "ada/small.ipynb": solution };
    const { students } = await takenAllWays(files, false, false);
    assertEquals(
      students.kim,
      `no notebook: there is no small.ipynb, but "kim/${name}"; add --accept-renamed to grade that one`,
    );
    assertEquals((await takenAllWays(files, true, false)).students.kim, `kim/${name}`);
  });
}

Deno.test("of two notebooks that can both be meant none is graded, unless they are the same", async () => {
  const both = { "kim/small.ipynb": solution, "kim/small (1).ipynb": other };
  for (const accept of [false, true]) {
    assertEquals(
      (await takenAllWays(both, accept, false)).students.kim,
      'there are 2 notebooks, and it is not clear which one is meant: "kim/small.ipynb", "kim/small (1).ipynb"; leave only one of them',
    );
  }
  const same = { ...both, "kim/small (1).ipynb": solution };
  assertEquals((await takenAllWays(same, false, false)).students.kim, "kim/small.ipynb");
  const deep = {
    "ada/small.ipynb": solution,
    "kim/a/small.ipynb": solution,
    "kim/b/small.ipynb": other,
  };
  assertStringIncludes((await takenAllWays(deep, false, false)).students.kim, "2 notebooks");
  const packed = {
    "kim/small.ipynb": solution,
    "kim/new.zip": zipOf([{ path: "small.ipynb", data: other }]),
  };
  assertStringIncludes(
    (await takenAllWays(packed, false, false)).students.kim,
    "kim/new.zip/small.ipynb",
  );
});

const NO_NOTEBOOKS: [files: Files, told: string][] = [
  [{ "small.html": "<html>" }, '"kim/small.html" (a web page)'],
  [{ "essay.pdf": "%PDF" }, '"kim/essay.pdf" (a PDF document)'],
  [{ "small.ts": "const x = 1;", "small.py": "x" }, '"kim/small.ts" (a program)'],
  [{ "-": solution, "data.csv": "1" }, 'only "kim/-", "kim/data.csv"'],
  [{ "all.rar": "Rar!" }, '"kim/all.rar" (an archive of another kind than zip)'],
  [{ "hand in.zip": "no zip" }, '"kim/hand in.zip" (an archive that cannot be read: it is damaged'],
  [
    { "a.zip": zipOf([{ path: "../small.ipynb", data: solution }]) },
    '"kim/a.zip" (an archive that cannot be read: it has a path that leads out of it',
  ],
  [
    { "a.zip": zipOf([{ path: "b.zip", data: zipOf([{ path: "small.ipynb", data: solution }]) }]) },
    '"kim/a.zip/b.zip" (an archive in an archive is not opened)',
  ],
  [
    { "a.zip": zipOf([{ path: "small.ipynb", data: solution, encrypted: true, deflate: true }]) },
    "no notebook: kim/a.zip/small.ipynb cannot be unpacked: it is encrypted",
  ],
  [
    { "a.zip": zipOf([{ path: "small.ipynb", data: "/etc/passwd", mode: 0o120777 }]) },
    "no notebook: kim/a.zip/small.ipynb is a link, and links are not followed",
  ],
  [
    {
      "a.zip": zipOf([{
        path: "small.ipynb",
        data: new Uint8Array(11 * 2 ** 20),
        deflate: true,
      }]),
    },
    "the file is too large: 11 MiB, at most 10 are read",
  ],
  [
    {
      "a.zip": zipOf([{
        path: "small.ipynb",
        data: new Uint8Array(50 * 2 ** 20),
        deflate: true,
        size: 100,
      }]),
    },
    "it holds more than it says",
  ],
];

for (const [files, told] of NO_NOTEBOOKS) {
  Deno.test(`without a notebook: ${told}`, async () => {
    const own = Object.fromEntries(
      Object.entries(files).map(([name, data]) => [`kim/${name}`, data]),
    );
    const { students } = await takenAllWays({ ...own, "ada/small.ipynb": solution }, true, false);
    assertStringIncludes(students.kim, told);
    assertEquals(students.ada, "ada/small.ipynb");
  });
}

Deno.test("links are not followed, names of one letter form stay two students", {
  ignore: Deno.build.os === "windows",
}, () =>
  inTempFolder(async (folder) => {
    const names = ["José", "José".normalize("NFD"), "kim", "Kim"];
    await write(folder, Object.fromEntries(names.map((name) => [`${name}/small.ipynb`, solution])));
    await Deno.mkdir(join(folder, "eve"));
    await Deno.symlink(join(folder, "kim", "small.ipynb"), join(folder, "eve", "small.ipynb"));
    await Deno.symlink(join(folder, "kim"), join(folder, "mallory"));
    const { students } = await takenIn(folder);
    assertEquals(Object.keys(students).length, 6);
    for (const name of names) assertEquals(students[name], `${name}/small.ipynb`);
    assertEquals(
      students.eve,
      "no notebook: eve/small.ipynb is a link, and links are not followed",
    );
    assertEquals(students.mallory, "no notebook: mallory is a link, and links are not followed");
  }));

Deno.test("an archive that is none, and one without a student, are refused", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "class.zip");
    await Deno.writeTextFile(file, "<html>log in first</html>");
    await assertRejects(() => takenIn(file), RangeError, "no zip archive");
    await Deno.writeFile(file, zipOf([{ path: "small.ipynb", data: solution }]));
    await assertRejects(() => takenIn(file), RangeError, "found none, only small.ipynb");
    assert((await Deno.stat(file)).isFile);
  }));
