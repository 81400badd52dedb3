/** Workers as a user starts them, each in a folder of its own. */
import { start } from "../../support/commands.ts";

export class WorkerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  /** What it has printed. */
  text = "";

  constructor(url: string, args: string[] = [], through?: string[]) {
    this.#child = start("worker", ["--jobs", "1", ...args], {
      env: { GAN_WORKBOOK_QUEUE: url },
      through,
    });
    this.#reading = this.#read();
  }

  get pid(): number {
    return this.#child.pid;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    const both = [this.#child.stdout, this.#child.stderr].map(async (stream) => {
      for await (const bytes of stream) this.text += decoder.decode(bytes, { stream: true });
    });
    await Promise.all(both);
  }

  /** Waits until it has printed something. */
  async says(pattern: RegExp): Promise<void> {
    const began = performance.now();
    while (!pattern.test(this.text)) {
      if (performance.now() - began > 60_000) {
        throw new Error(`The worker has not said ${pattern}, but: ${this.text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Its exit code. */
  async ended(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#reading;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.ended();
  }
}
