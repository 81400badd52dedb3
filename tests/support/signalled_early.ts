/**
 * Makes a temporary folder, or starts a program, and gets SIGTERM at the moment at which the system has done that
 * and nothing else has run: signalled_early.ts folder PARENT, or signalled_early.ts program PARENT. The pid of the program is
 * written to PARENT/pid.
 */
import { startChild } from "@/io/processes.ts";
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
setTimeout(() => {}, 600_000);
