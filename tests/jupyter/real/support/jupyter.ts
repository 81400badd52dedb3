/** A Jupyter Notebook as a reader starts it, on the loopback, and a Chromium to read in. */
import { join } from "node:path";
import { type Browser, type BrowserContext, type Locator, type Page } from "playwright-core";
import { writeKernelSpec } from "@/notebook/kernelspec.ts";
import { startChromium } from "../../../support/chromium.ts";
import { IN_GATE } from "../../../support/gate.ts";

/** A server that shows one folder; stops when it is disposed of. */
export class JupyterServer implements AsyncDisposable {
  /** Its address, without a slash at its end. */
  url = "";

  private constructor(
    private readonly process: Deno.ChildProcess,
    private readonly dataFolder: string,
  ) {}

  static async start(notebooks: string): Promise<JupyterServer> {
    const dataFolder = await Deno.makeTempDir({ prefix: "jupyter-" });
    await writeKernelSpec(dataFolder);
    const process = new Deno.Command("jupyter-notebook", {
      args: [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        // Where the usual port is taken, the server looks for another.
        "--port-retries=50",
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
    const server = new JupyterServer(process, dataFolder);
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      const url = await saidAddress(dataFolder, process.pid);
      const up = url && await fetch(`${url}/api`).then(async (response) => {
        await response.body?.cancel();
        return response.ok;
      }, () => false);
      if (up) {
        server.url = url;
        return server;
      }
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

/** What can be seen to change in a figure. */
export interface Drawn {
  /** The curves, points and bars, as SVG has them. */
  traces: string[];
  /** The heat maps, by their addresses. */
  images: string[];
  /** What a slider says. */
  slider: string;
}

/** What plotly keeps of a figure that plays. */
interface Animated {
  _fullLayout: { sliders: { steps: { label: string }[] }[] };
}

/** An animation that has stood still at its last frame for so long has ended. */
const AT_END_MS = 3000;

/** What a figure shows now, with what one of its sliders says. */
export async function drawn(figure: Locator, slider = 0): Promise<Drawn> {
  return {
    traces: await figure.locator(":is(.scatterlayer, .barlayer) path").evaluateAll((paths) =>
      paths.map((path) => `${path.getAttribute("d")} ${path.getAttribute("transform")}`)
    ),
    images: await figure.locator("image").evaluateAll((images) =>
      images.map((image) => image.getAttribute("href") ?? image.getAttribute("xlink:href") ?? "")
    ),
    slider: await sliderText(figure, slider),
  };
}

async function sliderText(figure: Locator, which = 0): Promise<string> {
  const group = figure.locator(".slider-group").nth(which);
  return await group.locator("text").first().textContent() ?? "";
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

  /** @param flags What Chromium is started with besides. */
  static async open(options: { offline?: boolean } = {}, flags: string[] = []): Promise<Reader> {
    const browser = await startChromium("--disable-gpu", ...flags);
    const context = await browser.newContext({
      ...options,
      viewport: { width: 1200, height: 1000 },
    });
    return new Reader(browser, context, await context.newPage());
  }

  /** Waits until something holds, five minutes at most unless told otherwise. */
  async until(what: string, holds: () => Promise<boolean>, minutes = 5): Promise<void> {
    const deadline = Date.now() + minutes * 60_000;
    while (!(await holds())) {
      if (Date.now() > deadline) {
        await this.picture("failed");
        throw new Error(`not within ${minutes} minutes: ${what}`);
      }
      await this.page.waitForTimeout(100);
    }
  }

  /** Waits until plotly has drawn every figure, and each has the room that it needs. */
  figuresDrawn(): Promise<void> {
    const figures = this.page.locator(".workbook-figure");
    return this.until(
      "every figure is drawn",
      async () =>
        await figures.count() ===
          await this.page.locator(".workbook-figure[data-fitted]").count(),
    );
  }

  /** Keeps a picture of what is on the screen, to be looked at: not of the gate, which removes its folder. */
  async picture(name: string): Promise<void> {
    if (IN_GATE) return;
    await Deno.mkdir("build/walk", { recursive: true });
    await this.page.screenshot({ path: join("build/walk", `${name}.png`) });
  }

  /** Keeps a picture of a whole page, however long, to be looked at. */
  async whole(name: string): Promise<void> {
    if (IN_GATE) return;
    const { page } = this;
    const height = await page.evaluate<number>(`Math.max(...[...document.querySelectorAll(
      "html, #site, #notebook")].map(({ scrollHeight }) => scrollHeight))`);
    const size = page.viewportSize()!;
    await page.setViewportSize({ ...size, height: Math.min(8000, height + 150) });
    await this.picture(name);
    await page.setViewportSize(size);
  }

  /** Opens a notebook of a server and runs all of its cells; returns how many there are. */
  async runAll(server: JupyterServer, file: string): Promise<number> {
    await this.openNotebook(server, file);
    await this.page.getByText("Cell", { exact: true }).click();
    await this.page.locator("#run_all_cells a").click();
    return await this.allRun();
  }

  /** Opens a notebook of a server; returns when its kernel is ready. */
  async openNotebook(server: JupyterServer, file: string): Promise<void> {
    await this.page.goto(`${server.url}/notebooks/${file}`);
    await this.page.locator(".kernel_idle_icon").waitFor();
  }

  /**
   * Waits until cells have run and their figures are drawn; returns how many there are.
   *
   * @param after The cells have greater numbers than this.
   * @param awaited Which of the code cells are waited for, by their places; all by default.
   * @throws {Error} If one of them fails, with what it says.
   */
  async allRun(after = 0, awaited?: number[]): Promise<number> {
    const cells = `Jupyter.notebook.get_cells().filter((cell) => cell.cell_type === "code")`;
    const [numbers, errors] = [
      `${cells}.map((cell) => Number(cell.input_prompt_number))`,
      `${cells}.flatMap((cell) => cell.output_area.outputs)
        .filter(({ output_type }) => output_type === "error")
        .map(({ traceback }) => traceback.join("\\n"))`,
    ];
    await this.until("every cell has run", async () => {
      const [error] = await this.page.evaluate<string[]>(errors);
      if (error) throw new Error(`A cell has failed: ${error}`);
      // An output can come after its cell's number has, but not after the kernel has said that it is idle.
      const found = await this.page.evaluate<number[]>(numbers);
      return (awaited?.map((place) => found[place]) ?? found).every((number) => number > after) &&
        await this.page.evaluate<boolean>("!Jupyter.notebook.kernel_busy");
    }, 15);
    await this.figuresDrawn();
    return (await this.page.evaluate<number[]>(numbers)).length;
  }

  /**
   * Drags a slider of a figure to its left end, or to its right end if it is at the left; returns
   * what was drawn before and after.
   */
  async dragSlider(
    figure: Locator = this.page.locator(".workbook-figure:has(.slider-grip-rect)").first(),
    which = 0,
  ): Promise<{ before: Drawn; after: Drawn }> {
    await figure.scrollIntoViewIfNeeded();
    const before = await drawn(figure, which);
    const grip = (await figure.locator(".slider-grip-rect").nth(which).boundingBox())!;
    const rail = (await figure.locator(".slider-rail-rect").nth(which).boundingBox())!;
    const height = grip.y + grip.height / 2;
    const left = grip.x - rail.x > grip.width;
    const end = left ? rail.x + 2 : rail.x + rail.width - 2;
    const { mouse } = this.page;
    await mouse.move(grip.x + grip.width / 2, height);
    await mouse.down();
    await mouse.move((grip.x + end) / 2, height, { steps: 5 });
    await mouse.move(end, height, { steps: 5 });
    await mouse.up();
    await this.page.waitForTimeout(500);
    return { before, after: await drawn(figure, which) };
  }

  /** Presses Play of an animation and, after so many different frames or all that it has, Pause. */
  async playAnimation(
    frames: number,
    figure: Locator = this.page.locator(".workbook-figure:has(.updatemenu-button)").first(),
  ): Promise<Drawn[]> {
    await figure.scrollIntoViewIfNeeded();
    const [play, pause] = await figure.locator(".updatemenu-button").all();
    const seen = [await drawn(figure)];
    const positions = await figure.evaluate((element) =>
      (element as unknown as Animated)._fullLayout.sliders[0].steps.map(({ label }) => label)
    );
    const wanted = Math.min(frames, positions.length);
    await play.click();
    let pressed = Date.now();
    await this.until(`${wanted} different frames`, async () => {
      // The slider's text first, which is quick: on a busy machine frames go by.
      const text = await sliderText(figure);
      if (text !== seen.at(-1)!.slider) seen.push(await drawn(figure));
      else if (text.endsWith(` ${positions.at(-1)}`) && Date.now() > pressed + AT_END_MS) {
        // It has come to its end. Pressed sooner, Play would begin anew before a frame is seen.
        await play.click();
        pressed = Date.now();
      }
      return seen.length >= wanted;
    });
    await pause.click();
    await this.page.waitForTimeout(500);
    return [...seen, await drawn(figure)];
  }

  /**
   * Goes over to a dark theme on a page made from a notebook. Returns when the text of the figures
   * has followed.
   */
  async darken(): Promise<void> {
    await this.page.emulateMedia({ colorScheme: "dark" });
    await this.page.evaluate('document.body.dataset.theme = "dark"');
    await this.until(
      "figures have the theme's colour",
      () =>
        this.page.evaluate(`[...document.querySelectorAll(".workbook-figure .gtitle")]
          .every((title) => getComputedStyle(title).fill === getComputedStyle(document.body).color)`),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
  }
}

/** The address that a server has written into its runtime folder, once it listens. */
async function saidAddress(folder: string, pid: number): Promise<string | undefined> {
  try {
    const { url } = JSON.parse(await Deno.readTextFile(join(folder, `nbserver-${pid}.json`)));
    return new URL(url).origin;
  } catch {
    return undefined; // It has not been written, or not yet whole.
  }
}
