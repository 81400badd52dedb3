/** A signal to `deno task notebooks` ends Jupyter's programs and the kernel as well. */
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { ended, inTempFolder, start } from "../../support/commands.ts";

const SLOW = {
  cells: [{
    cell_type: "code",
    execution_count: null,
    id: "a",
    metadata: {},
    outputs: [],
    source: "await new Promise((resolve) => setTimeout(resolve, 60000));",
  }],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
};

Deno.test("stopped in a cell, notebooks ends with 143 and leaves no kernel, program or folder behind", () =>
  inTempFolder(async (folder) => {
    const temporary = join(folder, "tmp");
    await Deno.mkdir(temporary);
    await Deno.writeTextFile(join(folder, "slow.ipynb"), JSON.stringify(SLOW));
    const child = start("notebooks", ["--check", "slow.ipynb"], {
      from: folder,
      env: { TMPDIR: temporary },
    });
    const result = ended(child);
    const processes = async () => {
      const { stdout } = await new Deno.Command("ps", { args: ["-A", "-o", "args"] }).output();
      return new TextDecoder().decode(stdout).split("\n").filter((line) =>
        line.includes(temporary)
      );
    };
    // Python, and the kernel that it has started.
    while ((await processes()).length < 2) await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill("SIGTERM");
    const { code, stderr } = await result;
    assertEquals(code, 143, stderr);
    assertEquals([...Deno.readDirSync(temporary)], []);
    assertEquals(await processes(), []);
  }));
