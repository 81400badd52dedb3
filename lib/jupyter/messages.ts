/**
 * Messages of Jupyter: their frames, their signatures, and what is in them.
 *
 * Source: the Jupyter messaging protocol 5.4, https://jupyter-client.readthedocs.io/en/stable/messaging.html
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { type Frames } from "./zmtp.ts";

export interface MessageHeader {
  msg_id: string;
  session: string;
  username: string;
  date: string;
  msg_type: string;
  version: string;
}

/** What a message is about: JSON. */
// deno-lint-ignore no-explicit-any -- The protocol's contents have a shape for each type of message.
export type Content = Record<string, any>;

/** A message that has arrived and whose signature is right. */
export interface Message {
  header: MessageHeader;
  /** The message that this one answers; of a request it is empty. */
  parent: Partial<MessageHeader>;
  metadata: Content;
  content: Content;
  /** Who else gets an answer, besides the peer that it came from. */
  identities: Frames;
  /** From the delimiter on, as it came. */
  frames: Frames;
}

const DELIMITER = "<IDS|MSG>";
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** Writes and reads the messages of one connection file. */
export class Messages {
  /** The session that our messages name. */
  readonly session: string = crypto.randomUUID();

  constructor(private readonly key: string) {}

  /** The frames of a message of ours. */
  encode(
    type: string,
    content: Content,
    parent: Partial<MessageHeader> = {},
    { metadata = {}, header, buffers = [] }: {
      metadata?: Content;
      header?: MessageHeader;
      buffers?: Frames;
    } = {},
  ): Frames {
    const own = header ?? {
      msg_id: crypto.randomUUID(),
      session: this.session,
      username: "kernel",
      date: new Date().toISOString(),
      msg_type: type,
      version: "5.3",
    };
    const signed = [own, parent, metadata, content].map((part) =>
      ENCODER.encode(JSON.stringify(part))
    );
    const signature = ENCODER.encode(this.#signature(signed));
    return [ENCODER.encode(DELIMITER), signature, ...signed, ...buffers];
  }

  /** Reads a message; undefined if it is none or signed wrongly: anybody can connect to a port. */
  decode(frames: Frames): Message | undefined {
    const start = frames.findIndex((frame) =>
      frame.length === DELIMITER.length && DECODER.decode(frame) === DELIMITER
    );
    if (start === -1 || frames.length < start + 6) return undefined;
    const signed = frames.slice(start + 2, start + 6);
    const [given, right] = [frames[start + 1], ENCODER.encode(this.#signature(signed))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    try {
      const [header, parent, metadata, content] = signed.map((part) =>
        JSON.parse(DECODER.decode(part))
      );
      const identities = frames.slice(0, start);
      return { header, parent, metadata, content, identities, frames: frames.slice(start) };
    } catch {
      return undefined;
    }
  }

  #signature(parts: Uint8Array[]): string {
    if (!this.key) return "";
    const hmac = createHmac("sha256", this.key);
    for (const part of parts) hmac.update(Buffer.from(part.buffer, part.byteOffset, part.length));
    return hmac.digest("hex");
  }
}
