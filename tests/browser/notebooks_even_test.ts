/** The notebooks with even numbers in a browser: see `support/same_as_deno.ts`. */
import { runInBrowser } from "./support/same_as_deno.ts";

await runInBrowser((number) => number % 2 === 0);
