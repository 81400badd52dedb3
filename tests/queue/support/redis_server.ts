/** A Redis of the tests' own: on loopback, on a free port, with an append-only file in a folder that goes. */
import { join } from "node:path";
import { Redis } from "ioredis";

export class RedisServer implements AsyncDisposable {
  #process?: Deno.ChildProcess;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly password?: string,
  ) {}

  static async start({ password }: { password?: string } = {}): Promise<RedisServer> {
    const folder = await Deno.makeTempDir({ prefix: "redis-" });
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const server = new RedisServer(folder, port, password);
    await server.begin();
    return server;
  }

  get url(): string {
    return `redis://${this.password ? `:${this.password}@` : ""}127.0.0.1:${this.port}`;
  }

  /** Starts the server, on what its append-only file holds. */
  async begin(): Promise<void> {
    const args = [
      ...["--port", `${this.port}`, "--bind", "127.0.0.1", "--dir", this.folder],
      ...["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"],
      ...(this.password ? ["--requirepass", this.password] : []),
      ...["--logfile", join(this.folder, "redis.log")],
    ];
    this.#process = new Deno.Command("redis-server", { args, stdin: "null" }).spawn();
    const client = this.client();
    try {
      await client.ping();
    } finally {
      client.disconnect();
    }
  }

  client(): Redis {
    const client = new Redis(this.url, {
      maxRetriesPerRequest: null,
      retryStrategy: () => 20,
    });
    client.on("error", () => {});
    return client;
  }

  /** Ends it as a loss of power would end it, but for what the system has not written yet. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#process?.status;
    this.#process = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.folder, { recursive: true });
  }
}
