/** A Redis of the tests' own: on loopback, on a free port, with an append-only file in a folder that goes. */
import { join } from "node:path";
import { Redis } from "ioredis";

export interface RedisOptions {
  password?: string;
  /** Where it answers besides the loopback. */
  addresses?: string[];
  /** The files of a certificate and its key: it answers by TLS alone. */
  tls?: { certificate: string; key: string };
}

export class RedisServer implements AsyncDisposable {
  #process?: Deno.ChildProcess;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly options: RedisOptions,
  ) {}

  static async start(options: RedisOptions = {}): Promise<RedisServer> {
    const folder = await Deno.makeTempDir({ prefix: "redis-" });
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const server = new RedisServer(folder, port, options);
    await server.begin();
    return server;
  }

  get pid(): number {
    return this.#process!.pid;
  }

  get url(): string {
    return this.urlAt("127.0.0.1");
  }

  urlAt(address: string): string {
    const { password, tls } = this.options;
    return `${tls ? "rediss" : "redis"}://${
      password ? `:${password}@` : ""
    }${address}:${this.port}`;
  }

  /** Starts the server, on what its append-only file holds. */
  async begin(): Promise<void> {
    const { password, addresses = [], tls } = this.options;
    const args = [
      ...(tls ? ["--port", "0", "--tls-port", `${this.port}`, "--tls-auth-clients", "no"] : []),
      ...(tls ? ["--tls-cert-file", tls.certificate, "--tls-key-file", tls.key] : []),
      ...(tls ? [] : ["--port", `${this.port}`]),
      ...["--dir", this.folder, "--bind", "127.0.0.1", ...addresses],
      ...["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"],
      ...(password ? ["--requirepass", password] : []),
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
      // Who is trusted is what the tests are about.
      ...this.options.tls ? { tls: { rejectUnauthorized: false } } : {},
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

  /** Kills it and starts it without what it had. */
  async forget(): Promise<void> {
    await this.kill();
    await Deno.remove(join(this.folder, "appendonlydir"), { recursive: true });
    await this.begin();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.folder, { recursive: true });
  }
}
