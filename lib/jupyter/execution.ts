/**
 * A cell that is run in Deno's kernel, to its end or until it is given up.
 *
 * @module
 */
import { stoppable } from "./cell_text.ts";
import { type Inner, type InnerEnd } from "./inner.ts";
import { type Content, type Message, type Messages } from "./messages.ts";
import { adviceOnMaker, kernelPlaces } from "./makers.ts";
import { missingName } from "./slips.ts";
import { syntaxError } from "./syntax_error.ts";
import { died, gaveUp, interrupted, type Said, thrown } from "./words.ts";

/** How a cell has ended. */
interface Outcome {
  /** What the reply says besides the error. */
  reply: Content;
  error?: Said;
  /** Whether Deno's kernel no longer answers. */
  unusable: boolean;
}

/** From a stop to the V8 interrupt: our own code, and all that waits, has ended long before. */
const HEARD_MS = 1500;

/** From the V8 interrupt until the cell is given up. */
const TERMINATED_MS = 700;

const COLLECT_MS = 100;

/** Outputs take milliseconds on their way, and pictures that are drawn at the end take longer. */
const FLUSH_MS = 3000;

/**
 * The wait after a cell was stopped, enough for a picture: it may have left a calculation behind.
 */
const STOPPED_FLUSH_MS = 700;

/** The wait if nobody can say when outputs have gone: nearly all have by then. */
const UNMENDED_MS = 100;

/** One run of a cell. */
export class Execution {
  readonly #controller = new AbortController();
  /** Whether it waits for the reader to answer a question. */
  asks = false;
  /** The error that Deno's kernel has published. */
  published?: Said;
  /** How Deno's kernel has ended, if it did. */
  end?: InnerEnd;
  #over = false;
  /** Where the last statement began. */
  #line?: number;
  readonly #stopped = Promise.withResolvers<void>();

  constructor(
    private readonly starting: Promise<Inner>,
    private readonly messages: Messages,
    private readonly message: Message,
  ) {}

  get interrupted(): boolean {
    return this.signal.aborted;
  }

  /** Aborted when the reader stops the cell. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async run(): Promise<Outcome> {
    const { header, content } = this.message;
    const inner = await this.starting;
    if (this.interrupted) {
      return { reply: { status: "error" }, error: interrupted(), unusable: false };
    }
    const text = String(content.code ?? "");
    const code = inner.mended ? stoppable(text) : text;
    const request = this.messages.encode("execute_request", { ...content, code }, {}, { header });
    const replying = inner.request(request);
    const reply = await Promise.race([replying, this.#stopped.promise]);
    this.#over = true;
    let unusable = !reply && !this.end;
    if (unusable) inner.end();
    else if (reply && inner.mended) unusable = !(await this.#settle(inner));
    else if (reply) await wait(UNMENDED_MS);
    const error = await this.#error(reply ?? undefined, unusable);
    const status = error ? "error" : "ok";
    return { reply: { ...reply?.content, status }, error, unusable };
  }

  /**
   * Stops the cell: first our code and whatever it awaits are told, then V8 ends the calculation,
   * then the process is ended. All this takes a little over two seconds.
   */
  async interrupt(): Promise<void> {
    if (this.interrupted || this.#over) return;
    this.#controller.abort();
    const inner = await this.starting;
    inner.interrupt();
    // A question to the reader holds the thread: an empty answer ends it.
    if (this.asks) {
      inner.answer(this.messages.encode("input_reply", { status: "ok", value: "" }));
    }
    await wait(HEARD_MS);
    if (this.#over) return;
    inner.terminate();
    // After an await the calculation has left a promise that nobody will ever resolve. Deno's
    // kernel waits for it until it is collected as garbage.
    for (let waited = 0; waited < TERMINATED_MS && !this.#over; waited += COLLECT_MS) {
      await wait(COLLECT_MS);
      if (!this.#over) inner.collect();
    }
    this.#stopped.resolve();
  }

  /** Waits for the outputs; returns whether Deno's kernel still answers. */
  async #settle(inner: Inner): Promise<boolean> {
    const flushed = await inner.flush(true, this.interrupted ? STOPPED_FLUSH_MS : FLUSH_MS);
    this.#line = flushed?.line;
    if (flushed) return true;
    // A V8 interrupt can have ended the part inside.
    const patience = wait(TERMINATED_MS).then(() => false);
    if (await Promise.race([inner.prepare(this.message.header), patience])) return true;
    // A cell can have left a calculation running that somebody wants; after a stop nobody does.
    if (this.interrupted) inner.end();
    return !this.interrupted;
  }

  async #error(reply: Message | undefined, unusable: boolean): Promise<Said | undefined> {
    const { status, ename, evalue, traceback } = reply?.content ?? {};
    if (status === "ok" && !unusable && !(this.interrupted && this.asks)) return undefined;
    if (this.interrupted) return unusable ? gaveUp() : interrupted();
    if (!reply) return died(this.end!);
    const code = String(this.message.content.code);
    // So Deno's kernel answers, and publishes nothing, where it could not read the text.
    if (!this.published && evalue === "Execution failed") return await syntaxError(code);
    const said = this.published ?? { ename, evalue, traceback };
    return thrown(said, code, { line: this.#line, maker: await this.#maker(said) });
  }

  /** Which cell makes the name that was not there, if an error says that one was not. */
  async #maker({ evalue }: Said): Promise<string | undefined> {
    const name = missingName(evalue);
    if (!name) return undefined;
    const { content: { code }, metadata: { cellId } } = this.message;
    return await adviceOnMaker(name, { code: String(code), cellId }, kernelPlaces());
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
