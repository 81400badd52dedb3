/**
 * Waits for changes of files, as their author makes them: some at a time, and then none.
 *
 * @module
 */
import { relative } from "node:path";

/** What editors, kernels and our own commands leave for a moment is no change of the project. */
const PASSING = /(^|[\\/])(\.[^\\/]*|[^\\/]*~|[^\\/]*\.tmp|4913)([\\/]|$)/;

/**
 * The files below some folders that have changed, some at a time, until `signal` is aborted.
 *
 * What changes while nobody asks is kept for the next time.
 *
 * @param options.quietMs Changes are collected until there has been none for so long.
 */
export async function* changesIn(
  folders: string[],
  { quietMs = 300, signal }: { quietMs?: number; signal?: AbortSignal } = {},
): AsyncGenerator<string[], void> {
  const watcher = Deno.watchFs(folders);
  const changed = new Set<string>();
  let events = 0;
  let wake = () => {};
  const watching = (async () => {
    for await (const { paths } of watcher) {
      const own = paths.filter((path) => !isPassing(path, folders));
      for (const path of own) changed.add(path);
      if (own.length > 0) events++;
      wake();
    }
  })();
  const stop = () => wake();
  signal?.addEventListener("abort", stop);
  try {
    while (!signal?.aborted) {
      if (changed.size === 0) {
        await new Promise<void>((resolve) => wake = resolve);
        continue;
      }
      for (let before = -1; before !== events;) {
        before = events;
        await new Promise((resolve) => setTimeout(resolve, quietMs));
      }
      const found = [...changed].sort();
      changed.clear();
      yield found;
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    watcher.close();
    await watching;
  }
}

/** Whether a file is there for a moment only. */
function isPassing(path: string, folders: string[]): boolean {
  const below = folders.map((folder) => relative(folder, path));
  return below.every((way) => way.startsWith("..") || PASSING.test(way));
}
