/**
 * What `deno task train` does with its arguments: signals and output. `runTraining` does the work.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { type Backend } from "@/backend.ts";
import { isFresh } from "@/data/training_data.ts";
import { type Gan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { describe } from "@/gan/spec.ts";
import { describeSteps } from "@/gan/train.ts";
import { isFolder } from "@/io/files.ts";
import { defaultRunFolder } from "@/run/default_run.ts";
import { type RunConfig, type RunFolder } from "@/run/folder.ts";
import { LivePage } from "@/run/live_page.ts";
import { type RunListener, type RunResult, runTraining } from "@/run/training_run.ts";
import { resumeCommand } from "./advice.ts";
import { openInBrowser } from "./open_in_browser.ts";
import { projectPath } from "./place.ts";
import { optionsHelp } from "./options_help.ts";
import { duration, StepProgress } from "./progress.ts";
import { StopSignals } from "./stop_signals.ts";
import { type TrainFlags } from "./train.ts";

/** Trains; the exit code. */
export async function trainAsAsked({ helpOptions, ...flags }: TrainFlags): Promise<number> {
  if (helpOptions) {
    console.log(optionsHelp(flags.preset));
    return 0;
  }
  await completeRun(flags);
  await using live = flags.serve ? LivePage.start(flags.port ?? 0) : undefined;
  const teller = new Teller(flags, live);
  using stop = new StopSignals(() => teller.stopping());
  try {
    const result = await runTraining(flags, teller.listener(), stop.signal);
    teller.stop();
    await live?.close(ending(result));
    teller.ended(result);
    if (result.stopped) return stop.code!;
    if (!flags.quiet) {
      console.log(`samples  ${result.grid}\nreport   ${result.run.reportFile}`);
    }
    if (flags.open && !live) await open(result.run.reportFile);
    return 0;
  } finally {
    teller.stop();
  }
}

/** Chooses the folder to train in if none was given. */
async function completeRun(flags: TrainFlags): Promise<void> {
  if (typeof flags.resume === "string") {
    if (await isFolder(flags.resume)) {
      flags.run ??= flags.resume;
      flags.resume = true;
    } else flags.run ??= dirname(dirname(flags.resume));
  }
  const set = Number(flags.set?.findLast(({ name }) => name === "seed")?.text);
  const seed = flags.seed ?? (Number.isSafeInteger(set) ? set : undefined);
  flags.run ??= projectPath(defaultRunFolder(flags.preset, seed));
}

/** Tells the user how a training goes, in the terminal and on its live page. */
class Teller {
  readonly #began = performance.now();
  #progress?: StepProgress;

  constructor(readonly flags: TrainFlags, readonly live?: LivePage) {}

  say(line: string): void {
    if (!this.flags.quiet) console.error(line);
  }

  listener(): RunListener {
    const { live } = this;
    return {
      started: (info) => this.#started(info),
      event: (event) => {
        this.#progress?.event(event);
        live?.event(event);
      },
      grid: (step, png) => live?.grid(step, png),
      measured: (quality) => live?.quality(quality),
      measuring: (pending) => {
        this.stop();
        this.say(`Measuring the samples of ${pending === 1 ? "an epoch" : `${pending} epochs`}`);
      },
      drawing: (file) => {
        this.stop();
        this.say(`Making ${file}`);
      },
      warning: (text) => console.error(`warning: ${text}`),
      saved: () => {},
    };
  }

  #started({ run, config, gan, backend }: StartInfo): void {
    for (const warning of [backend.warning, ...config.doubts ?? []]) {
      if (warning) console.error(`warning: ${warning}`);
    }
    for (const line of describeStart({ run, config, gan, backend })) this.say(line);
    if (this.live) {
      // Without its address the page is of no use, so --quiet prints it too.
      console.error(`live     ${this.live.url} until the training ends`);
      this.#showLive(run);
    }
    if (this.flags.quiet) return;
    this.say(whatDSays(config.options));
    this.#progress = new StepProgress(config.steps, gan.step);
  }

  #showLive(run: RunFolder): void {
    const { live, flags } = this;
    live!.show(run).then(
      () => flags.open ? open(live!.url) : undefined,
      (error) => console.error(`warning: the live page shows nothing: ${error.message}`),
    );
  }

  stopping(): void {
    this.stop();
    this.say("Stopping after this step, then saving. Ctrl-C again to stop at once");
  }

  ended({ run, step, steps, stopped }: RunResult): void {
    const seconds = (performance.now() - this.#began) / 1000;
    this.say(
      stopped
        ? `Stopped at step ${step} of ${steps} and saved. To go on: ${resumeCommand(run.path)}`
        : `Done: ${step} steps, ${duration(seconds)} in this session`,
    );
  }

  /** Ends the bar; what is printed next begins on a line of its own. */
  stop(): void {
    this.#progress?.stop();
    this.#progress = undefined;
  }
}

type StartInfo = { run: RunFolder; config: RunConfig; gan: Gan; backend: Backend };

/** Once, above the numbers that need it. */
function whatDSays({ discriminatorLoss = "original" }: GanOptions): string {
  const says = "D(x) and D(G(z)) say how real D finds real and generated samples, from 0 to 1";
  return discriminatorLoss === "original" || discriminatorLoss === "leastSquares"
    ? `${says}; if it cannot tell them apart, both are 0.5`
    : `${says}; with this loss only their difference means something`;
}

function describeStart({ run, config, gan, backend }: StartInfo): string[] {
  const adapter = backend.adapter ? ` on ${backend.adapter}` : "";
  const { source } = config.data;
  const rows = isFresh(gan.data)
    ? "fresh samples for every batch"
    : `${gan.data.rows.toLocaleString("en-US")} training images`;
  const lines = [
    `backend  ${backend.name}${adapter}: ${backend.reason}`,
    `steps    ${describeSteps(config.options, backend.engine)}`,
    `data     ${source}, ${rows}`,
    `run      ${run.path}, preset ${config.preset}, seed ${config.options.seed}`,
  ];
  if (gan.step > 0) return [...lines, `resumed  at step ${gan.step} of ${config.steps}`];
  const { generator, discriminator, classes, clusters } = gan.options;
  lines.push(describe("G", generator), describe("D", discriminator));
  if (classes) lines.push(`labels   the last ${classes} inputs of both: which class is meant`);
  if (clusters) {
    lines.push(`labels   the last ${clusters} inputs of both: which cluster of the rows is meant`);
  }
  return lines;
}

function ending({ step, steps, stopped, run }: RunResult): string {
  return `The training ${
    stopped ? "was stopped" : "ended"
  } at step ${step} of ${steps}. The same page is kept in ${run.reportFile}.`;
}

/** Opens a page, given as a file or an address, or says where it is. */
async function open(target: string): Promise<void> {
  const reason = await openInBrowser(target.startsWith("http:") ? target : resolve(target));
  if (reason) console.error(`No browser was opened: ${reason}. The page is ${target}`);
}
