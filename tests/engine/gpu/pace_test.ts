/** How far the processor runs ahead of a GPU. */
import { assert, assertEquals } from "@std/assert";
import { Pace } from "@/engine/gpu/pace.ts";

/**
 * A GPU that takes `ms` for a step, of which news comes every 10 ms, while every 250 ms the
 * processor has 30 ms of other work; the pace after `seconds`.
 */
function paceOf(ms: number, seconds: number): { pace: Pace; idle: number } {
  const pace = new Pace();
  const away: { steps: number; sentAt: number; done: number }[] = [];
  let [free, idle] = [0, 0];
  for (let now = 0; now < 1000 * seconds; now += 10) {
    if (now % 250 < 30) continue;
    while (away.length > 0 && away[0].done <= now) {
      const { steps, sentAt } = away.shift()!;
      pace.arrived(steps, sentAt, now);
    }
    const under = () => away.reduce((sum, { steps }) => sum + steps, 0);
    while (under() + pace.perSubmit <= pace.ahead) {
      if (now > 500 * seconds) idle += Math.max(0, now - free);
      free = Math.max(free, now) + ms * pace.perSubmit;
      away.push({ steps: pace.perSubmit, sentAt: now, done: free });
    }
  }
  return { pace, idle };
}

Deno.test("a fast GPU is never without work, though news of it is rare", () => {
  for (const ms of [0.2, 0.5, 1, 3, 10]) {
    const { pace, idle } = paceOf(ms, 4);
    assert(idle === 0, `${idle} ms idle with steps of ${ms} ms, ${pace.ahead} ahead`);
    // Ctrl-C waits for what is under way.
    assert(pace.ahead * ms <= 200, `${pace.ahead} steps of ${ms} ms ahead`);
  }
});

Deno.test("of a slow GPU two steps are under way, each sent by itself", () => {
  const { pace } = paceOf(400, 20);
  assertEquals([pace.ahead, pace.perSubmit], [2, 1]);
  const fresh = new Pace();
  assertEquals([fresh.ahead, fresh.perSubmit], [2, 1]);
});

Deno.test("the first step, which compiles the shaders, does not slow down the rest", () => {
  const pace = new Pace();
  pace.arrived(1, 0, 5000);
  assertEquals(pace.ahead, 2);
  for (let i = 1; i <= 8; i++) pace.arrived(16, 5000 + 4 * (i - 1), 5000 + 4 * i);
  assert(pace.ahead > 200, String(pace.ahead));
  assertEquals(pace.perSubmit, 16);
});

Deno.test("time in which nothing was under way does not count", () => {
  const pace = new Pace();
  for (let i = 0; i < 8; i++) pace.arrived(1, 1000 * i, 1000 * i + 10);
  assertEquals(pace.ahead, 10);
});
