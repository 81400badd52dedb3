/** The Chromium of Debian, as the tests start it. */
import { type Browser, chromium } from "playwright-core";

/**
 * Starts a Chromium without a window.
 *
 * @param args What it is given beside what every test needs.
 */
export function startChromium(...args: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
    args: ["--no-sandbox", ...args],
    headless: true,
  });
}
