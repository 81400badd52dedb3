/**
 * Shows a training: as a bar in a terminal, as plain lines in a file or a pipe.
 *
 * @module
 */
import { Presets, SingleBar } from "cli-progress";
import { type TrainEvent } from "@/gan/train.ts";

/** The shortest time between two plain lines. */
const LINE_EVERY_MS = 10_000;
/** Steps per second are averaged over this many seconds. */
const RATE_WINDOW_S = 20;
/** From this many columns a line has room for a long bar and wide gaps; 80 must do as well. */
const ROOMY = 110;

export class StepProgress {
  #bar?: SingleBar;
  #lastLine = -Infinity;
  #history: { step: number; at: number }[] = [];

  constructor(
    readonly steps: number,
    readonly firstStep: number,
    readonly stream: { isTerminal(): boolean } = Deno.stderr,
  ) {
    this.#history.push({ step: firstStep, at: performance.now() / 1000 });
    if (!stream.isTerminal()) return;
    this.#bar = new SingleBar({
      format: "{bar} {value}/{total}{text}",
      barsize: columns() < ROOMY ? 4 : 20,
      hideCursor: true,
      // Signals are the command's own business.
      gracefulExit: false,
      linewrap: false,
    }, Presets.shades_classic);
    this.#bar.start(steps, firstStep, { text: "  first steps …" });
  }

  event(event: TrainEvent): void {
    const now = performance.now() / 1000;
    this.#history.push({ step: event.step, at: now });
    while (this.#history.length > 2 && now - this.#history[0].at > RATE_WINDOW_S) {
      this.#history.shift();
    }
    const [first] = this.#history;
    const rate = (event.step - first.step) / Math.max(1e-9, now - first.at);
    const parts = describe(event, rate, (this.steps - event.step) / rate);
    const narrow = this.#bar !== undefined && columns() < ROOMY;
    const text = narrow ? ` ${parts.join(" ").replace(" steps/s", "/s")}` : `  ${parts.join("  ")}`;
    if (this.#bar) this.#bar.update(event.step, { text });
    else if (performance.now() - this.#lastLine > LINE_EVERY_MS || event.step === this.steps) {
      this.#lastLine = performance.now();
      console.error(`step ${event.step}/${this.steps}${text}`);
    }
  }

  /** Ends the bar; what is printed next begins on a line of its own. */
  stop(): void {
    this.#bar?.stop();
  }
}

/** Time first: a narrow terminal cuts what is at the end. */
function describe(event: TrainEvent, rate: number, secondsLeft: number): string[] {
  return [
    `${duration(secondsLeft)} left`,
    `${rate.toFixed(1)} steps/s`,
    `epoch ${event.epoch}`,
    `D ${event.dLoss.toFixed(2)}`,
    `G ${event.gLoss.toFixed(2)}`,
    `D(x) ${event.dReal.toFixed(2)}`,
    `D(G(z)) ${event.dFake.toFixed(2)}`,
  ];
}

function columns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

/** 75 s as `1:15`, 3,700 s as `1:01:40`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
