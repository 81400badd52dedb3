/**
 * Writes a megabyte of one byte to the file that is named, so many times, and prints the error where that
 * fails: write_megabyte.ts FILE [BYTE [TIMES]].
 */
import { writeAtomically } from "@/io/files.ts";

const [file, byte = "0", times = "1"] = Deno.args;
for (let i = 0; i < Number(times); i++) {
  await writeAtomically(file, new Uint8Array(2 ** 20).fill(Number(byte))).catch(({ message }) =>
    console.log(message)
  );
}
