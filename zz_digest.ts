// usage (in a tree): deno run -A /tmp/k/digest.ts <backend> <auto|autodiff> [presets…]
const root = Deno.cwd();
const lib = (p: string) => import(`file://${root}/lib/${p}`);
const { useBackend } = await lib("backend.ts");
const { createGan } = await lib("gan/gan.ts");
const { train } = await lib("gan/train.ts");
const presets = await lib("gan/presets.ts");
const { toyData } = await lib("data/toy.ts");
const { loadImages } = await lib("data/mnist.ts"); const { imageRows } = await lib("data/training_data.ts");
const [backend, engine, ...names] = Deno.args;
const started = await useBackend(backend, { threads: 2, engine });
const all = names.length ? names : Object.keys(presets.PRESETS ?? presets.presets);
let mnist: unknown;
for (const name of all) {
  const options = { ...presets.findPreset(name).options, seed: 1 };
  const data = options.toy ? toyData(options.toy) : (mnist ??= imageRows(await loadImages()));
  const gan = createGan(options, data);
  const events: unknown[] = [];
  for await (const { seconds: _, ...event } of train(gan, { steps: 12, logEvery: 5 }, typeof started.engine === "string" ? undefined : started.engine)) events.push(event);
  await (await lib("gan/gan.ts")).sync?.(gan);
  const parts: Uint8Array[] = [];
  const add = async (tensors: Record<string, any>) => {
    for (const key of Object.keys(tensors).sort()) parts.push(new Uint8Array(new Float32Array(await tensors[key].data()).buffer));
  };
  for (const n of [gan.generator, gan.discriminator, gan.average]) if (n) { await add(n.weights); await add(n.statistics); }
  await add(gan.generatorOptimiser.slots); await add(gan.discriminatorOptimiser.slots);
  parts.push(new TextEncoder().encode(JSON.stringify(events)));
  const bytes = new Uint8Array(parts.reduce((s, p) => s + p.length, 0)); let at = 0;
  for (const p of parts) { bytes.set(p, at); at += p.length; }
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  console.log(backend, engine, name, [...hash.slice(0, 12)].map((b) => b.toString(16).padStart(2, "0")).join(""));
}
Deno.exit(0);
