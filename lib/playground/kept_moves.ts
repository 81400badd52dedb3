/**
 * The moments of a run that can be gone back to. Not every one is kept: from a kept one the moves
 * that followed are made again, which gives the same numbers, bit for bit.
 *
 * @module
 */
import { type TrainingData } from "@/data/training_data.ts";
import { bytesOf, type SavedGan } from "./saved_gan.ts";
import { type PlaygroundSettings } from "./settings.ts";

/** A whole step, or an update of one player alone. */
export type Move = "both" | "D" | "G";

/** A moment that is kept whole. */
export interface SavedMoment {
  /** Moves before it. */
  move: number;
  saved: SavedGan;
  settings: PlaygroundSettings;
  data: TrainingData;
  /** What was done from here to the next one that is kept. */
  then: Move[];
}

/** Moves that one can go back, where memory allows it. */
const MOST_BACK = 200;
/** For all moments of a run together. */
const MOST_BYTES = 48 * 2 ** 20;
/** A copy takes a tenth of a step, or more: so seldom it costs next to nothing. */
const LEAST_APART = 10;

/** The moments of one run. */
export class KeptMoves {
  #kept: SavedMoment[] = [];

  /** Keeps a moment; moments that are no longer needed are let go. */
  keep(moment: Omit<SavedMoment, "then">): void {
    this.#kept.push({ ...moment, then: [] });
    const most = Math.max(2, Math.floor(MOST_BYTES / bytesOf(moment.saved)));
    const least = moment.move - MOST_BACK;
    while (this.#kept.length > most || (this.#kept[1] && this.#kept[1].move <= least)) {
      this.#kept.shift();
    }
  }

  /** Takes note of a move; whether the moment after it should be kept. */
  moved(move: Move): boolean {
    const last = this.#kept.at(-1)!;
    last.then.push(move);
    const most = Math.max(2, Math.floor(MOST_BYTES / bytesOf(last.saved)));
    return last.then.length >= Math.max(LEAST_APART, Math.ceil(MOST_BACK / most));
  }

  /** The first move that can be gone back to, from one of them. */
  oldest(now: number): number {
    return Math.max(this.#kept[0].move, now - MOST_BACK);
  }

  /** The last kept moment not after a move. What came later is forgotten. */
  backTo(move: number): SavedMoment {
    while (this.#kept.length > 1 && this.#kept.at(-1)!.move > move) this.#kept.pop();
    const kept = this.#kept.at(-1)!;
    kept.then.length = move - kept.move;
    return kept;
  }
}
