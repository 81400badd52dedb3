/** The notebooks with odd numbers in a browser: see `support/same_as_deno.ts`. */
import { runInBrowser } from "./support/same_as_deno.ts";

await runInBrowser((number) => number % 2 === 1);
