/** Writes a megabyte to the file that is named, and prints the error where that fails. */
import { writeAtomically } from "@/io/files.ts";

await writeAtomically(Deno.args[0], new Uint8Array(2 ** 20)).catch(({ message }) =>
  console.log(message)
);
