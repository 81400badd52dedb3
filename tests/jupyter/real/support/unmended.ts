/** Our kernel with a part inside that does not start, as after a change of Deno's. */
import { readConnection } from "@/jupyter/connection.ts";
import { Kernel } from "@/jupyter/kernel.ts";

const file = Deno.args.at(-1)!;
await new Kernel(await readConnection(file), { inside: "file:///nowhere.ts" }).run();
Deno.exit(0);
