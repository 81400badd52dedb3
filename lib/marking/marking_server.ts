/**
 * Serves the page on which answers are marked, on this computer alone.
 *
 * What is served are strangers' texts and people's marks: the address has a word in it that nobody
 * else knows, requests of other pages and under other names are refused, and the page may load
 * nothing from elsewhere and run no script but its own.
 *
 * @module
 */
import * as v from "valibot";
import { withoutTypes } from "@/course/syntax.ts";
import { assetText } from "@/host/host.ts";
import { Styles } from "@/site/render/styles.ts";
import { AnswerRenderer } from "./answer_html.ts";
import { type MarkingDesk, type Sight, VerdictError } from "./marking_desk.ts";
import { markingScheme } from "./marking_scheme.ts";

const HOST = "127.0.0.1";
/** The port where none is asked for, and how many after it are tried. */
const PORT = 8100;
const PORTS = 50;
/** The most that a page may send, in bytes. */
const MOST_SENT = 1_000_000;
/** The longest comment or reason, in characters. */
const MOST_WORDS = 20_000;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "font-src 'self'",
  "img-src data:",
  // KaTeX places what it typesets by styles of elements.
  "style-src 'self' 'unsafe-inline'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": POLICY,
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const VERDICT = v.strictObject({
  item: v.string(),
  numbers: v.pipe(v.array(v.pipe(v.number(), v.integer())), v.minLength(1)),
  points: v.nullable(v.number()),
  comment: v.pipe(v.string(), v.maxLength(MOST_WORDS)),
  reason: v.pipe(v.string(), v.maxLength(MOST_WORDS)),
  seen: v.array(v.string()),
});

/** A file of the page. */
interface PageFile {
  type: string;
  body: string | Uint8Array<ArrayBuffer>;
}
/** By name. */
type Files = Map<string, PageFile>;

/** The page of a desk. */
export class MarkingServer implements AsyncDisposable {
  readonly #renderer = new AnswerRenderer();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** The path that only who is told the address knows. */
  readonly #secret = crypto.getRandomValues(new Uint8Array(16)).toHex();

  private constructor(
    private readonly desk: MarkingDesk,
    private readonly files: Files,
    private readonly onDecision: () => void,
    port?: number,
  ) {
    this.#server = listen(port, (request) => this.#answer(request));
  }

  /**
   * @param onDecision Called after each decision that was kept.
   * @throws {Error} If the port cannot be had.
   */
  static async start(
    desk: MarkingDesk,
    { port, onDecision = () => {} }: { port?: number; onDecision?(): void } = {},
  ): Promise<MarkingServer> {
    return new MarkingServer(desk, await pageFiles(), onDecision, port);
  }

  /** Where a browser finds the page. */
  get url(): string {
    return `http://${HOST}:${this.#server.addr.port}/${this.#secret}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const host = request.headers.get("host");
    const origin = request.headers.get("origin");
    const own = `${HOST}:${this.#server.addr.port}`;
    if (host !== own || origin !== null && origin !== `http://${own}`) {
      return refused(403, "Not here.");
    }
    if (!pathname.startsWith(`/${this.#secret}/`)) return refused(404, "There is nothing here.");
    const path = pathname.slice(this.#secret.length + 2);
    try {
      if (request.method === "POST" && path === "decide") return await this.#decide(request);
      if (request.method !== "GET") return refused(405, "This can only be read.");
      const file = this.files.get(path);
      if (file) {
        return new Response(file.body, { headers: { ...HEADERS, "content-type": file.type } });
      }
      const item = searchParams.get("item") ?? "";
      const number = Number(searchParams.get("number"));
      if (path === "class") return told(await this.#class());
      if (path === "lines") return told(this.desk.lines(this.#item(item)));
      if (path === "sight") return told(this.#sight(this.desk.sight(item, number)));
      if (path === "submission") {
        return told(this.desk.submission(number).map((sight) => this.#sight(sight)));
      }
      return refused(404, "There is nothing here.");
    } catch (error) {
      if (error instanceof VerdictError) return refused(400, error.message);
      return refused(500, error instanceof Error ? error.message : String(error));
    }
  }

  #item(id: string): string {
    if (this.desk.grades.items.some((item) => item.id === id)) return id;
    throw new VerdictError(`There is no item called ${id}.`);
  }

  /** What is the same for all answers. */
  async #class() {
    await this.desk.refresh();
    const { grades, assignment, options: { grader, blind } } = this.desk;
    const items = grades.items.map((item) => {
      if (item.kind !== "written") return item;
      const { question, model, criteria } = markingScheme(assignment, item.id);
      return {
        ...item,
        question: this.#renderer.html(question),
        model: this.#renderer.html(model),
        criteria: criteria.map(({ text, points }) => ({ html: this.#renderer.html(text), points })),
      };
    });
    return { assignment: grades.assignment, grader, blind, items };
  }

  #sight(sight: Sight) {
    const { item, number, answer } = sight;
    if (answer === undefined) return sight;
    const same = this.desk.sameAs(item, number);
    return { ...sight, same, html: this.#renderer.html(answer) };
  }

  async #decide(request: Request): Promise<Response> {
    // No form of another page sends this type without asking first.
    if (request.headers.get("content-type") !== "application/json") {
      return refused(415, "It must be JSON.");
    }
    const text = await request.text();
    if (text.length > MOST_SENT) return refused(413, "It is too much.");
    const { success, output, issues } = v.safeParse(VERDICT, parsed(text), { abortEarly: true });
    if (!success) throw new VerdictError(`It cannot be decided so: ${issues[0].message}.`);
    await this.desk.decide(output);
    this.onDecision();
    return told({});
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function told(value: unknown): Response {
  return Response.json(value, { headers: HEADERS });
}

function refused(status: number, message: string): Response {
  return new Response(message, {
    status,
    headers: { ...HEADERS, "content-type": "text/plain; charset=utf-8" },
  });
}

function listen(
  port: number | undefined,
  answer: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  const tried = port === undefined ? Array.from({ length: PORTS }, (_, i) => PORT + i) : [port];
  for (const port of tried) {
    try {
      return Deno.serve({ hostname: HOST, port, onListen() {} }, answer);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(
    `Cannot serve on port ${
      tried.join(", ")
    } of ${HOST}: another program has it. Choose another port`,
  );
}

async function pageFiles(): Promise<Files> {
  const script = async (path: `lib/${string}`) => ({
    type: "text/javascript",
    body: withoutTypes(await assetText(path)).replaceAll(/(from "\.\/\w+)\.ts"/g, '$1.js"'),
  });
  const [html, css] = [
    await assetText("lib/marking/page/marking_page.html"),
    await assetText("lib/marking/page/marking_page.css"),
  ];
  const styles = (await Styles.load()).files();
  const type = (path: string) => path.endsWith(".css") ? "text/css" : "font/woff2";
  return new Map<string, PageFile>([
    ["", { type: "text/html; charset=utf-8", body: html }],
    ["marking_page.css", { type: "text/css", body: css }],
    ["marking_page.js", await script("lib/marking/page/marking_page.ts")],
    ["marking_forms.js", await script("lib/marking/page/marking_forms.ts")],
    ...styles.filter(({ path }) => !path.endsWith(".txt")).map(({ path, bytes }) =>
      [path, { type: type(path), body: bytes as Uint8Array<ArrayBuffer> }] as const
    ),
  ]);
}
