/**
 * Pages of outputs as front ends show them that cannot be started here: JupyterLab's output area, whose packages come from
 * npm as they are, and VS Code's, by its sources.
 */
import { join } from "node:path";
import { build, stop } from "esbuild";
import { outputOf } from "@/io/processes.ts";
import { type Output } from "@/notebook/document.ts";
import { plotlyScript, scriptJson } from "@/plot/plotly.ts";
import { BrowserBundle } from "./browser_bundle.ts";

/** What `jupyterlab.lock.json` was made from. */
const PACKAGES = {
  "@jupyterlab/outputarea": "4.6.6",
  "@jupyterlab/rendermime": "4.6.6",
  "@jupyterlab/services": "7.6.6",
  "@lumino/widgets": "2.10.0",
};

const ENTRY = `
import { OutputArea, OutputAreaModel } from "@jupyterlab/outputarea";
import { RenderMimeRegistry, standardRendererFactories } from "@jupyterlab/rendermime";
import { KernelManager, ServerConnection } from "@jupyterlab/services";
import { Widget } from "@lumino/widgets";

window.showOutputs = (values, trusted) => {
  const area = new OutputArea({
    model: new OutputAreaModel({ trusted, values }),
    rendermime: new RenderMimeRegistry({ initialFactories: standardRendererFactories }),
  });
  Widget.attach(area, document.body);
  return area;
};

/** As Notebook 6 speaks: it answers to no protocol by name, which a browser then refuses. */
class Socket extends WebSocket {
  constructor(url) {
    super(url);
  }
}

/** Starts the kernel of a server that this page comes from. */
window.startKernel = async (name) => {
  const baseUrl = location.origin + "/";
  const serverSettings = ServerConnection.makeSettings({
    baseUrl,
    wsUrl: baseUrl.replace("http", "ws"),
    WebSocket: Socket,
  });
  window.kernel = await new KernelManager({ serverSettings }).startNew({ name });
};

/** Runs a cell, its outputs in an area of their own; the status of the reply. */
window.runCell = async (code) => {
  window.area = showOutputs([], true);
  area.future = kernel.requestExecute({ code });
  const { content } = await area.future.done;
  return content.status;
};
`;

/** A page with an empty output area, whose `runCell` runs cells on the server that it comes from. */
export async function liveAreaPage(): Promise<string> {
  return await outputAreaPage([], true);
}

/** A page that shows outputs as JupyterLab does, each cell's in an area of its own. */
export async function outputAreaPage(cells: Output[][], trusted: boolean): Promise<string> {
  const script = (await outputAreaScript()).replaceAll("</script", "<\\/script");
  // A file has long texts as lists of lines; who reads it joins them.
  const joined = cells.map((outputs) => outputs.map(withTexts));
  return `<!doctype html><meta charset="utf-8"><body><script>${script}</script>
<script>for (const outputs of ${scriptJson(joined)}) showOutputs(outputs, ${trusted});</script>`;
}

/**
 * A page that shows outputs as VS Code does, by its sources: vendors' types first, plotly's as data and layout without
 * frames; HTML as elements of one document, each script made anew (vscode-jupyter `execution/helpers.ts`,
 * `@nteract/transform-plotly`, vscode `notebook-renderers/src/index.ts`).
 */
export async function vscodePage(cells: Output[][]): Promise<string> {
  const bundles = cells.flat().flatMap((output) => withTexts(output).data ?? []);
  return `<!doctype html><meta charset="utf-8"><body>
<script>${await plotlyScript()}; window.TheirPlotly = window.Plotly; delete window.Plotly;</script>
<script>for (const bundle of ${scriptJson(bundles)}) {
  const element = document.createElement("div");
  document.body.append(element);
  const plotly = bundle["application/vnd.plotly.v1+json"];
  const html = bundle["text/html"];
  if (plotly) {
    element.className = "their-plotly";
    TheirPlotly.newPlot(element, plotly.data, plotly.layout);
  } else if (html !== undefined) {
    element.innerHTML = html;
    for (const script of element.querySelectorAll("script")) {
      const again = document.createElement("script");
      again.text = script.innerText;
      element.append(again);
    }
  } else element.innerText = bundle["text/plain"];
}</script>`;
}

function withTexts(output: Output): Output {
  const data = Object.entries(output.data ?? {}).map(([type, value]) => [
    type,
    Array.isArray(value) ? value.join("") : value,
  ]);
  return output.data ? { ...output, data: Object.fromEntries(data) } : output;
}

let built: Promise<string> | undefined;

/** JupyterLab's packages in one script, built once. */
function outputAreaScript(): Promise<string> {
  return built ??= buildScript();
}

async function buildScript(): Promise<string> {
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

// Run by itself it fetches what the tests bundle with, for tests that have no network.
if (import.meta.main) {
  await outputAreaScript();
  await using _ = await BrowserBundle.make({ nothing: "export {};" });
}
