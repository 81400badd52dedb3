/**
 * The report of a run as a page that follows the training, on this computer alone.
 *
 * `/` is the report as it stands; `/events` tells what follows, as server-sent events: `history`
 * (all so far), `events`, `quality`, `grid` and `end`. The server listens on 127.0.0.1 only, and a
 * request must name that address: a page from elsewhere whose own name leads here (DNS rebinding)
 * is refused. The training waits for nobody: a browser that does not read is disconnected, and
 * gets the history when it connects again.
 *
 * @module
 */
import { type Quality } from "@/eval/quality.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { withRemedies } from "@/remedy.ts";
import { type RunFolder } from "./folder.ts";
import { afterStep, pngUrl, renderReport } from "./report.ts";
import { spread } from "./spread.ts";

const HOST = "127.0.0.1";
/** Messages are collected and go out together, at most this often. */
const FLUSH_MS = 500;
/** Bytes that may wait for a browser. */
const MOST_UNREAD = 16 * 2 ** 20;
/** Most events of a history: a chart is a thousand pixels wide. */
const MOST_EVENTS = 4000;
/** How long a browser may take to receive the end. */
const GOODBYE_MS = 1000;

type Client = ReadableStreamDefaultController<Uint8Array>;

export class LivePage implements AsyncDisposable {
  readonly #clients = new Set<Client>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #timer: ReturnType<typeof setInterval>;
  #run?: RunFolder;
  #events: TrainEvent[] = [];
  #fresh: TrainEvent[] = [];
  #quality: Quality[] = [];

  private constructor(port: number) {
    this.#server = Deno.serve({
      hostname: HOST,
      port,
      onListen: () => {},
      onError: (error) => refusal(500, String(error)),
    }, (request) => this.#answer(request));
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS);
  }

  /**
   * Starts listening.
   *
   * @param port 0 for a free one.
   * @throws {Error} If the port cannot be had.
   */
  static start(port: number): LivePage {
    try {
      return new LivePage(port);
    } catch (error) {
      const why = error instanceof Deno.errors.AddrInUse
        ? "another program has it"
        : (error as Error).message;
      throw withRemedies(
        new Error(`Cannot show the training on port ${port} of ${HOST}: ${why}`, { cause: error }),
        { do: "leave out", setting: "port" },
      );
    }
  }

  get url(): string {
    const { hostname, port } = this.#server.addr;
    return `http://${hostname}:${port}/`;
  }

  /** How many browsers follow it. */
  get readers(): number {
    return this.#clients.size;
  }

  /** Shows this run. */
  async show(run: RunFolder): Promise<void> {
    this.#events = await run.readMetrics();
    this.#quality = await run.readQuality();
    this.#run = run;
  }

  event(event: TrainEvent): void {
    this.#events.push(event);
    // Twice as many as a browser is sent: every second one is enough.
    if (this.#events.length > 2 * MOST_EVENTS) this.#events = spread(this.#events, MOST_EVENTS);
    if (this.#clients.size > 0) this.#fresh.push(event);
  }

  quality(quality: Quality): void {
    this.#quality.push(quality);
    this.#tell("quality", this.#quality);
  }

  grid(step: number, png: Uint8Array): void {
    if (this.#clients.size > 0) this.#tell("grid", this.#gridOf(step, png));
  }

  /** Tells the browsers that the training is over and how it ended, and stops listening. */
  async close(text: string): Promise<void> {
    this.#flush();
    this.#tell("end", { text });
    clearInterval(this.#timer);
    for (const client of this.#clients) client.close();
    this.#clients.clear();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise((resolve) => timer = setTimeout(resolve, GOODBYE_MS));
    await Promise.race([this.#server.shutdown(), patience]);
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close("The training has ended.");
  }

  async #answer(request: Request): Promise<Response> {
    const { port } = this.#server.addr;
    const host = request.headers.get("host");
    if (host !== `${HOST}:${port}` && host !== `localhost:${port}`) {
      return refusal(421, `This page is at ${this.url} only.`);
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return refusal(405, "This page can only be read.");
    }
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/" && pathname !== "/events") {
      return refusal(404, `There is nothing here; the page is at ${this.url}`);
    }
    if (!this.#run) return refusal(503, "The training is being prepared.", { refresh: "1" });
    if (pathname === "/") {
      const page = await renderReport(this.#run, { live: true });
      return new Response(page, { headers: headersOf("text/html") });
    }
    return this.#follow(this.#run, Number(searchParams.get("after") ?? -1));
  }

  /** A stream of all that has happened, and then of what follows. */
  #follow(run: RunFolder, lastGrid: number): Response {
    let own: Client;
    const stream = new ReadableStream<Uint8Array>({
      start: (client) => {
        own = client;
        this.#clients.add(client);
        const history = { events: spread(this.#events, MOST_EVENTS), quality: this.#quality };
        client.enqueue(message("history", history));
        return this.#missed(run, lastGrid, client);
      },
      cancel: () => void this.#clients.delete(own),
    }, new ByteLengthQueuingStrategy({ highWaterMark: MOST_UNREAD }));
    return new Response(stream, { headers: headersOf("text/event-stream") });
  }

  /** Sends the grids that were drawn after the page was. */
  async #missed(run: RunFolder, lastGrid: number, client: Client): Promise<void> {
    const grids = (await run.sampleGrids()).filter(({ step }) => step > lastGrid);
    for (const { step, file } of grids) {
      const png = await Deno.readFile(file);
      if (this.#clients.has(client)) client.enqueue(message("grid", this.#gridOf(step, png)));
    }
  }

  #gridOf(step: number, png: Uint8Array) {
    const epoch = this.#events.findLast((event) => event.step === step)?.epoch;
    return { step, after: afterStep(step, epoch), src: pngUrl(png) };
  }

  #flush(): void {
    if (this.#fresh.length === 0) return;
    this.#tell("events", this.#fresh);
    this.#fresh = [];
  }

  #tell(name: string, data: unknown): void {
    if (this.#clients.size === 0) return;
    const bytes = message(name, data);
    for (const client of this.#clients) {
      if ((client.desiredSize ?? 0) > 0) {
        client.enqueue(bytes);
        continue;
      }
      this.#clients.delete(client);
      client.error(new Error("too much is unread"));
    }
  }
}

function message(name: string, data: unknown): Uint8Array {
  return new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

function headersOf(type: string): Record<string, string> {
  return {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
  };
}

function refusal(status: number, text: string, more: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, { status, headers: { ...headersOf("text/plain"), ...more } });
}
