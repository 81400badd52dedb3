/**
 * Showing a page in the user's browser.
 *
 * @module
 */

/**
 * The system's own way to open a file or an address; deno.json lets `train` start these and nothing
 * else.
 */
const OPENERS: Partial<Record<typeof Deno.build.os, string>> = {
  linux: "/usr/bin/xdg-open",
  darwin: "/usr/bin/open",
  windows: "C:/Windows/explorer.exe",
};

/** An opener that has not failed by then works: some stay as long as the browser. */
const PATIENCE_MS = 3000;

/**
 * Opens a file or an address in the browser.
 *
 * @param opener Another program than the system's.
 * @returns Why it could not be done; undefined if it was done.
 */
export async function openInBrowser(
  target: string,
  opener = OPENERS[Deno.build.os],
): Promise<string | undefined> {
  if (opener === undefined) return `it is not known how ${Deno.build.os} opens a page`;
  let child: Deno.ChildProcess;
  try {
    const silent = { stdin: "null", stdout: "null", stderr: "null" } as const;
    child = new Deno.Command(opener, { args: [target], ...silent }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `there is no ${opener} on this computer`;
    return (error as Error).message;
  }
  child.unref();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  const status = await Promise.race([child.status, patience]);
  clearTimeout(timer);
  // Windows' explorer answers 1 when all is well.
  const failed = status !== undefined && !status.success && Deno.build.os !== "windows";
  return failed ? `${opener} found no browser (exit code ${status.code})` : undefined;
}
