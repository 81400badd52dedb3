/** A Jupyter Notebook as a reader starts it, on the loopback, and a Chromium to read in. */
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { writeKernelSpec } from "@/notebook/kernelspec.ts";

const CHROMIUM = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";

/** A server that shows one folder; stops when it is disposed of. */
export class JupyterServer implements AsyncDisposable {
  private constructor(
    readonly url: string,
    private readonly process: Deno.ChildProcess,
    private readonly dataFolder: string,
  ) {}

  static async start(notebooks: string): Promise<JupyterServer> {
    const dataFolder = await Deno.makeTempDir({ prefix: "jupyter-" });
    await writeKernelSpec(dataFolder);
    const port = freePort();
    const process = new Deno.Command("jupyter-notebook", {
      args: [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        `--port=${port}`,
        "--port-retries=0",
        "--NotebookApp.token=",
        "--NotebookApp.password=",
        // It stops by itself, should this process not live to stop it.
        "--NotebookApp.shutdown_no_activity_timeout=300",
        `--notebook-dir=${notebooks}`,
      ],
      env: {
        JUPYTER_PATH: dataFolder,
        JUPYTER_DATA_DIR: dataFolder,
        JUPYTER_CONFIG_DIR: dataFolder,
        JUPYTER_RUNTIME_DIR: dataFolder,
      },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const server = new JupyterServer(`http://127.0.0.1:${port}`, process, dataFolder);
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      const up = await fetch(`${server.url}/api`).then(async (response) => {
        await response.body?.cancel();
        return response.ok;
      }, () => false);
      if (up) return server;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await server[Symbol.asyncDispose]();
    throw new Error("Jupyter Notebook did not start within a minute");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.process.kill("SIGTERM");
    } catch { /* It has ended. */ }
    await this.process.status;
    await Deno.remove(this.dataFolder, { recursive: true });
  }
}

/** A page in a browser of its own, and the errors that the page has met. */
export class Reader implements AsyncDisposable {
  readonly errors: string[] = [];
  /** What the page has asked of files and networks. */
  readonly requests: string[] = [];

  private constructor(
    private readonly browser: Browser,
    context: BrowserContext,
    readonly page: Page,
  ) {
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith("data:")) this.requests.push(request.url());
    });
    context.setDefaultTimeout(60_000);
  }

  static async open(options: { offline?: boolean } = {}): Promise<Reader> {
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu"],
      headless: true,
    });
    const context = await browser.newContext({
      ...options,
      viewport: { width: 1200, height: 1000 },
    });
    return new Reader(browser, context, await context.newPage());
  }

  /** Waits until something holds, two minutes at most. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 120_000;
    while (!(await holds())) {
      if (Date.now() > deadline) {
        await this.picture("failed");
        throw new Error(`not within two minutes: ${what}`);
      }
      await this.page.waitForTimeout(100);
    }
  }

  /** Waits until plotly has drawn every figure. */
  figuresDrawn(): Promise<void> {
    const figures = this.page.locator(".workbook-figure");
    return this.until(
      "every figure is drawn",
      async () =>
        await figures.count() ===
          await figures.filter({ has: this.page.locator(".xaxislayer-above") }).count(),
    );
  }

  /** Keeps a picture of what is on the screen, to be looked at. */
  async picture(name: string): Promise<void> {
    await Deno.mkdir("build/walk", { recursive: true });
    await this.page.screenshot({ path: join("build/walk", `${name}.png`) });
  }

  /** Drags a figure's first slider to its left end; returns its lines before and after. */
  async dragSlider(): Promise<{ before: string[]; after: string[] }> {
    const figure = this.page.locator(".workbook-figure:has(.slider-grip-rect)").first();
    await figure.scrollIntoViewIfNeeded();
    const lines = () =>
      figure.locator(".scatterlayer path.js-line").evaluateAll((paths) =>
        paths.map((path) => path.getAttribute("d") ?? "")
      );
    const before = await lines();
    const grip = (await figure.locator(".slider-grip-rect").first().boundingBox())!;
    const rail = (await figure.locator(".slider-rail-rect").first().boundingBox())!;
    const height = grip.y + grip.height / 2;
    const { mouse } = this.page;
    await mouse.move(grip.x + grip.width / 2, height);
    await mouse.down();
    await mouse.move((grip.x + rail.x) / 2, height, { steps: 5 });
    await mouse.move(rail.x + 2, height, { steps: 5 });
    await mouse.up();
    await this.page.waitForTimeout(500);
    return { before, after: await lines() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
