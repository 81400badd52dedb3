/**
 * What is to be undone when a signal ends the process: temporary files, folders, child processes.
 *
 * The signals are listened to while there is something to undo, or a command that ends itself, and
 * for a moment after that; at all other times they end the process at once, as they always do.
 *
 * @module
 */

/** The signals by which users and systems end a process, with their numbers. */
const SIGNALS: [Deno.Signal, number][] = Deno.build.os === "windows"
  ? [["SIGINT", 2]]
  : [["SIGHUP", 1], ["SIGINT", 2], ["SIGTERM", 15]];

/** Undoing may take this long; a child process that does not end is left to the system. */
const PATIENCE_MS = 5000;

/**
 * The signals are listened to for so long after the last thing to undo, in ms. If a listener goes
 * after a signal has come and before it is told of it, the signal is lost: so it must not go after
 * each of many short pieces of work, such as the files of a training.
 */
const QUIET_MS = 1000;

type Undo = () => void | Promise<unknown>;

const undos = new Set<Undo>();
let stopper: ((code: number) => void) | undefined;
let ending = false;

const listeners = SIGNALS.map(([signal, number]) => {
  return { signal, listener: () => void signalled(128 + number) };
});
let listening = false;
let quiet: ReturnType<typeof setTimeout> | undefined;

function signalled(code: number): void {
  if (ending) return;
  if (stopper) stopper(code);
  else endProcess(code);
}

/** Listens from the first reason to, until there has been none for a while. */
function update(): void {
  clearTimeout(quiet);
  if (undos.size > 0 || stopper !== undefined) return listen(true);
  quiet = setTimeout(() => listen(false), QUIET_MS);
  Deno.unrefTimer(quiet);
}

function listen(wanted: boolean): void {
  if (wanted === listening) return;
  listening = wanted;
  for (const { signal, listener } of listeners) {
    if (wanted) Deno.addSignalListener(signal, listener);
    else Deno.removeSignalListener(signal, listener);
  }
}

/** Has `undo` called if a signal ends the process before this is disposed of. */
export function undoneBySignal(undo: Undo): Disposable {
  undos.add(undo);
  update();
  return {
    [Symbol.dispose]() {
      undos.delete(undo);
      update();
    },
  };
}

/**
 * Leaves the end of the process to `stop`, which is told of every signal with the exit code that
 * belongs to it, 128 + the signal's number.
 */
export function stoppedBySignal(stop: (code: number) => void): Disposable {
  stopper = stop;
  update();
  return {
    [Symbol.dispose]() {
      stopper = undefined;
      update();
    },
  };
}

/** Undoes what is to be undone and ends the process. */
export async function endProcess(code: number): Promise<never> {
  ending = true;
  const patience = setTimeout(() => Deno.exit(code), PATIENCE_MS);
  // Work under way can begin something more before it is told of the end.
  while (undos.size > 0) {
    const last = [...undos].reverse();
    undos.clear();
    for (const undo of last) await attempt(undo);
  }
  clearTimeout(patience);
  Deno.exit(code);
}

async function attempt(undo: Undo): Promise<void> {
  try {
    await undo();
  } catch {
    // It is gone already, or cannot be undone: the process ends all the same.
  }
}

/** Waits for the end if a signal has begun it: what fails meanwhile need not be reported. */
export async function untilEnded(): Promise<void> {
  if (ending) await new Promise(() => {});
}
