/** Steps that are under way on a GPU while further ones are asked for. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { PlannedEngine } from "@/engine/engine.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { Pace } from "@/engine/gpu/pace.ts";
import { arraysOf } from "@/engine/raw_arrays.ts";
import { decodeCheckpoint, encodeArrays, encodeCheckpoint, headerOf } from "@/gan/checkpoint.ts";
import { sync } from "@/gan/custody.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { disposeGan, type Gan } from "@/gan/gan.ts";
import { train, trainAhead, type TrainEvent } from "@/gan/train.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../../support/backends.ts";
import { tinyGan } from "../../support/gans.ts";
import { calls } from "../../support/gpu_calls.ts";
import { everything } from "../../support/planned_cases.ts";

const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;

/** A pace that no measurement changes. */
class FixedPace extends Pace {
  constructor(readonly steps: { ahead: number; perSubmit: number }) {
    super();
  }
  override get ahead(): number {
    return this.steps.ahead;
  }
  override get perSubmit(): number {
    return this.steps.perSubmit;
  }
}

const engineOf = (ahead: number, perSubmit: number) =>
  new PlannedEngine(new GpuMachine(device(), undefined, new FixedPace({ ahead, perSubmit })));

const testOnGpu = (name: string, test: () => Promise<void>) =>
  testOnBackends(name, test, ["webgpu"]);

/** Without what depends on the clock. */
const numbersOf = ({ seconds: _, ...numbers }: TrainEvent) => numbers;

async function eventsOf(gan: Gan, steps: number, logEvery: number, engine: PlannedEngine) {
  return (await Array.fromAsync(train(gan, { steps, logEvery }, engine))).map(numbersOf);
}

testOnGpu("several steps in one submit change no bit of what is learned or reported", async () => {
  // Three updates of D a step, whose rates and inputs all have places of their own.
  const [one, many] = [tinyGan({ discriminatorSteps: 3 }), tinyGan({ discriminatorSteps: 3 })];
  const wanted = await eventsOf(one, 19, 1, engineOf(1, 1));
  const found: ReturnType<typeof numbersOf>[] = [];
  let furthest = 0;
  const control = { steps: 19, logEvery: 1 };
  for await (const [event] of trainAhead(many, control, engineOf(64, 8), () => {})) {
    furthest = Math.max(furthest, many.step - event.step);
    found.push(numbersOf(event));
  }
  assertEquals(found, wanted);
  assert(furthest >= 7, `${furthest} steps ahead`);
  assertEquals(await everything(many), await everything(one));
  for (const gan of [one, many]) disposeGan(gan);
});

testOnGpu(
  "in training: a submit for several steps, a write for each submit, no wait for the queue",
  async () => {
    const gan = tinyGan();
    const engine = engineOf(64, 8);
    for await (const _ of train(gan, { steps: 1, logEvery: 1 }, engine));
    // The tensors are taken in with the first step, and come back at the end: neither is counted.
    gan.custody!.step(false);
    const run = trainAhead(gan, { steps: 66, logEvery: 10 }, engine, () => {});
    const counted = await calls(async () => {
      while ((await run.next()).value?.[0].step !== 66);
    });
    await run.return(undefined);
    const { submit, writeBuffer, mapAsync, onSubmittedWorkDone } = counted;
    // Step 2 waits to be sent off, 64 more follow. An epoch ends every four steps, so there are
    // reports in every submit.
    assertEquals({ submit, writeBuffer, mapAsync, onSubmittedWorkDone }, {
      submit: 9,
      writeBuffer: 9,
      mapAsync: 9,
      onSubmittedWorkDone: 0,
    });
    disposeGan(gan);
  },
);

testOnGpu("however slowly events are taken, few steps are under way, in few buffers", async () => {
  const gan = tinyGan();
  const engine = engineOf(16, 4);
  let furthest = 0;
  const buffers: number[] = [];
  await calls(async (soFar) => {
    const control = { steps: 240, logEvery: 1 };
    for await (const [{ step }] of trainAhead(gan, control, engine, () => {})) {
      furthest = Math.max(furthest, gan.step - step);
      if (step % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
      if (step === 80 || step === 240) buffers.push(soFar.createBuffer);
    }
  });
  assert(furthest > 4 && furthest <= 16, `${furthest} steps ahead`);
  // The buffers of the reports are used again.
  assertEquals(buffers[1], buffers[0]);
  disposeGan(gan);
});

testOnGpu(
  "a snapshot is the checkpoint of its step, byte for byte, though later steps are under way",
  async () => {
    const [ahead, stopped] = [tinyGan(), tinyGan()];
    const kept: [step: number, bytes: Uint8Array][] = [];
    let furthest = 0;
    const keep = (gan: Gan) => {
      if (gan.step % 4 !== 0) return;
      const header = { ...headerOf(gan), seconds: 0 };
      const snapshot = gan.custody!.snapshot!()!;
      return async () => encodeArrays(header, arraysOf(await snapshot.read()));
    };
    const engine = engineOf(64, 8);
    for await (
      const [event, bytes] of trainAhead(ahead, { steps: 15, logEvery: 1 }, engine, keep)
    ) {
      if (bytes) kept.push([event.step, await bytes()]);
      furthest = Math.max(furthest, ahead.step - event.step);
    }
    assert(furthest > 1, "no step was under way");
    assertEquals(kept.map(([step]) => step), [4, 8, 12]);
    for (const [step, bytes] of kept) {
      for await (const _ of train(stopped, { steps: step, logEvery: 100 }, engineOf(1, 1)));
      stopped.seconds = 0;
      assertEquals(bytes, await encodeCheckpoint(stopped), `step ${step}`);
    }
    for (const gan of [ahead, stopped]) disposeGan(gan);
  },
);

testOnGpu(
  "a snapshot is one buffer that is mapped once, whatever the number of tensors",
  async () => {
    const gan = tinyGan();
    const engine = engineOf(64, 8);
    for await (const _ of train(gan, { steps: 1, logEvery: 1 }, engine));
    gan.custody!.step(false);
    const counted = await calls(async () => {
      const { numbers } = await gan.custody!.snapshot!()!.read();
      assert(numbers.every(Number.isFinite));
    });
    const { mapAsync, submit, createBuffer, onSubmittedWorkDone } = counted;
    // The step that waited to be sent off is in the same submit, with a map of its own.
    assertEquals({ mapAsync, submit, createBuffer, onSubmittedWorkDone }, {
      mapAsync: 2,
      submit: 1,
      createBuffer: 1,
      onSubmittedWorkDone: 0,
    });
    disposeGan(gan);
  },
);

testOnGpu(
  "a stop ends the training after the steps that are under way, and loses none",
  async () => {
    const [stopped, other] = [tinyGan(), tinyGan()];
    const engine = engineOf(32, 8);
    const stop = new AbortController();
    const control = { steps: 1000, logEvery: 1, signal: stop.signal };
    const steps: number[] = [];
    for await (const [{ step }] of trainAhead(stopped, control, engine, () => {})) {
      steps.push(step);
      if (step === 9) stop.abort();
    }
    assert(stopped.step >= 9 && stopped.step <= 9 + 32, `stopped at ${stopped.step}`);
    assertEquals(steps, Array.from({ length: stopped.step }, (_, i) => i + 1));
    for await (const _ of train(other, { steps: stopped.step, logEvery: 100 }, engineOf(1, 1)));
    assertEquals(await everything(stopped), await everything(other));
    for (const gan of [stopped, other]) disposeGan(gan);
  },
);

testOnGpu(
  "a divergence is of the first step that shows it, and no later event is given out",
  async () => {
    const gan = tinyGan();
    const engine = engineOf(64, 8);
    for await (const _ of train(gan, { steps: 5, logEvery: 5 }, engine));
    gan.discriminator.weights["layers.1.bias"].dispose();
    gan.discriminator.weights["layers.1.bias"] = tf.tensor1d([NaN]);
    const steps: number[] = [];
    await assertRejects(
      async () => {
        for await (
          const [{ step }] of trainAhead(gan, { steps: 60, logEvery: 3 }, engine, () => {})
        ) {
          steps.push(step);
        }
      },
      DivergedError,
      "diverged at step 6: ",
    );
    assertEquals(steps, []);
    // Later steps were under way already.
    assert(gan.step > 6, String(gan.step));
    disposeGan(gan);
  },
);

testOnGpu(
  "numbers that are looked at while steps are under way are those of the last one",
  async () => {
    const [watched, other] = [tinyGan(), tinyGan()];
    for await (
      const [{ step }] of trainAhead(watched, { steps: 12, logEvery: 3 }, engineOf(64, 4), () => {})
    ) {
      if (step !== 6) continue;
      sync(watched);
      const found = decodeCheckpoint(await encodeCheckpoint(watched), "x");
      for await (const _ of train(other, { steps: watched.step, logEvery: 50 }, engineOf(1, 1)));
      const wanted = decodeCheckpoint(await encodeCheckpoint(other), "x");
      assertEquals(found.arrays, wanted.arrays);
      assertEquals(found.header.step, watched.step);
    }
    for (const gan of [watched, other]) disposeGan(gan);
  },
);
