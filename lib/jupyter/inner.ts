/**
 * Deno's kernel as a process of ours: its sockets, the side channel to the thread of its cells, and
 * its end.
 *
 * @module
 */
import { join } from "node:path";
import { startChild, type StartedChild } from "@/io/processes.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { type Connection, freeConnection } from "./connection.ts";
import { type Content, type Message, type MessageHeader, Messages } from "./messages.ts";
import { FLUSHED, type Flushed, GREETINGS, type ToInside } from "./protocol.ts";
import { connect, type Frames, type Peer } from "./zmtp.ts";

/** What Deno's kernel tells without being asked. */
export interface InnerEvents {
  /** An output, a status, an error. */
  published(message: Message): void;
  /** It asks the reader for a line. */
  asked(message: Message): void;
  /** Its process has ended, although nobody wanted it to. */
  died(end: InnerEnd): void;
}

/** How the process ended. */
export interface InnerEnd {
  code: number;
  signal: string | null;
  /** The end of what it wrote to stderr. */
  said: string;
}

/** Another program may take a free port before Deno's kernel listens there. */
const STARTS = 5;

const SAID_CHARACTERS = 4000;

/** What an inner kernel is made of. */
interface InnerParts {
  messages: Messages;
  started: StartedChild;
  listener: Deno.TcpListener;
  /** A connection that knows it is let in. */
  token: string;
  events: InnerEvents;
  /** The module of the part that runs inside. */
  inside: string;
  peers: { shell?: Peer; control?: Peer; stdin?: Peer };
}

/** Deno's kernel, running. */
export class Inner {
  /** Its answer to a kernel_info_request. */
  info: Content = {};
  /**
   * Whether the inside part is there: without it nothing can be stopped, and outputs can be late.
   */
  mended = false;
  readonly #replies = new Map<string, (reply: Message | undefined) => void>();
  readonly #flushes = new Map<number, (flushed: Flushed) => void>();
  #count = 0;
  #side?: Deno.TcpConn;
  #ended?: InnerEnd;
  #wanted = false;
  #said = "";

  private constructor(private readonly own: InnerParts) {}

  /**
   * Starts it, and waits until it answers.
   *
   * @param key Its messages are signed with this, so that they can be passed on as they are.
   * @param inside The module of the part inside.
   * @throws {Error} If it ends every time before it answers.
   */
  static async start(
    key: string,
    events: InnerEvents,
    inside: string = new URL("inside.ts", import.meta.url).href,
  ): Promise<Inner> {
    for (let start = 1;; start++) {
      const inner = await Inner.#start({ ...freeConnection(), key }, events, inside);
      if (!inner.#ended) return inner;
      if (start === STARTS) {
        throw new Error(
          `Cannot start Deno's kernel: it ended ${STARTS} times before it answered. It said: ${inner.#said.trim()}`,
        );
      }
    }
  }

  static async #start(
    connection: Connection,
    events: InnerEvents,
    inside: string,
  ): Promise<Inner> {
    const folder = await makeTempFolder({ prefix: "kernel-" });
    try {
      const file = join(folder, "connection.json");
      await Deno.writeTextFile(file, JSON.stringify(connection), { mode: 0o600 });
      const started = startChild(Deno.execPath(), {
        args: ["jupyter", "--quiet", "--kernel", "--conn", file],
        env: {
          DENO_V8_FLAGS: [Deno.env.get("DENO_V8_FLAGS"), "--expose-gc"].filter((flag) => flag)
            .join(),
        },
        stdin: "null",
        stderr: "piped",
      });
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const messages = new Messages(connection.key);
      const inner = new Inner({
        messages,
        started,
        listener,
        token: crypto.randomUUID(),
        events,
        inside,
        peers: {},
      });
      inner.#watch();
      try {
        await inner.#connect(connection);
        inner.mended = await inner.prepare();
        const info = await inner.request(inner.own.messages.encode("kernel_info_request", {}));
        inner.info = info?.content ?? {};
      } catch (error) {
        // If it has ended, what it has said is the reason.
        await Promise.race([
          started.child.status,
          new Promise((resolve) => setTimeout(resolve, 500)),
        ]);
        if (!inner.#ended) throw error;
      }
      return inner;
    } finally {
      await removeTempFolder(folder);
    }
  }

  get alive(): boolean {
    return this.#ended === undefined && !this.#wanted;
  }

  /** Asks on the shell channel; undefined if it ends before it answers. */
  request(frames: Frames): Promise<Message | undefined> {
    const { header } = this.own.messages.decode(frames)!;
    this.#said = "";
    return new Promise((resolve) => {
      if (!this.alive) return resolve(undefined);
      this.#replies.set(header.msg_id, resolve);
      this.own.peers.shell?.send(frames);
    });
  }

  /** Answers what it has asked the reader. */
  answer(frames: Frames): void {
    this.own.peers.stdin?.send(frames);
  }

  /**
   * Waits until all outputs so far have passed.
   *
   * @param ended Whether a cell has ended: the next one gets a signal of its own.
   * @param ms How long to wait: a thread that calculates does not answer.
   * @returns Its answer; undefined if it does not answer.
   */
  async flush(ended: boolean, ms: number): Promise<Flushed | undefined> {
    const flush = ++this.#count;
    const { promise, resolve } = Promise.withResolvers<Flushed | undefined>();
    this.#flushes.set(flush, resolve);
    const timer = setTimeout(() => resolve(undefined), ms);
    this.#tell({ flush, ended });
    const answered = await promise;
    clearTimeout(timer);
    this.#flushes.delete(flush);
    return answered;
  }

  /** Tells our code, and whatever the cell awaits, that the cell is stopped. */
  interrupt(): void {
    this.#tell({ interrupt: true });
  }

  /** Collects the garbage: what nobody can reach any more. */
  collect(): void {
    this.#tell({ collect: true });
  }

  /** Has V8 end the calculation that is under way. */
  terminate(): void {
    this.own.peers.control?.send(this.own.messages.encode("interrupt_request", {}));
  }

  /**
   * Sets up the part inside, by a cell that nobody sees.
   *
   * @param as The header that it runs under: outputs that are late belong to it.
   */
  async prepare(as?: MessageHeader): Promise<boolean> {
    const { port } = this.own.listener.addr as Deno.NetAddr;
    const call = `start(${port}, ${JSON.stringify(this.own.token)})`;
    const code = `await (await import(${JSON.stringify(this.own.inside)})).${call};`;
    const content = { code, silent: true, store_history: false, allow_stdin: false };
    const reply = await this.request(
      this.own.messages.encode("execute_request", content, {}, { header: as }),
    );
    return reply?.content.status === "ok";
  }

  /** Ends the process. */
  async end(): Promise<void> {
    this.#wanted = true;
    try {
      this.own.started.child.kill("SIGKILL");
    } catch { /* It has ended. */ }
    await this.own.started.child.status;
  }

  async #connect(connection: Connection): Promise<void> {
    const { ip, shell_port, control_port, stdin_port, iopub_port } = connection;
    const options = { identity: this.own.messages.session, alive: () => this.alive };
    const [shell, control, stdin, iopub] = await Promise.all([
      connect("DEALER", ip, shell_port, options),
      connect("DEALER", ip, control_port, options),
      connect("DEALER", ip, stdin_port, options),
      connect("SUB", ip, iopub_port, options),
    ]);
    Object.assign(this.own.peers, { shell, control, stdin });
    this.#read(shell, (message) => this.#take(this.#replies, message.parent.msg_id!)?.(message));
    this.#read(control, () => {});
    this.#read(stdin, (message) => this.own.events.asked(message));
    this.#read(iopub, (message) => {
      if (message.header.msg_type !== FLUSHED) return this.own.events.published(message);
      const flushed = message.content as Flushed;
      this.#take(this.#flushes, flushed.flush)?.(flushed);
    });
  }

  async #read(peer: Peer, on: (message: Message) => void): Promise<void> {
    for (let frames; (frames = await peer.receive());) {
      const message = this.own.messages.decode(frames);
      if (message) on(message);
    }
  }

  #take<K, T>(map: Map<K, T>, key: K): T | undefined {
    const value = map.get(key);
    map.delete(key);
    return value;
  }

  #tell(message: ToInside): void {
    this.#side?.write(new TextEncoder().encode(JSON.stringify(message) + "\n")).catch(() => {});
  }

  /** Takes the connections of the part inside, the last of which counts. */
  async #listen(): Promise<void> {
    for await (const connection of this.own.listener) {
      connection.setNoDelay(true);
      this.#serve(connection);
    }
  }

  /** Keeps a connection that knows the token: anybody can connect to a port. */
  async #serve(connection: Deno.TcpConn): Promise<void> {
    const bytes = new Uint8Array(2 * this.own.token.length);
    const read = await connection.read(bytes).catch(() => null);
    const said = new TextDecoder().decode(bytes.subarray(0, read ?? 0));
    if (said === GREETINGS.listen + this.own.token) this.#side = connection;
    else if (said !== GREETINGS.watch + this.own.token) connection.close();
  }

  /** Follows the process to its end. */
  async #watch(): Promise<void> {
    using started = this.own.started;
    this.#listen().catch(() => {});
    const decoder = new TextDecoder();
    const stderr = (async () => {
      for await (const bytes of started.child.stderr) {
        Deno.stderr.writeSync(bytes);
        this.#said = (this.#said + decoder.decode(bytes, { stream: true })).slice(-SAID_CHARACTERS);
      }
    })();
    const { code, signal } = await started.child.status;
    // A process that it has left behind may hold stderr open.
    await Promise.race([stderr, new Promise((resolve) => setTimeout(resolve, 200))]);
    this.#ended = { code, signal, said: this.#said };
    this.own.listener.close();
    for (const peer of Object.values(this.own.peers)) peer.close();
    for (const resolve of this.#replies.values()) resolve(undefined);
    this.#replies.clear();
    if (!this.#wanted && this.info.status) this.own.events.died(this.#ended);
  }
}
