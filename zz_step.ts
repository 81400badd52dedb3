// deno run -A zz_step.ts: each line on stdin → steps; prints lower decile and mean of step ms
const root = Deno.cwd();
const old = await Deno.stat(`${root}/lib/kernels`).then(() => true, () => false);
const lib = (p: string) => import(`file://${root}/lib/${p}`);
const threads = Number(Deno.args[0] ?? 2), steps = Number(Deno.args[1] ?? 300);
const { useBackend } = await lib("backend.ts");
const { createGan } = await lib("gan/gan.ts");
const { findPreset } = await lib("gan/presets.ts");
const { PlannedStep } = await lib(old ? "gan/planned/planned_step.ts" : "engine/planned_step.ts");
const M = old ? (await lib("kernels/engine/machine.ts")).Machine : (await lib("engine/wasm/wasm_machine.ts")).WasmMachine;
const { Gemm } = await lib(old ? "kernels/gemm.ts" : "tfjs/gemm.ts");
const { formulaData } = await import(`file://${root}/tests/support/gans.ts`);
await useBackend("cpu");
const machine = new M({ relaxed: true }, threads);
const gan = createGan({ ...findPreset("mlp").options, seed: 1 }, formulaData(2000, 784));
const planned = new PlannedStep(gan, machine);
for (let i = 0; i < 60; i++) planned.step();
await new Promise((r) => setTimeout(r, 1500));
for (let i = 0; i < 40; i++) planned.step();
const gemm = new Gemm(threads);
const A = { data: new Float32Array(256 * 784).fill(.5), rows: 256, columns: 784, transposed: false };
const B = { data: new Float32Array(784 * 512).fill(.25), rows: 784, columns: 512, transposed: false };
const out = new Float32Array(256 * 512);
const S = { data: new Float32Array(64 * 64).fill(.25), rows: 64, columns: 64, transposed: false };
const outS = new Float32Array(64*64);
for (let i = 0; i < 60; i++) { gemm.multiply(A, B, out); gemm.multiply(S, S, outS); }
await new Promise((r) => setTimeout(r, 1500));
import process from "node:process";
const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1000; };
const q = (t: number[]) => { t.sort((a, b) => a - b); return [t[t.length / 10 | 0], t[t.length / 2 | 0]]; };
const time = (n: number, f: () => void) => { const t: number[] = []; const c = cpu(); for (let i = 0; i < n; i++) { const s = performance.now(); f(); t.push(performance.now() - s); } return [q(t)[0], (cpu() - c) / n]; };
console.log(`ready ${machine.threads} ${gemm.threads}`);
const reader = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
while (true) {
  const { done } = await reader.read();
  if (done) break;
  const s = time(steps, () => planned.step());
  const g = time(100, () => gemm.multiply(A, B, out));
  const m = time(50, () => { for (let k = 0; k < 40; k++) gemm.multiply(S, S, outS); });
  console.log(JSON.stringify([...s, ...g, ...m]));
}
Deno.exit(0);
