/**
 * Sends SIGTERM to itself at one moment:
 *
 *   signalled_at.ts folder PARENT    as soon as a temporary folder in PARENT exists
 *   signalled_at.ts program PARENT   as soon as a program has started; its pid is written to PARENT/pid
 *   signalled_at.ts end              at the end of the last piece of work that a signal would undo
 */
import { startChild } from "@/io/processes.ts";
import { undoneBySignal } from "@/io/signals.ts";
import { makeTempFolder } from "@/io/temporary.ts";

const [what, parent] = Deno.args;
const terminate = () => Deno.kill(Deno.pid, "SIGTERM");

if (what === "folder") {
  Deno.makeTempDir = (options) => {
    const folder = Deno.makeTempDirSync(options);
    terminate();
    return Promise.resolve(folder);
  };
  await makeTempFolder({ prefix: "work-", dir: parent });
} else if (what === "end") {
  using _undo = undoneBySignal(() => {});
  terminate();
} else {
  const spawn = Deno.Command.prototype.spawn;
  Deno.Command.prototype.spawn = function () {
    const child = spawn.call(this);
    Deno.writeTextFileSync(`${parent}/pid`, String(child.pid));
    terminate();
    return child;
  };
  startChild("sleep", { args: ["600"], stdin: "null", stdout: "null", stderr: "null" });
}
setTimeout(() => {}, 10_000);
