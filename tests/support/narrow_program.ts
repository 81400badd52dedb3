/** Prints how often base64 is encoded, which clears the registers, in four jobs of a pool. */
import { ThreadPool } from "@/wasm/pool.ts";
import { assemble } from "@/wasm/assembler.ts";

const native = Uint8Array.prototype.toBase64;
let calls = 0;
Uint8Array.prototype.toBase64 = function () {
  calls++;
  return native.call(this);
};

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const nothing = {
  name: "run",
  parameters: 0,
  locals: { integers: 0, vectors: 0 },
  body: [],
};
const bytes = assemble({ pages: 1, maximumPages: 1 }, [nothing]);
const pool = new ThreadPool(memory, { job: new WebAssembly.Module(bytes) }, 1);
for (let i = 0; i < 2; i++) {
  pool.run([]);
  pool.share([]);
}
console.log(calls);
