/** Somebody who reads the site in a Chromium of their own, and the errors that their pages meet. */
import { type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { startChromium } from "../../support/chromium.ts";

export interface VisitorOptions extends BrowserContextOptions {
  /** What Chromium is given. */
  flags?: string[];
}

export class Visitor implements AsyncDisposable {
  /** What pages have said on the console as an error, thrown, or asked for in vain. */
  readonly errors: string[] = [];

  private constructor(private readonly browser: Browser, readonly page: Page) {
    page.on("pageerror", (error) => this.errors.push(error.stack ?? String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") {
        this.errors.push(`${message.text()} (${message.location().url})`);
      }
    });
    page.on("response", (response) => {
      if (response.status() >= 400) this.errors.push(`${response.status()} ${response.url()}`);
    });
  }

  static async open({ flags = [], ...options }: VisitorOptions = {}): Promise<Visitor> {
    const browser = await startChromium(...flags);
    try {
      const context = await browser.newContext({
        viewport: { width: 1200, height: 900 },
        ...options,
      });
      context.setDefaultTimeout(60_000);
      return new Visitor(browser, await context.newPage());
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Waits until something holds. */
  async until(what: string, holds: () => Promise<boolean>, seconds = 60): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!await holds()) {
      if (Date.now() > deadline) throw new Error(`not within ${seconds} seconds: ${what}`);
      await this.page.waitForTimeout(100);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
  }
}
