/**
 * The workbook's kernel: Deno's kernel inside, with its faults mended on the way to Jupyter.
 *
 * - A cell is idle only after its outputs have gone.
 * - Whatever goes wrong is an `error` that the reader sees: a syntax error with its line, the end
 *   of a process with its reason.
 * - A cell that is stopped ends within seconds, whatever it does, and the kernel lives on.
 * - Cells that wait behind one that failed are not run.
 *
 * Each fault is mended by looking at what Deno's kernel did, so that nothing is said twice once a
 * later version does it right.
 *
 * Source: the Jupyter messaging protocol 5.4, https://jupyter-client.readthedocs.io/en/stable/messaging.html
 *
 * @module
 */
import { type Connection } from "./connection.ts";
import { Execution } from "./execution.ts";
import { Inner, type InnerEnd } from "./inner.ts";
import { type Content, type Message, type MessageHeader, Messages } from "./messages.ts";
import { REATTACH, REATTACHED, type Reattached } from "./protocol.ts";
import { Transcript } from "./transcript.ts";
import { TypeChecker } from "./types.ts";
import { died, type Said, UNMENDED } from "./words.ts";
import { type Frames, Server } from "./zmtp.ts";

/** A request and who has sent it. */
interface Request {
  message: Message;
  from: string;
}

/**
 * "Run All" sends requests one after another: one that comes this soon after an error was sent
 * before.
 */
const ABORT_MS = 50;

/** Requests that Deno's kernel answers. */
const ANSWERED = new Set([
  "complete_request",
  "inspect_request",
  "history_request",
  "is_complete_request",
  "comm_info_request",
]);

/** How many cells a page can have lost sight of, at most. */
const MOST_COUNTS = 1000;

/** The kernel of one connection file. */
export class Kernel {
  readonly #messages: Messages;
  readonly #shell: Server;
  readonly #control: Server;
  readonly #stdin: Server;
  readonly #iopub: Server;
  readonly #heart: Server;
  readonly #queue: Request[] = [];
  /** Those of them that are not run. */
  readonly #aborted = new WeakSet<Request>();
  #wake = () => {};
  #inner: Promise<Inner>;
  #running?: { execution: Execution; request: Request; transcript: Transcript };
  /** Numbers of the cells that have ended, by the ids of their requests. */
  readonly #counts = new Map<string, number>();
  #count = 0;
  /** What happened while no cell ran, for the next one to show. */
  #notice?: string;
  readonly #types?: TypeChecker;
  #stopping = false;
  readonly #ended = Promise.withResolvers<void>();

  /**
   * @param options.types Check the types of each cell while it runs.
   * @param options.inside Another module for the part inside.
   */
  constructor(
    private readonly connection: Connection,
    private readonly options: { types?: boolean; inside?: string } = {},
  ) {
    const { ip, key } = connection;
    this.#messages = new Messages(key);
    if (options.types) this.#types = new TypeChecker(Deno.cwd());
    const router = (port: number, on: (request: Request) => void) =>
      Server.bind("ROUTER", ip, port, (frames, from) => {
        const message = this.#messages.decode(frames);
        if (message) on({ message, from });
      });
    this.#shell = router(connection.shell_port, (request) => this.#onShell(request));
    this.#control = router(connection.control_port, (request) => this.#onControl(request));
    this.#stdin = router(connection.stdin_port, ({ message }) => this.#onStdin(message));
    this.#iopub = Server.bind("PUB", ip, connection.iopub_port);
    this.#heart = Server.bind("REP", ip, connection.hb_port);
    // Last, so that nothing has been started if a port is taken.
    this.#inner = this.#start();
  }

  /**
   * Serves until it is shut down.
   *
   * @throws {Error} If Deno's kernel cannot be started.
   */
  async run(): Promise<void> {
    await Promise.race([this.#work(), this.#ended.promise]);
    for (const server of [this.#shell, this.#control, this.#stdin, this.#iopub, this.#heart]) {
      await server.flushed();
      server.close();
    }
  }

  async #start(): Promise<Inner> {
    const inner = await Inner.start(this.connection.key, {
      published: (message) => this.#onPublished(message),
      asked: (message) => {
        if (!this.#running) return;
        this.#running.execution.asks = true;
        this.#send(this.#stdin, this.#running.request, message.frames);
      },
      died: (end) => this.#onDied(end),
    }, this.options.inside);
    if (!inner.mended) this.#notice = UNMENDED;
    return inner;
  }

  // What Jupyter asks.

  #onShell(request: Request): void {
    const { header, content } = request.message;
    const { msg_type } = header;
    if (msg_type === "kernel_info_request") this.#kernelInfo(request, this.#shell);
    else if (msg_type === "shutdown_request") this.#shutDown(request, this.#shell);
    else if (content.target_name === REATTACH) this.#reattach(header);
    else {
      this.#queue.push(request);
      this.#wake();
    }
  }

  async #onControl(request: Request): Promise<void> {
    const { message } = request;
    const { msg_type } = message.header;
    if (msg_type === "kernel_info_request") this.#kernelInfo(request, this.#control);
    else if (msg_type === "shutdown_request") this.#shutDown(request, this.#control);
    else if (msg_type === "interrupt_request") {
      if (this.#running) this.#running.execution.interrupt();
      else this.#abortQueue();
      await this.#busy(message, () => this.#reply(this.#control, request, { status: "ok" }));
      this.#stillBusy();
    }
  }

  async #onStdin(message: Message): Promise<void> {
    if (message.header.msg_type !== "input_reply" || !this.#running?.execution.asks) return;
    this.#running.execution.asks = false;
    (await this.#inner).answer(message.frames);
  }

  /** Answered at once, whatever runs: a page that was reloaded waits for it. */
  async #kernelInfo(request: Request, server: Server): Promise<void> {
    const { info } = await this.#inner;
    await this.#busy(request.message, () => this.#reply(server, request, info));
    this.#stillBusy();
  }

  /**
   * Tells a returning page what runs and what was shown so far. No state: each idle would ask
   * again.
   */
  #reattach(asked: MessageHeader): void {
    const running = this.#running;
    const waiting = this.#queue.filter((request) =>
      isExecution(request) && !this.#aborted.has(request)
    );
    const cells = [...running ? [running.request] : [], ...waiting].map((request) => ({
      id: request.message.header.msg_id,
      code: String(request.message.content.code),
      running: request === running?.request,
    }));
    const workbook: Reattached = { cells, ended: Object.fromEntries(this.#counts) };
    this.#publish("display_data", { data: { [REATTACHED]: workbook }, metadata: {} }, asked);
    for (const { type, content, metadata } of running?.transcript.outputs ?? []) {
      this.#iopub.publish(this.#messages.encode(type, content, asked, { metadata }));
    }
  }

  /** Pages show the last state that they were told, of whatever request. */
  #stillBusy(): void {
    const header = this.#running?.request.message.header;
    if (header) this.#publish("status", { execution_state: "busy" }, header);
  }

  async #shutDown(request: Request, server: Server): Promise<void> {
    this.#stopping = true;
    const { restart = false } = request.message.content;
    await this.#busy(request.message, async () => {
      await (await this.#inner).end();
      this.#reply(server, request, { status: "ok", restart });
    });
    this.#ended.resolve();
  }

  // The queue.

  async #work(): Promise<void> {
    await this.#inner;
    while (!this.#stopping) {
      const request = this.#queue.shift();
      if (!request) {
        await new Promise<void>((resolve) => this.#wake = resolve);
        continue;
      }
      const { message } = request;
      if (!isExecution(request)) {
        await this.#busy(message, () => this.#pass(request));
      } else if (this.#aborted.delete(request)) {
        await this.#busy(message, () => this.#reply(this.#shell, request, { status: "aborted" }));
      } else {
        await this.#busy(message, () => this.#execute(request));
      }
    }
  }

  /** Has Deno's kernel answer. */
  async #pass(request: Request): Promise<void> {
    const { header, content, frames } = request.message;
    if (header.msg_type === "comm_open") {
      // Nobody in here listens for it, and the sender should know.
      this.#publish("comm_close", { comm_id: content.comm_id, data: {} }, header);
    }
    if (!ANSWERED.has(header.msg_type)) return;
    const reply = await (await this.#inner).request(frames);
    if (reply) this.#send(this.#shell, request, reply.frames);
  }

  async #execute(request: Request): Promise<void> {
    const { header, content } = request.message;
    const silent = content.silent === true;
    if (!silent && content.store_history !== false) this.#count++;
    const count = { execution_count: this.#count };
    if (!silent) this.#publish("execute_input", { code: content.code, ...count }, header);
    this.#tellNotice(header);
    const execution = new Execution(this.#inner, this.#messages, request.message);
    this.#running = { execution, request, transcript: new Transcript() };
    const checking = silent
      ? undefined
      : this.#types?.check(String(content.code), execution.signal);
    const { reply, error, unusable } = await execution.run();
    this.#tellNotice(header);
    const text = await checking;
    if (text) this.#publish("stream", { name: "stderr", text }, header);
    if (this.#stopping) return;
    if (unusable) this.#inner = this.#start();
    if (error && !silent) this.#publish("error", { ...error }, header);
    if (error && (execution.interrupted || content.stop_on_error !== false)) {
      // Requests that come after the reply are not meant.
      await new Promise((resolve) => setTimeout(resolve, ABORT_MS));
      this.#abortQueue();
    }
    this.#reply(this.#shell, request, { ...reply, ...error, ...count });
    this.#running = undefined;
    this.#counts.set(header.msg_id, this.#count);
    if (this.#counts.size > MOST_COUNTS) this.#counts.delete(this.#counts.keys().next().value!);
  }

  #tellNotice(header: MessageHeader): void {
    if (this.#notice) this.#publish("stream", { name: "stderr", text: this.#notice }, header);
    this.#notice = undefined;
  }

  /** What waits is not run. */
  #abortQueue(): void {
    for (const request of this.#queue) this.#aborted.add(request);
  }

  // What Deno's kernel does.

  #onPublished(message: Message): void {
    const { header, parent, content } = message;
    const running = this.#running?.request.message.header.msg_id === parent.msg_id
      ? this.#running
      : undefined;
    switch (header.msg_type) {
      case "status":
      case "execute_input":
        return; // Ours.
      case "execute_result":
        if (running?.execution.interrupted) return;
        this.#publish("execute_result", { ...content, execution_count: this.#count }, parent);
        return;
      case "error":
        if (running) running.execution.published = content as Said;
        return;
    }
    running?.transcript.add({ type: header.msg_type, content, metadata: message.metadata });
    this.#iopub.publish(message.frames);
  }

  #onDied(end: InnerEnd): void {
    if (this.#stopping) return;
    if (this.#running) this.#running.execution.end = end;
    else this.#notice = `${died(end).evalue}.\n`;
    this.#inner = this.#start();
  }

  // Messages of our own.

  async #busy(message: Message, work: () => void | Promise<void>): Promise<void> {
    this.#publish("status", { execution_state: "busy" }, message.header);
    try {
      await work();
    } finally {
      this.#publish("status", { execution_state: "idle" }, message.header);
    }
  }

  #publish(type: string, content: Content, parent: Partial<MessageHeader>): void {
    const running = this.#running;
    if (running?.request.message.header.msg_id === parent.msg_id) {
      running?.transcript.add({ type, content, metadata: {} });
    }
    this.#iopub.publish(this.#messages.encode(type, content, parent));
  }

  #reply(server: Server, request: Request, content: Content): void {
    const { header } = request.message;
    const type = header.msg_type.replace(/_request$/, "_reply");
    this.#send(server, request, this.#messages.encode(type, content, header));
  }

  #send(server: Server, { message, from }: Request, frames: Frames): void {
    server.sendTo(from, [...message.identities, ...frames]);
  }
}

function isExecution({ message }: Request): boolean {
  return message.header.msg_type === "execute_request";
}
