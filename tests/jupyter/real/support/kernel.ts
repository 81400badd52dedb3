/** A kernel as Jupyter starts it, and a client of it on sockets. */
import { join } from "node:path";
import { freeConnection } from "@/jupyter/connection.ts";
import { type Content, type Message, Messages } from "@/jupyter/messages.ts";
import { connect, type Peer } from "@/jupyter/zmtp.ts";
import { kernelSpec } from "@/notebook/kernelspec.ts";

/** What came of a request, in the order in which it was published. */
export interface Answer {
  /** Types of the messages, statuses by their names. */
  order: string[];
  /** All but statuses and the echo of the input. */
  outputs: { type: string; content: Content }[];
  reply: Content;
  /** Milliseconds from the request to idle. */
  ms: number;
}

/** Something that was asked of the kernel, of which the answer is on its way. */
interface Pending {
  published: Message[];
  idle: PromiseWithResolvers<void>;
  reply: PromiseWithResolvers<Message>;
  sent: number;
}

export interface KernelOptions {
  plain?: boolean;
  types?: boolean;
  env?: Record<string, string>;
  /** Where it is started: by Jupyter, in the folder of the notebook. */
  cwd?: string;
  /** Another program than the one that Jupyter starts. */
  main?: string;
  /** Answers what a cell asks the reader. */
  onInput?: (prompt: string) => string | undefined;
}

/** What is started by the kernel of a test has this in its environment. */
const MARK = "WORKBOOK_TEST_KERNEL";

function processesWith(mark: string): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => {
    try {
      return Deno.readTextFileSync(`/proc/${pid}/environ`).includes(`${MARK}=${mark}`);
    } catch {
      return false; // It is no process, or has ended.
    }
  });
}

const STARTS = 5;

/** A kernel in the folder of the notebooks; it ends when it is disposed of. */
export class TestKernel implements AsyncDisposable {
  readonly #pending = new Map<string, Pending>();
  /** Every state that was published, of whatever request: a page shows the last one. */
  readonly states: string[] = [];

  private constructor(
    readonly process: Deno.ChildProcess,
    private readonly messages: Messages,
    private readonly folder: string,
    private readonly peers: { shell: Peer; control: Peer; stdin: Peer; iopub: Peer },
    private readonly options: KernelOptions,
  ) {
    this.#replies(peers.shell);
    this.#replies(peers.control);
    this.#published(peers.iopub);
    this.#asked(peers.stdin);
  }

  /** Starts it, as Jupyter does: once more where another program has taken one of its ports meanwhile. */
  static async start(options: KernelOptions = {}): Promise<TestKernel> {
    for (let start = 1;; start++) {
      const kernel = await TestKernel.#start(options);
      if (kernel) return kernel;
      if (start === STARTS) throw new Error(`The kernel has ended at each of ${STARTS} starts`);
    }
  }

  /** Undefined where it ends before it answers. */
  static async #start(options: KernelOptions): Promise<TestKernel | undefined> {
    const folder = await Deno.makeTempDir({ prefix: "kernel-" });
    const connection = freeConnection();
    const file = join(folder, "connection.json");
    await Deno.writeTextFile(file, JSON.stringify(connection));
    const { argv: [program, ...args], env } = kernelSpec(options);
    const process = new Deno.Command(program, {
      args: args.map((argument) =>
        argument === "{connection_file}"
          ? file
          : argument.endsWith("main.ts")
          ? options.main ?? argument
          : argument
      ),
      env: { ...env, ...options.env, [MARK]: folder },
      cwd: options.cwd ?? "notebooks",
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const messages = new Messages(connection.key);
    const { ip, shell_port, control_port, stdin_port, iopub_port } = connection;
    let ended = false;
    const end = process.status.then(() => void (ended = true));
    const own = { identity: messages.session, alive: () => !ended };
    const answering = (async () => {
      const [shell, control, stdin, iopub] = await Promise.all([
        connect("DEALER", ip, shell_port, own),
        connect("DEALER", ip, control_port, own),
        connect("DEALER", ip, stdin_port, own),
        connect("SUB", ip, iopub_port, own),
      ]);
      const peers = { shell, control, stdin, iopub };
      const kernel = new TestKernel(process, messages, folder, peers, options);
      await kernel.ask("kernel_info_request");
      return kernel;
    })();
    // What cannot be connected to is about to end.
    const kernel = await Promise.race([answering.catch(() => end), end]);
    if (!kernel) await Deno.remove(folder, { recursive: true });
    return kernel ?? undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const asked = this.ask("shutdown_request", { restart: false }, "control");
    asked.catch(() => {});
    await Promise.race([
      this.process.status,
      new Promise((resolve) => setTimeout(resolve, 2000)),
    ]);
    try {
      this.process.kill("SIGKILL");
    } catch { /* It has ended. */ }
    await this.process.status;
    for (const peer of Object.values(this.peers)) peer.close();
    await Deno.remove(this.folder, { recursive: true });
    await this.#nothingLeft();
  }

  /** @throws {Error} If a process that the kernel has started outlives it; it is ended. */
  async #nothingLeft(): Promise<void> {
    const deadline = performance.now() + 5000;
    while (performance.now() < deadline) {
      if (processesWith(this.folder).length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const left = processesWith(this.folder);
    for (const pid of left) Deno.kill(pid, "SIGKILL");
    throw new Error(`The kernel has left processes behind: ${left.join(", ")}`);
  }

  /** Runs a cell to its end. */
  run(code: string, options: Content = {}): Promise<Answer> {
    const defaults = { silent: false, store_history: true, allow_stdin: true };
    return this.ask("execute_request", { code, ...defaults, ...options });
  }

  /** Stops the cell that runs; resolves when the kernel has heard of it. */
  async interrupt(): Promise<void> {
    await this.ask("interrupt_request", {}, "control");
  }

  /** As a page that is closed: hears of nothing any more. */
  leave(): void {
    for (const peer of [this.peers.shell, this.peers.stdin, this.peers.iopub]) peer.close();
  }

  /** Sends a cell that is signed with another key. */
  forge(code: string): void {
    const forger = new Messages("another key");
    this.peers.shell.send(forger.encode("execute_request", { code, silent: false }));
  }

  /** Asks something, and waits for the reply and for idle. */
  async ask(
    type: string,
    content: Content = {},
    channel: "shell" | "control" = "shell",
  ): Promise<Answer> {
    const frames = this.messages.encode(type, content);
    const { header } = this.messages.decode(frames)!;
    const pending: Pending = {
      published: [],
      idle: Promise.withResolvers(),
      reply: Promise.withResolvers(),
      sent: performance.now(),
    };
    this.#pending.set(header.msg_id, pending);
    this.peers[channel].send(frames);
    const [reply] = await Promise.all([pending.reply.promise, pending.idle.promise]);
    const ms = performance.now() - pending.sent;
    const own = pending.published;
    return {
      order: own.map(({ header, content }) => content.execution_state ?? header.msg_type),
      outputs: own.filter(({ header }) => !["status", "execute_input"].includes(header.msg_type))
        .map(({ header, content }) => ({ type: header.msg_type, content })),
      reply: reply.content,
      ms,
    };
  }

  async #replies(peer: Peer): Promise<void> {
    for (let frames; (frames = await peer.receive());) {
      const message = this.messages.decode(frames)!;
      this.#pending.get(message.parent.msg_id!)?.reply.resolve(message);
    }
  }

  async #published(peer: Peer): Promise<void> {
    for (let frames; (frames = await peer.receive());) {
      const message = this.messages.decode(frames)!;
      const pending = this.#pending.get(message.parent.msg_id!);
      pending?.published.push(message);
      const state = message.content.execution_state;
      if (state) this.states.push(state);
      if (state === "idle") pending?.idle.resolve();
    }
  }

  async #asked(peer: Peer): Promise<void> {
    for (let frames; (frames = await peer.receive());) {
      const { header, content } = this.messages.decode(frames)!;
      const value = this.options.onInput?.(content.prompt);
      if (value === undefined) continue;
      peer.send(this.messages.encode("input_reply", { status: "ok", value }, header));
    }
  }
}

/** The text of what a cell has shown: of errors the traceback, as pages show it. */
export function textOf({ outputs }: Answer): string {
  return outputs.map(({ content }) =>
    content.text ?? content.traceback?.join("\n") ?? content.data?.["text/plain"] ?? ""
  ).join("\n");
}
