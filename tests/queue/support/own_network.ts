/**
 * A network namespace for a worker, where this machine lets one be made: it reaches one address of
 * the machine and nothing else, as a worker on another machine would.
 */

/** Counts the namespaces of this process. */
let made = 0;

export class OwnNetwork implements AsyncDisposable {
  private constructor(
    readonly name: string,
    /** The machine's address in it. */
    readonly address: string,
  ) {}

  /** Undefined where none can be made: it takes Linux, iproute2 and the rights of root. */
  static async make(): Promise<OwnNetwork | undefined> {
    if (Deno.build.os !== "linux") return undefined;
    const number = ++made;
    const name = `gw-${Deno.pid}-${number}`;
    const [own, other] = [
      `gw${Deno.pid % 100_000}-${number}a`,
      `gw${Deno.pid % 100_000}-${number}b`,
    ];
    const block = `10.231.${number}`;
    const lines = [
      `netns add ${name}`,
      `link add ${own} type veth peer name ${other} netns ${name}`,
      `addr add ${block}.1/30 dev ${own}`,
      `link set ${own} up`,
      `-n ${name} addr add ${block}.2/30 dev ${other}`,
      `-n ${name} link set ${other} up`,
      `-n ${name} link set lo up`,
    ];
    for (const line of lines) if (!await ip(line)) return undefined;
    return new OwnNetwork(name, `${block}.1`);
  }

  /** The command that starts another within. */
  get through(): string[] {
    return ["ip", "netns", "exec", this.name];
  }

  /** Its link goes with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await ip(`netns del ${this.name}`);
  }
}

async function ip(line: string): Promise<boolean> {
  try {
    const command = new Deno.Command("ip", { args: line.split(" "), stderr: "null" });
    return (await command.output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
