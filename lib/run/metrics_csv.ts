/**
 * The events of a run as a table: `metrics.csv`, which any spreadsheet opens.
 *
 * @module
 */
// @ts-types="@types/papaparse"
import Papa from "papaparse";
import { type GanOptions } from "@/gan/options.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { AppendedFile } from "@/io/appended_file.ts";

type Column = keyof TrainEvent;

export class MetricsCsv implements Disposable {
  private constructor(private readonly file: AppendedFile, private readonly columns: Column[]) {}

  /** Writes the events so far, one row each under a row of names, and appends from there on. */
  static async open(
    path: string,
    options: GanOptions,
    events: TrainEvent[],
  ): Promise<MetricsCsv> {
    const columns = columnsOf(options);
    const head = Papa.unparse([columns], { newline: "\n" }) + "\n";
    const rows = events.map((event) => rowOf(event, columns)).join("");
    return new MetricsCsv(await AppendedFile.begin(path, head + rows), columns);
  }

  async event(event: TrainEvent): Promise<void> {
    await this.file.append(rowOf(event, this.columns));
  }

  [Symbol.dispose](): void {
    this.file.close();
  }
}

/** The columns that the events of such a run have. */
function columnsOf({ gradientPenalty, reportAccuracy }: GanOptions): Column[] {
  return [
    "step",
    "epoch",
    "seconds",
    "dLoss",
    "gLoss",
    "dReal",
    "dFake",
    ...(gradientPenalty > 0 ? ["penalty" as const] : []),
    ...(reportAccuracy ? ["dAccuracy" as const, "gAccuracy" as const] : []),
  ];
}

function rowOf(event: TrainEvent, columns: Column[]): string {
  return Papa.unparse([columns.map((name) => event[name])], { newline: "\n" }) + "\n";
}
