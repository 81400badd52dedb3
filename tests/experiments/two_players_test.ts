/** Orbits of two numbers: what grows, what is conserved, and the Dirac-GAN against its value. */
import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import {
  alternatingRule,
  diracRule,
  orbitOf,
  type OrbitRule,
  radiiOf,
} from "@/experiments/two_players.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { sigmoid, softplus } from "@/math/stable.ts";

const simultaneous: OrbitRule = (x, y, eta) => [x - eta * y, y + eta * x];

Deno.test("simultaneous steps on xy multiply the radius by the root of 1 + η²", () => {
  for (const eta of [0.01, 0.2, 1, 1.9]) {
    radiiOf(orbitOf(simultaneous, eta, 200)).forEach((radius, n) =>
      assertAlmostEquals(radius / (1 + eta * eta) ** (n / 2), 1, 1e-12)
    );
  }
});

Deno.test("alternating steps on xy conserve x² + y²/k + ηxy, and so stay on an ellipse", () => {
  for (const k of [1, 2, 5]) {
    for (const eta of [0.01, 0.2, 0.5]) {
      const { x, y } = orbitOf(alternatingRule(k), eta, 10_000);
      x.forEach((each, n) =>
        assertAlmostEquals(each ** 2 + y[n] ** 2 / k + eta * each * y[n], 1, 1e-9)
      );
    }
  }
});

Deno.test("the averages of alternating steps go to the saddle point like 1/n", () => {
  const { x, y } = orbitOf(alternatingRule(1), 0.2, 4000);
  const mean = (all: number[], n: number) => all.slice(1, n + 1).reduce((s, v) => s + v, 0) / n;
  for (const n of [100, 1000, 4000]) {
    assertAlmostEquals(mean(y, n), (1 - x[n]) / (0.2 * n), 1e-12);
    assert(Math.abs(mean(x, n)) < 12 / n && Math.abs(mean(y, n)) < 12 / n);
  }
});

Deno.test("at η = 2 the ellipse breaks open, and beyond it orbits run away", () => {
  const far = (eta: number) => Math.max(...radiiOf(orbitOf(alternatingRule(1), eta, 100)));
  assert(far(1.9) < 10 && far(2) > 100 && far(2.1) > 1e6);
  assertThrows(() => orbitOf(simultaneous, 1e6, 99), DivergedError, "must be finite");
});

Deno.test("the Dirac-GAN steps along the slopes of its value, with R1 on D's side", () => {
  const V = (psi: number, theta: number) => -Math.LN2 - softplus(psi * theta);
  const slope = (f: (t: number) => number, t: number) => (f(t + 1e-5) - f(t - 1e-5)) / 2e-5;
  for (const gamma of [0, 0.5]) {
    const [psi, theta, eta] = [0.7, -0.4, 0.1];
    const moved = psi + eta * (slope((p) => V(p, theta), psi) - gamma * psi);
    for (const order of ["simultaneous", "alternating"] as const) {
      const seen = order === "simultaneous" ? psi : moved;
      const next = diracRule(order, gamma)(psi, theta, eta);
      assertAlmostEquals(next[0], moved, 1e-9);
      assertAlmostEquals(next[1], theta - eta * slope((t) => V(seen, t), theta), 1e-9);
    }
  }
});

Deno.test("the Dirac-GAN grows by the root of 1 + η² σ(ψθ)², and R1 brings it home", () => {
  const orbit = orbitOf(diracRule("simultaneous"), 0.2, 500);
  const radii = radiiOf(orbit);
  for (let n = 0; n < 500; n++) {
    const grown = Math.hypot(1, 0.2 * sigmoid(orbit.x[n] * orbit.y[n]));
    assertAlmostEquals(radii[n + 1] / radii[n], grown, 1e-12);
  }
  assert(radiiOf(orbitOf(diracRule("simultaneous", 0.5), 0.2, 150)).at(-1)! < 0.01);
});
