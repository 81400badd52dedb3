/**
 * A site that is served while it is written: its pages load themselves again when it has changed.
 *
 * @module
 */
import { addressOf, serveFolder } from "./server.ts";

/** The path, beside the pages, at which a page hears of changes. */
const CHANGES = "changes";

/** The end of each page: one that has heard of a change loads itself again. */
const ENDING = `<script>new EventSource("${CHANGES}").onmessage = () => location.reload();</script>
`;

/**
 * A service worker that removes itself and what an earlier one has kept: an author is to see what
 * is on the disk.
 */
const NO_SERVICE_WORKER = `addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) await caches.delete(name);
  await registration.unregister();
})()));
`;

type Page = ReadableStreamDefaultController<Uint8Array>;

export class WatchedSite implements AsyncDisposable {
  readonly #pages = new Set<Page>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /**
   * Begins to serve a folder.
   *
   * @param port 0 for a free one; if left out, 8000 or the next one that is free.
   */
  constructor(folder: string, port?: number) {
    this.#server = serveFolder(folder, {
      port,
      ending: ENDING,
      own: (path) => path === CHANGES ? this.#follow() : path === "sw.js" ? noWorker() : undefined,
    });
  }

  get url(): string {
    return addressOf(this.#server);
  }

  /** Has the open pages load themselves again. */
  reload(): void {
    const message = new TextEncoder().encode("data: changed\n\n");
    for (const page of this.#pages) page.enqueue(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const page of this.#pages) page.close();
    this.#pages.clear();
    await this.#server.shutdown();
  }

  #follow(): Response {
    let own: Page;
    const stream = new ReadableStream<Uint8Array>({
      start: (page) => {
        own = page;
        this.#pages.add(page);
        // A first line: a browser takes the connection for open when something has come.
        page.enqueue(new TextEncoder().encode(": here\n\n"));
      },
      cancel: () => void this.#pages.delete(own),
    });
    return new Response(stream, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }
}

function noWorker(): Response {
  return new Response(NO_SERVICE_WORKER, {
    headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-store" },
  });
}
