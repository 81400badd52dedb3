/** JupyterLab's output area on a page of its own: its packages come from npm, as they are, without a server. */
import { join } from "node:path";
import { build, stop } from "esbuild";
import { outputOf } from "@/io/processes.ts";
import { type Output } from "@/notebook/document.ts";

/** What `jupyterlab.lock.json` was made from. */
const PACKAGES = {
  "@jupyterlab/outputarea": "4.6.6",
  "@jupyterlab/rendermime": "4.6.6",
  "@lumino/widgets": "2.10.0",
};

const ENTRY = `
import { OutputArea, OutputAreaModel } from "@jupyterlab/outputarea";
import { RenderMimeRegistry, standardRendererFactories } from "@jupyterlab/rendermime";
import { Widget } from "@lumino/widgets";

window.showOutputs = (values, trusted) => {
  const area = new OutputArea({
    model: new OutputAreaModel({ trusted, values }),
    rendermime: new RenderMimeRegistry({ initialFactories: standardRendererFactories }),
  });
  Widget.attach(area, document.body);
};
`;

/** A page that shows outputs as JupyterLab does, each cell's in an area of its own. */
export async function outputAreaPage(cells: Output[][], trusted: boolean): Promise<string> {
  const script = (await outputAreaScript()).replaceAll("</script", "<\\/script");
  // A file has long texts as lists of lines; who reads it joins them.
  const joined = cells.map((outputs) => outputs.map(withTexts));
  const outputs = JSON.stringify(joined).replaceAll("<", "\\u003c");
  return `<!doctype html><meta charset="utf-8"><body><script>${script}</script>
<script>for (const outputs of ${outputs}) showOutputs(outputs, ${trusted});</script>`;
}

function withTexts(output: Output): Output {
  const data = Object.entries(output.data ?? {}).map(([type, value]) => [
    type,
    Array.isArray(value) ? value.join("") : value,
  ]);
  return output.data ? { ...output, data: Object.fromEntries(data) } : output;
}

async function outputAreaScript(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "jupyterlab-" });
  try {
    const lock = new URL("jupyterlab.lock.json", import.meta.url);
    await Deno.copyFile(lock, join(folder, "deno.lock"));
    const file = JSON.stringify({ private: true, dependencies: PACKAGES });
    await Deno.writeTextFile(join(folder, "package.json"), file);
    const { success, stderr } = await outputOf(Deno.execPath(), {
      args: ["install", "--quiet", "--frozen", "--node-modules-dir=auto"],
      cwd: folder,
    });
    if (!success) {
      throw new Error(`Cannot install JupyterLab's packages: ${new TextDecoder().decode(stderr)}`);
    }
    const { outputFiles } = await build({
      stdin: { contents: ENTRY, resolveDir: folder },
      bundle: true,
      write: false,
      minify: true,
      loader: { ".svg": "text" },
      define: { "process.env.NODE_ENV": '"production"' },
      logLevel: "error",
    });
    return outputFiles[0].text;
  } finally {
    await stop();
    await Deno.remove(folder, { recursive: true });
  }
}
