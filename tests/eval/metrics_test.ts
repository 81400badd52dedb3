/** What the suite, the command, the printed table and the documentation read of the metrics. */
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  ALL_METRICS,
  DEFAULT_METRICS,
  METRIC_NAMES,
  METRICS,
  metricsNamed,
} from "@/eval/metrics.ts";
import { loadReference } from "@/eval/reference.ts";
import { encodeNpy } from "@/formats/npy.ts";
import { evaluationText } from "@/plot/evaluation_text.ts";
import { METRICS_HEADING, metricsTable } from "../../tools/metrics_table.ts";
import { inTempFolder, ROOT, runHere } from "../support/commands.ts";
import { copyOfProject } from "../support/page_snippets.ts";

Deno.test("no two metrics have a name in common, in whatever letters and signs it is typed", () => {
  const plain = METRIC_NAMES.flatMap((name) => [name.toLowerCase(), ...METRICS[name].aliases]);
  assertEquals(new Set([...plain, "all", "default"]).size, plain.length + 2);
  for (const name of METRIC_NAMES) {
    for (const one of [name, ...METRICS[name].aliases]) {
      assertEquals(metricsNamed(` ${one.toUpperCase().split("").join("-")}`), [name]);
    }
  }
  assertEquals([metricsNamed("All"), metricsNamed("default")], [ALL_METRICS, DEFAULT_METRICS]);
  assertEquals([metricsNamed(""), metricsNamed("fad")], [undefined, undefined]);
});

Deno.test("the help of evaluate has every metric with all of its names and its text", async () => {
  const { stdout } = await runHere("evaluate", "--help");
  const words = stdout.replaceAll(/\s+/g, " ");
  for (const name of METRIC_NAMES) {
    const { aliases, help } = METRICS[name];
    assertStringIncludes(words, `${[name, ...aliases].join(", ")} ${help}`);
  }
});

Deno.test("the printed table has every row of every metric that was measured", async () => {
  const { real, noise } = await loadReference();
  const text = evaluationText(real, { real, noise });
  for (const name of METRIC_NAMES.filter((name) => name in real)) {
    for (const row of METRICS[name].rows) assertStringIncludes(text, `\n${row.name} `);
  }
  assertMatch(
    text,
    /\nParzen log-likelihood, nats +241\.2 ± 2\.1 +241\.2 ± 2\.1 +-627\.8 ± 0\.1 +higher\n/,
  );
});

Deno.test("the documentation's table of the metrics is that of tools/metrics_table.ts", async () => {
  const pages = [join(ROOT, "README.md")];
  for await (const { name } of Deno.readDir(join(ROOT, "docs"))) {
    if (name.endsWith(".md")) pages.push(join(ROOT, "docs", name));
  }
  const tables = (await Promise.all(pages.map((page) => Deno.readTextFile(page))))
    .flatMap((text) => text.split(/\n\n+/))
    .filter((part) => part.startsWith(`| ${METRICS_HEADING} `));
  assertEquals(tables.map((table) => table.trim()), [metricsTable(await loadReference())]);
});

/** As somebody adds one: what to add to `Figures`, and to `METRICS`. */
const INK = {
  Figures: `
  /** How much ink the samples have. */
  ink: { mean: number };
`,
  METRICS: `
  ink: {
    title: "ink",
    aliases: ["brightness"],
    help: "mean of all pixels",
    needs: { samples: 1 },
    measure: ({ samples }) => ({
      mean: samples.reduce((sum, pixel) => sum + pixel, 0) / samples.length,
    }),
    rows: [{ name: "mean ink", of: ({ mean }) => mean.toFixed(4), better: "as real" }],
  },
`,
};

/** The text with something more at the end of a declaration. */
function addedTo(text: string, declaration: string, more: string): string {
  const at = text.indexOf("\n}", text.search(new RegExp(`^export \\w+ ${declaration}\\b`, "m")));
  assert(at > 0, `there is no ${declaration}`);
  return text.slice(0, at) + more.trimEnd() + text.slice(at);
}

Deno.test("a metric that is added in metrics.ts alone has its help, figures, ends and row", () =>
  inTempFolder(async (folder) => {
    await copyOfProject(ROOT, folder);
    const file = join(folder, "lib/eval/metrics.ts");
    let text = await Deno.readTextFile(file);
    for (const [name, more] of Object.entries(INK)) text = addedTo(text, name, more);
    await Deno.writeTextFile(file, text);
    await Deno.writeFile(
      join(folder, "x.npy"),
      encodeNpy(new Float32Array(784).fill(0.5), [1, 784]),
    );
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--check", "-A", "lib/cli/evaluate.ts", ...args],
        cwd: folder,
        env: { INIT_CWD: folder, NO_COLOR: "1" },
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assertEquals(code, 0, err);
      return out;
    };
    assertStringIncludes(await run("--help"), "\n  ink, brightness\n      mean of all pixels\n");
    const table = await run("--samples", "x.npy", "--metrics", "Brightness");
    // The first training image has 0.1377, uniform noise about 0.5.
    assertMatch(table, /\nmean ink +0\.5000 +0\.1377 +0\.[45]\d{3} +as real\n/);
  }));
