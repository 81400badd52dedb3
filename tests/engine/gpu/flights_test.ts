/** What is under way on a GPU is bounded, and a device that is lost is heard of; on a device of straw. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Flights } from "@/engine/gpu/flights.ts";
import { Pace } from "@/engine/gpu/pace.ts";

class Far extends Pace {
  override get ahead(): number {
    return 1000;
  }
  override get perSubmit(): number {
    return 10;
  }
}

/** Flights on a device that says when a buffer is mapped. */
function flightsOn() {
  const maps: PromiseWithResolvers<void>[] = [];
  let buffers = 0;
  const createBuffer = () => {
    buffers++;
    return {
      mapAsync() {
        const map = Promise.withResolvers<void>();
        maps.push(map);
        return map.promise;
      },
      getMappedRange: () => new Uint8Array([buffers, 0, 0, 0]).buffer,
      unmap() {},
    };
  };
  const flights = new Flights({ createBuffer } as unknown as GPUDevice, new Far());
  const send = (steps: number, bytes: number) => {
    flights.boarding.steps = steps;
    flights.sent(bytes);
  };
  return { flights, maps, send, buffers: () => buffers };
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const turn = new Promise<false>((resolve) => setTimeout(() => resolve(false), 5));
  return await Promise.race([promise.then(() => true, () => true), turn]);
}

Deno.test("so many bytes may be under way, however few the steps", async () => {
  const { flights, maps, send } = flightsOn();
  send(1, 2 ** 26);
  assert(await isSettled(flights.room()));
  send(1, 2 ** 26 + 1);
  const room = flights.room();
  assert(!await isSettled(room), "more than 128 MiB were let through");
  maps[0].resolve();
  assert(await isSettled(room));
  assertEquals([flights.steps, flights.bytes], [1, 2 ** 26 + 1]);
});

Deno.test("a submit is full by its steps or by its bytes", () => {
  const { flights } = flightsOn();
  flights.boarding.steps = 9;
  assertEquals([flights.full(0), flights.full(2 ** 23), flights.full(2 ** 23 + 1)], [
    false,
    false,
    true,
  ]);
  flights.boarding.steps = 10;
  assert(flights.full(0));
});

Deno.test("so many steps may be under way, and their buffers are used again", async () => {
  const { flights, maps, send, buffers } = flightsOn();
  for (let i = 0; i < 100; i++) send(10, 0);
  const room = flights.room();
  assert(!await isSettled(room));
  assertEquals([flights.steps, buffers()], [1000, 100]);
  for (const map of maps) map.resolve();
  await room;
  for (let i = 0; i < 50; i++) send(10, 0);
  assertEquals([flights.steps, buffers()], [500, 100]);
});

Deno.test("where the device is lost, whoever waits for room or for a report hears of it", async () => {
  const { flights, maps, send } = flightsOn();
  const { boarding } = flights;
  send(600, 0);
  send(600, 0);
  const room = flights.room();
  maps[0].reject(new Error("the device was lost"));
  await assertRejects(() => room, Error, "the device was lost");
  await assertRejects(() => boarding.arrived, Error, "the device was lost");
});
