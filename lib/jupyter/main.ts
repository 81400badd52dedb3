/**
 * The workbook's kernel, as Jupyter starts it: `main.ts --conn FILE`, and `--types` where cells are
 * to be type checked.
 *
 * @module
 */
import { readConnection } from "./connection.ts";
import { Kernel } from "./kernel.ts";

const types = Deno.args.includes("--types");
const [flag, file] = Deno.args.filter((argument) => argument !== "--types");
if (flag !== "--conn" || !file) {
  console.error("Cannot start the kernel: Jupyter must name its connection file, as --conn FILE");
  Deno.exit(2);
}
endWithParent();
try {
  await new Kernel(await readConnection(file), { types }).run();
} catch (error) {
  const { name, message } = error as Error;
  console.error(
    message.startsWith("Cannot") ? message : `Cannot start the kernel: ${name}: ${message}`,
  );
  Deno.exit(1);
}
Deno.exit(0);

/** Nobody can talk to a kernel whose Jupyter has ended, and none would stop what it calculates. */
function endWithParent(): void {
  const parent = Deno.env.get("JPY_PARENT_PID");
  if (String(Deno.ppid) !== parent) return; // Started by something in between.
  setInterval(() => String(Deno.ppid) === parent || Deno.exit(0), 2000);
}
