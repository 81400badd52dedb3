/**
 * The workbook's kernel, as Jupyter starts it: `main.ts --conn FILE`, and `--types` where cells are to be type checked.
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
await new Kernel(await readConnection(file), { types }).run();
Deno.exit(0);
