/** Reads TensorBoard's event files by the documented formats alone: TFRecords of protocol buffers. */

export interface ReadEvent {
  time: number;
  step: number;
  version?: string;
  /** Scalars by tag. */
  scalars: Record<string, number>;
  /** Images by tag. */
  images: Record<string, { width: number; height: number; bytes: Uint8Array }>;
}

/** Every event of a file; the framing must be whole. */
export function readEvents(file: Uint8Array): ReadEvent[] {
  const events: ReadEvent[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  while (at < file.length) {
    const length = Number(view.getBigUint64(at, true));
    events.push(readEvent(file.subarray(at + 12, at + 12 + length)));
    at += 12 + length + 4;
  }
  if (at !== file.length) throw new Error("the last record is cut off");
  return events;
}

interface Field {
  number: number;
  /** Of a varint. */
  integer: number;
  bytes: Uint8Array;
}

/** The fields of a message, as the encoding of protocol buffers has them. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = message[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const [number, wire] = [key >> 3, key & 7];
    const integer = wire === 0 ? varint() : 0;
    const length = wire === 0 ? 0 : wire === 1 ? 8 : wire === 5 ? 4 : varint();
    yield { number, integer, bytes: message.subarray(at, at + length) };
    at += length;
  }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const number = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return bytes.length === 8 ? view.getFloat64(0, true) : view.getFloat32(0, true);
};

function readEvent(message: Uint8Array): ReadEvent {
  const event: ReadEvent = { time: 0, step: 0, scalars: {}, images: {} };
  for (const field of fieldsOf(message)) {
    if (field.number === 1) event.time = number(field.bytes);
    if (field.number === 2) event.step = field.integer;
    if (field.number === 3) event.version = text(field.bytes);
    if (field.number !== 5) continue;
    for (const { bytes } of fieldsOf(field.bytes)) readValue(bytes, event);
  }
  return event;
}

function readValue(message: Uint8Array, event: ReadEvent): void {
  let tag = "";
  for (const { number: field, bytes } of fieldsOf(message)) {
    if (field === 1) tag = text(bytes);
    if (field === 2) event.scalars[tag] = number(bytes);
    if (field !== 4) continue;
    const image = { width: 0, height: 0, bytes: new Uint8Array() as Uint8Array };
    for (const part of fieldsOf(bytes)) {
      if (part.number === 1) image.height = part.integer;
      if (part.number === 2) image.width = part.integer;
      if (part.number === 4) image.bytes = part.bytes;
    }
    event.images[tag] = image;
  }
}
