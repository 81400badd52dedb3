/**
 * The sockets of ZeroMQ that Jupyter speaks over, on Deno's own TCP: the wire protocol ZMTP 3.0
 * with the NULL mechanism, and the five kinds of socket that a kernel and its client need.
 *
 * npm's `zeromq` loads in Deno 2.9.6 and loses wake-ups there, so that a quarter of the requests
 * stay unanswered (docs/experiments.md, section 9).
 *
 * Source: ZMTP 3.0, https://rfc.zeromq.org/spec/23/; the patterns, https://rfc.zeromq.org/spec/28/ and 29/
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** The frames of one message. */
export type Frames = Uint8Array[];

/** The kinds of socket that the ends of a connection can be. */
export type SocketType = "ROUTER" | "DEALER" | "PUB" | "SUB" | "REP";

const MORE = 1, LONG = 2, COMMAND = 4;
const GREETING_BYTES = 64;

/** No message of Jupyter is longer than this; a length beyond it is another protocol. */
const MAX_FRAME_BYTES = 2 ** 30;

/** A subscriber with this many unread bytes is cut off: it would fill the memory. */
const MAX_BACKLOG_BYTES = 2 ** 28;

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

interface Frame {
  flags: number;
  body: Uint8Array<ArrayBuffer>;
}

/** One connection, after its handshake. */
export class Peer {
  /** The routing id: the one that the other end chose, or one of our own. */
  id: string = crypto.randomUUID();
  /** Bytes that have not been written. */
  backlog = 0;
  #written: Promise<void> = Promise.resolve();
  /** Read and not used: `buffer[start..end)`. */
  #buffer = new Uint8Array(65_536);
  #start = 0;
  #end = 0;

  private constructor(private readonly connection: Deno.TcpConn) {}

  /**
   * Greets the other end.
   *
   * @throws {Error} If it does not speak ZMTP 3 with the NULL mechanism, or goes away.
   */
  static async greet(
    connection: Deno.TcpConn,
    type: SocketType,
    identity = "",
  ): Promise<Peer> {
    connection.setNoDelay(true);
    const peer = new Peer(connection);
    try {
      await peer.#write(greeting());
      const theirs = await peer.#take(GREETING_BYTES);
      if (theirs[0] !== 0xff || theirs[9] !== 0x7f || theirs[10] < 3) {
        throw new Error("Cannot talk to this peer: it must speak ZMTP 3 or a later version");
      }
      await peer.#write(encodeFrames([ready(type, identity)], COMMAND));
      const { flags, body } = await peer.#frame();
      const properties = flags & COMMAND ? readyProperties(body) : undefined;
      if (!properties) {
        throw new Error("Cannot talk to this peer: it must say READY after its greeting");
      }
      peer.id = properties.get("identity") || peer.id;
      return peer;
    } catch (error) {
      peer.close();
      throw error;
    }
  }

  /** The next message; undefined when the other end has gone. */
  async receive(): Promise<Frames | undefined> {
    const frames: Frames = [];
    try {
      while (true) {
        const { flags, body } = await this.#frame();
        if (flags & COMMAND) {
          this.#answer(body);
          continue;
        }
        frames.push(body);
        if (!(flags & MORE)) return frames;
      }
    } catch {
      this.close();
      return undefined;
    }
  }

  /** Sends a message after those before it; to a peer that has gone it is lost. */
  send(frames: Frames): void {
    this.#queue(encodeFrames(frames));
  }

  /** Resolves when all that was sent is written, or the peer has gone. */
  flushed(): Promise<void> {
    return this.#written;
  }

  close(): void {
    try {
      this.connection.close();
    } catch { /* It is closed. */ }
  }

  #queue(bytes: Uint8Array): void {
    this.backlog += bytes.length;
    if (this.backlog > MAX_BACKLOG_BYTES) return this.close();
    this.#written = this.#written.then(async () => {
      try {
        await this.#write(bytes);
      } catch {
        this.close();
      }
      this.backlog -= bytes.length;
    });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.connection.write(bytes.subarray(at));
  }

  /** ZMTP 3.1 asks whether one is alive. */
  #answer(command: Uint8Array): void {
    if (commandName(command) !== "PING") return;
    // A time to live of two bytes, then what is to be given back.
    this.#queue(encodeFrames([named("PONG", command.subarray(7))], COMMAND));
  }

  async #frame(): Promise<Frame> {
    const flags = (await this.#take(1))[0];
    const head = await this.#take(flags & LONG ? 8 : 1);
    const length = flags & LONG
      ? Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0))
      : head[0];
    if (length > MAX_FRAME_BYTES) throw new Error(`A frame of ${length} bytes is too long`);
    return { flags, body: (await this.#take(length)).slice() };
  }

  /** The next bytes; they hold until the next call. */
  async #take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#buffer.length - this.#start < count) {
      const grown = count <= this.#buffer.length
        ? this.#buffer
        : new Uint8Array(Math.max(count, 2 * this.#buffer.length));
      grown.set(this.#buffer.subarray(this.#start, this.#end));
      [this.#buffer, this.#end, this.#start] = [grown, this.#end - this.#start, 0];
    }
    while (this.#end - this.#start < count) {
      const read = await this.connection.read(this.#buffer.subarray(this.#end));
      if (read === null) throw new Error("The connection was closed");
      this.#end += read;
    }
    const bytes = this.#buffer.subarray(this.#start, this.#start + count);
    this.#start += count;
    if (this.#start === this.#end) this.#start = this.#end = 0;
    return bytes;
  }
}

/** A socket that is bound: it talks to all who connect. */
export class Server {
  readonly port: number;
  readonly #peers = new Map<string, Peer>();
  /** What each subscriber has asked for: beginnings of the first frame, as Latin-1 text. */
  readonly #topics = new Map<Peer, Set<string>>();
  #closed = false;

  private constructor(
    private readonly listener: Deno.TcpListener,
    private readonly type: "ROUTER" | "PUB" | "REP",
    private readonly onMessage: (frames: Frames, from: string) => void,
  ) {
    this.port = (listener.addr as Deno.NetAddr).port;
    this.#accept();
  }

  /**
   * @param onMessage Told what arrives, and the id of the peer it came from.
   * @throws {Deno.errors.AddrInUse} If another program has the port.
   */
  static bind(
    type: "ROUTER" | "PUB" | "REP",
    hostname: string,
    port: number,
    onMessage: (frames: Frames, from: string) => void = () => {},
  ): Server {
    return new Server(Deno.listen({ hostname, port }), type, onMessage);
  }

  /** ROUTER: sends to one peer. */
  sendTo(peer: string, frames: Frames): void {
    this.#peers.get(peer)?.send(frames);
  }

  /** PUB: sends to all who have subscribed to it. */
  publish(frames: Frames): void {
    const topic = latin1(frames[0]);
    for (const [peer, topics] of this.#topics) {
      if ([...topics].some((start) => topic.startsWith(start))) peer.send(frames);
    }
  }

  /** Resolves when all that was sent is written. */
  async flushed(): Promise<void> {
    await Promise.all([...this.#peers.values()].map((peer) => peer.flushed()));
  }

  close(): void {
    this.#closed = true;
    this.listener.close();
    for (const peer of this.#peers.values()) peer.close();
  }

  async #accept(): Promise<void> {
    while (!this.#closed) {
      try {
        this.#serve(await this.listener.accept());
      } catch { /* Closed, or a connection that was gone before it was taken. */ }
    }
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    let peer: Peer;
    try {
      peer = await Peer.greet(connection, this.type);
    } catch {
      return; // Somebody who speaks another protocol.
    }
    this.#peers.set(peer.id, peer);
    for (let frames; (frames = await peer.receive());) {
      if (this.type === "PUB") this.#subscribe(peer, frames[0]);
      else if (this.type === "REP") peer.send(frames);
      else this.onMessage(frames, peer.id);
    }
    this.#topics.delete(peer);
    if (this.#peers.get(peer.id) === peer) this.#peers.delete(peer.id);
  }

  #subscribe(peer: Peer, frame: Uint8Array): void {
    const topics = this.#topics.get(peer) ?? new Set();
    const topic = latin1(frame.subarray(1));
    if (frame[0] === 1) topics.add(topic);
    else if (frame[0] === 0) topics.delete(topic);
    this.#topics.set(peer, topics);
  }
}

/**
 * Connects to a socket that is bound, waiting until somebody listens there.
 *
 * @param alive Asked between two tries: false gives it up.
 * @throws {Error} If nobody listens in time, or who listens speaks another protocol.
 */
export async function connect(
  type: "DEALER" | "SUB",
  hostname: string,
  port: number,
  { identity = "", seconds = 30, alive = () => true }: {
    identity?: string;
    seconds?: number;
    alive?: () => boolean;
  } = {},
): Promise<Peer> {
  const deadline = performance.now() + 1000 * seconds;
  while (true) {
    try {
      const peer = await Peer.greet(await connection(hostname, port), type, identity);
      if (type === "SUB") peer.send([new Uint8Array([1])]);
      return peer;
    } catch (error) {
      const waits = error instanceof Deno.errors.ConnectionRefused;
      if (!waits || performance.now() > deadline || !alive()) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Pause between two tries: each uses a loopback port for a moment, perhaps the one waited for. */
const RETRY_MS = 10;

/**
 * A connection to somebody else. While nobody listens on a port, the system may choose the same
 * port for our own end, and TCP then connects us with ourselves.
 */
async function connection(hostname: string, port: number): Promise<Deno.TcpConn> {
  const found = await Deno.connect({ hostname, port });
  if ((found.localAddr as Deno.NetAddr).port !== port) return found;
  found.close();
  throw new Deno.errors.ConnectionRefused("Nobody listens there but ourselves");
}

/** The bytes of frames as they go over the wire. */
export function encodeFrames(frames: Frames, flags = 0): Uint8Array {
  const size = frames.reduce((sum, { length }) => sum + length + (length > 255 ? 9 : 2), 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  frames.forEach((frame, i) => {
    const long = frame.length > 255;
    bytes[at++] = flags | (i < frames.length - 1 ? MORE : 0) | (long ? LONG : 0);
    if (long) view.setBigUint64(at, BigInt(frame.length));
    else bytes[at] = frame.length;
    at += long ? 8 : 1;
    bytes.set(frame, at);
    at += frame.length;
  });
  return bytes;
}

/** The signature, version 3.0, the mechanism NULL; neither end is the server in it. */
function greeting(): Uint8Array {
  const bytes = new Uint8Array(GREETING_BYTES);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.set(ENCODER.encode("NULL"), 12);
  return bytes;
}

function ready(type: SocketType, identity: string): Uint8Array {
  const property = (name: string, value: string) => {
    const [key, text] = [ENCODER.encode(name), ENCODER.encode(value)];
    const bytes = new Uint8Array(1 + key.length + 4 + text.length);
    bytes[0] = key.length;
    bytes.set(key, 1);
    new DataView(bytes.buffer).setUint32(1 + key.length, text.length);
    bytes.set(text, 5 + key.length);
    return bytes;
  };
  const properties = [property("Socket-Type", type)];
  if (identity) properties.push(property("Identity", identity));
  return named("READY", Buffer.concat(properties));
}

/** The properties of a READY by their names in small letters; undefined of another command. */
function readyProperties(command: Uint8Array): Map<string, string> | undefined {
  if (commandName(command) !== "READY") return undefined;
  const view = new DataView(command.buffer, command.byteOffset, command.length);
  const properties = new Map<string, string>();
  for (let at = 6; at < command.length;) {
    const name = DECODER.decode(command.subarray(at + 1, at + 1 + command[at]));
    at += 1 + command[at];
    const length = view.getUint32(at);
    // An identity is any bytes, so that each must have a letter of its own.
    properties.set(name.toLowerCase(), latin1(command.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return properties;
}

function named(name: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([new Uint8Array([name.length]), ENCODER.encode(name), body]);
}

function commandName(command: Uint8Array): string {
  return DECODER.decode(command.subarray(1, 1 + command[0]));
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
