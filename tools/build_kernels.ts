/**
 * Compiles `lib/kernels/engine/assembly/` to `lib/kernels/engine/kernels.wasm`.
 *
 *   deno task build:kernels [--check]
 *
 * `--check` writes nothing: it fails if the file is not what the source builds.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { MAXIMUM_PAGES } from "@/kernels/engine/machine.ts";

const FOLDER = "lib/kernels/engine";
const OPTIONS = [
  `${FOLDER}/assembly/index.ts`,
  ...["--outFile", "kernels.wasm", "-O3", "--noAssert", "--runtime", "stub"],
  ...["--enable", "simd,relaxed-simd,threads"],
  ...["--importMemory", "--sharedMemory"],
  ...["--initialMemory", "1", "--maximumMemory", String(MAXIMUM_PAGES)],
  // The machine keeps its control words below.
  ...["--memoryBase", "4096"],
];

const root = new URL("../", import.meta.url);
let built: Uint8Array | undefined;
const { error, stderr } = await asc.main(OPTIONS, {
  readFile(name: string): string | null {
    try {
      return Deno.readTextFileSync(new URL(name, root));
    } catch {
      return null;
    }
  },
  writeFile(_name: string, contents: string | Uint8Array): void {
    if (contents instanceof Uint8Array) built = contents;
  },
  listFiles: () => [],
});
if (error || !built) {
  console.error(stderr.toString());
  throw new Error(`Cannot build the kernels: ${error?.message ?? "the compiler wrote nothing"}`);
}
const target = new URL(`${FOLDER}/kernels.wasm`, root);
if (Deno.args.includes("--check")) {
  const committed = Deno.readFileSync(target);
  if (committed.length !== built.length || committed.some((byte, i) => byte !== built![i])) {
    throw new Error(
      `The kernels must be what their source builds: ${FOLDER}/kernels.wasm differs. Run deno task build:kernels`,
    );
  }
  console.log(`${FOLDER}/kernels.wasm is what its source builds`);
} else {
  Deno.writeFileSync(target, built);
  console.log(`${FOLDER}/kernels.wasm, ${built.length} bytes`);
}
