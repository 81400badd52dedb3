/** Zip archives for tests, written byte by byte: also those that no honest program would write. */
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipEntry {
  path: string;
  data?: string | Uint8Array;
  /** Compressed, as most are. */
  deflate?: boolean;
  /** What the archive says of the size, where that is a lie. */
  size?: number;
  /** Says that it is encrypted. */
  encrypted?: boolean;
  /** Kind and rights of a Unix system. */
  mode?: number;
  /** The name's bytes, in whatever encoding, without the flag that says UTF-8. */
  name?: Uint8Array;
  /** A check sum that does not fit. */
  damaged?: boolean;
}

const UTF8 = 0x800;
const ENCRYPTED = 1;
const UNIX = 3 << 8;

/** The bytes of an archive. */
export function zipOf(entries: ZipEntry[]): Uint8Array<ArrayBuffer> {
  const bodies: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = entry.name ?? new TextEncoder().encode(entry.path);
    const data = typeof entry.data === "string"
      ? new TextEncoder().encode(entry.data)
      : entry.data ?? new Uint8Array();
    const packed = entry.deflate ? new Uint8Array(deflateRawSync(data)) : data;
    const flags = (entry.name ? 0 : UTF8) | (entry.encrypted ? ENCRYPTED : 0);
    const common = [
      ...u16(20),
      ...u16(flags),
      ...u16(entry.deflate ? 8 : 0),
      ...u32(0),
      ...u32(crc32(data) ^ (entry.damaged ? 1 : 0)),
      ...u32(packed.length),
      ...u32(entry.size ?? data.length),
      ...u16(name.length),
      ...u16(0),
    ];
    const body = join([new Uint8Array([...u32(0x04034b50), ...common]), name, packed]);
    const mode = entry.mode ?? 0o100644;
    directory.push(join([
      new Uint8Array([
        ...u32(0x02014b50),
        ...u16(UNIX | 20),
        ...common,
        ...u16(0),
        ...u16(0),
        ...u16(0),
        ...u32(mode << 16 >>> 0),
        ...u32(at),
      ]),
      name,
    ]));
    bodies.push(body);
    at += body.length;
  }
  const list = join(directory);
  const end = new Uint8Array([
    ...u32(0x06054b50),
    ...u32(0),
    ...u16(entries.length),
    ...u16(entries.length),
    ...u32(list.length),
    ...u32(at),
    ...u16(0),
  ]);
  return join([...bodies, list, end]);
}

function u16(value: number): number[] {
  return [value & 255, value >>> 8 & 255];
}

function u32(value: number): number[] {
  return [...u16(value & 65535), ...u16(value >>> 16)];
}

function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
