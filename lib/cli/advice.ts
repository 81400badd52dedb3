/**
 * What to type about an error: the remedies that it carries, in the words of the command line.
 *
 * @module
 */
import { remediesOf, type Remedy } from "@/remedy.ts";
import { pathArgument, quoted, taskCommand } from "./place.ts";

/** What to give, by the setting; for others the option is named. */
const GIVE: Readonly<Record<string, string>> = {
  bundle: "choose another folder with --bundle",
  checkpoint: "name it after --resume, or with --checkpoint of sample and evaluate",
  data: "name the folder of the data with --data",
  dir: "choose another folder with --dir",
  jupyterData: "name Jupyter's folder of data with --dir",
  out: "choose another folder with --out",
  overwrite: "add --overwrite to replace it",
  place: "choose another place",
  recipe: "begin a new run with another --seed or --preset",
  resume: "add --resume to go on with it",
  run: "choose another folder with --run",
  seed: "try another --seed",
  steps: "give more with --steps or --epochs",
};

/** What leaving a setting out achieves, by the setting. */
const WITHOUT: Readonly<Record<string, string>> = {
  port: " for a free one",
  resume: " to begin one",
};

/** What to do about an error, as a sentence without its full stop; undefined if it is not known. */
export function adviceOn(error: unknown): string | undefined {
  const remedies = remediesOf(error);
  if (remedies.length === 0) return undefined;
  const text = remedies.map(wordsOf).join(", or ");
  return text[0].toUpperCase() + text.slice(1);
}

function wordsOf(remedy: Remedy): string {
  switch (remedy.do) {
    case "leave out":
      return `leave ${optionOf(remedy.setting)} out${WITHOUT[remedy.setting] ?? ""}`;
    case "give":
      return GIVE[remedy.setting] ?? `give ${optionOf(remedy.setting)}`;
    case "wait":
      return "wait for it";
    case "resume": {
      const { run, give } = remedy;
      const other = give ? ` (or with ${optionOf(give.setting)} ${quoted(give.value)})` : "";
      return `to go on from there: ${resumeCommand(run)}${other}`;
    }
  }
}

/** The option of a setting, `--batch-size` of batchSize; a setting of `set` stays as it is. */
export function optionOf(setting: string): string {
  if (setting.startsWith("set ")) return `--${setting}`;
  return `--${setting.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** What to type to resume a run. */
export function resumeCommand(run: string): string {
  return taskCommand("train", "--run", pathArgument(run), "--resume");
}
