/**
 * A run as TensorBoard reads it: `tensorboard/events.out.tfevents.…`.
 *
 * The file is TFRecords of TensorFlow's protocol buffer `Event`: wall_time = 1 (double), step = 2
 * (int64), file_version = 3 (string), summary = 5. A `Summary` has values = 1, a value tag = 1
 * (string), simple_value = 2 (float), image = 4, and an image height = 1, width = 2,
 * colorspace = 3, encoded_image_string = 4.
 * Source: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto and
 * framework/summary.proto beside it.
 *
 * @module
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { decode } from "fast-png";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { type TrainEvent } from "@/gan/train.ts";
import { AppendedFile } from "@/io/appended_file.ts";
import { readIfFile, unlessAbsent } from "@/io/files.ts";
import { decodeRecords, encodeRecord } from "@/formats/tfrecord.ts";
import { type Quality } from "@/eval/quality.ts";

/**
 * Numbers of an event, by the tag that TensorBoard shows. What stands before a slash groups charts.
 */
const TAGS: [tag: string, name: keyof TrainEvent][] = [
  ["loss/D", "dLoss"],
  ["loss/G", "gLoss"],
  ["loss/penalty", "penalty"],
  ["D/real", "dReal"],
  ["D/generated", "dFake"],
  ["accuracy/D", "dAccuracy"],
  ["accuracy/G", "gAccuracy"],
  ["run/epoch", "epoch"],
  ["run/seconds", "seconds"],
];

type Value = { tag: string } & ({ number: number } | { png: Uint8Array });

export class TensorBoardFile implements Disposable {
  private constructor(private readonly file: AppendedFile) {}

  /**
   * Continues the folder's file, without what came after `step`, or starts one with what the run
   * has recorded.
   *
   * @param events The events of the run up to `step`; `entries` are its figures.
   */
  static async open(
    folder: string,
    step: number,
    events: TrainEvent[],
    entries: Quality[] = [],
  ): Promise<TensorBoardFile> {
    await Deno.mkdir(folder, { recursive: true });
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    const own = names.find(isEventFile);
    const now = Date.now() / 1000;
    const path = join(folder, own ?? `events.out.tfevents.${Math.floor(now)}.gan-workbook`);
    const kept = own === undefined
      ? [version(now), ...recorded(events, entries, now)]
      : [...decodeRecords(await readIfFile(path) ?? new Uint8Array())]
        .filter((data) => stepOf(data) <= step);
    return new TensorBoardFile(
      await AppendedFile.begin(path, Buffer.concat(kept.map(encodeRecord))),
    );
  }

  async event(event: TrainEvent): Promise<void> {
    await this.#append(ofEvent(event, Date.now() / 1000));
  }

  async grid(step: number, png: Uint8Array): Promise<void> {
    await this.#append(encodeEvent(Date.now() / 1000, step, [{ tag: "samples", png }]));
  }

  async quality(quality: Quality): Promise<void> {
    await this.#append(ofQuality(quality, Date.now() / 1000));
  }

  async #append(data: Uint8Array): Promise<void> {
    await this.file.append(encodeRecord(data));
  }

  [Symbol.dispose](): void {
    this.file.close();
  }
}

/** Whether a run's folder has been kept for TensorBoard. */
export async function hasEventFile(folder: string): Promise<boolean> {
  const entries = await unlessAbsent(Array.fromAsync(Deno.readDir(folder))) ?? [];
  return entries.some(({ name }) => isEventFile(name));
}

function isEventFile(name: string): boolean {
  return /^events\.out\.tfevents\.\d+\.gan-workbook$/.test(name);
}

/** What a run has recorded, at roughly the right times: only the time spent in steps is known. */
function recorded(events: TrainEvent[], entries: Quality[], now: number): Uint8Array[] {
  const end = events.at(-1)?.seconds ?? 0;
  const timeOf = (step: number) =>
    now - end + (events.findLast((event) => event.step <= step)?.seconds ?? 0);
  return [
    ...events.map((event) => ofEvent(event, now - end + event.seconds)),
    ...entries.map((quality) => ofQuality(quality, timeOf(quality.step))),
  ];
}

function ofEvent(event: TrainEvent, time: number): Uint8Array {
  const values = TAGS.flatMap(([tag, name]): Value[] => {
    const number = event[name];
    return number === undefined ? [] : [{ tag, number }];
  });
  return encodeEvent(time, event.step, values);
}

function ofQuality({ step, figures, shares = [] }: Quality, time: number): Uint8Array {
  return encodeEvent(time, step, [
    ...Object.entries(figures).map(([name, number]) => ({ tag: `quality/${name}`, number })),
    ...shares.map((number, digit) => ({ tag: `shares/${digit}`, number })),
  ]);
}

function version(time: number): Uint8Array {
  return new BinaryWriter().tag(1, WireType.Bit64).double(time)
    .tag(3, WireType.LengthDelimited).string("brain.Event:2").finish();
}

function encodeEvent(time: number, step: number, values: Value[]): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.Bit64).double(time)
    .tag(2, WireType.Varint).int64(step)
    .tag(5, WireType.LengthDelimited).fork();
  for (const value of values) {
    writer.tag(1, WireType.LengthDelimited).fork()
      .tag(1, WireType.LengthDelimited).string(value.tag);
    if ("number" in value) writer.tag(2, WireType.Bit32).float(value.number);
    else writeImage(writer, value.png);
    writer.join();
  }
  return writer.join().finish();
}

function writeImage(writer: BinaryWriter, png: Uint8Array): void {
  const { width, height, channels } = decode(png);
  writer.tag(4, WireType.LengthDelimited).fork()
    .tag(1, WireType.Varint).int32(height)
    .tag(2, WireType.Varint).int32(width)
    .tag(3, WireType.Varint).int32(channels)
    .tag(4, WireType.LengthDelimited).bytes(png)
    .join();
}

/** The step of an encoded `Event`; 0 where it has none. */
function stepOf(data: Uint8Array): number {
  const reader = new BinaryReader(data);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 2) return Number(reader.int64());
    reader.skip(type);
  }
  return 0;
}
