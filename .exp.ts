import { useBackend } from "@/backend.ts";
import { loadImages } from "@/data/mnist.ts";
import { imageRows } from "@/data/training_data.ts";
import { evaluate } from "@/eval/suite.ts";
import { createGan, disposeGan, samplingGenerator } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { drawSamples } from "@/gan/sample.ts";
import { train } from "@/gan/train.ts";
import { Random } from "@/random.ts";
import { withPacking } from "@/gan/toy.ts";
import { labelsToAsk } from "@/eval/conditional.ts";
await useBackend("wasm",{threads:1}); const im=await loadImages();
const list=JSON.parse(Deno.args[0]);
for (const {preset="mlp", steps=1500, lr, ...ch} of list) {
  const o:any=structuredClone(findPreset(preset).options); Object.assign(o, ch); o.seed=ch.seed??1; const {packing}=ch; delete o.packing;
  if(lr){o.generatorOptimiser.learningRate=lr;o.discriminatorOptimiser.learningRate=lr;}
  const opt=withPacking(o, packing); const t=performance.now();
  try { const gan=createGan(opt, imageRows(im,o.trainRows)); let last; for await (const e of train(gan,{steps,logEvery:100})) last=e;
  const s=await drawSamples(samplingGenerator(gan), gan.options, 1000, new Random(2), labelsToAsk(gan.options, im.train, 1000));
  const r=await evaluate(s,im,{metrics:["classifier","frechet"]});
  console.log(JSON.stringify({preset,steps,lr,...ch}), "score",r.classifier!.score.toFixed(2),"conf",r.classifier!.confidence.toFixed(2),"cov",r.classifier!.covered,"F",r.frechet!.value.toFixed(1),"D",last!.dLoss.toFixed(2),"G",last!.gLoss.toFixed(2), ((performance.now()-t)/1000).toFixed(0)+"s"); disposeGan(gan);
  } catch(e){console.log(JSON.stringify({preset,steps,lr,...ch}), (e as Error).message)}
}
Deno.exit(0);
