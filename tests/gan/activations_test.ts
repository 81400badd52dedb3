/** Every activation of the table: its slope is its derivative, and can be differentiated once more. */
import { assertAlmostEquals } from "@std/assert";
import { ACTIVATION_NAMES, ACTIVATIONS } from "@/gan/activations.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";

/** Away from the corners of the piecewise linear ones. */
const HS = [-3.1, -1.2, -0.4, 0.3, 0.9, 2.5];
const STEP = 0.02;

for (const name of ACTIVATION_NAMES) {
  const { needs = {}, apply, slope } = ACTIVATIONS[name];
  const pieces = needs.pieces ? 2 : 1;
  const layer = { width: 1, slope: needs.slope && 0.2, pieces: needs.pieces && pieces };
  const rows = HS.length / pieces;
  const slopeAt = (h: tf.Tensor) => tf.reshape(slope(h, apply(h, layer), layer), h.shape);
  const read = async (t: tf.Tensor) => [...await t.data()];

  testOnBackends(`${name}: its slope is its derivative, and so is its slope's own`, async () => {
    const at = (shift: number) => tf.tensor2d(HS.map((h) => h + shift), [rows, pieces]);
    const autodiff = await read(tf.grad((h) => tf.mul(1, apply(h, layer)))(at(0)));
    const own = await read(slopeAt(at(0)));
    own.forEach((value, i) => assertAlmostEquals(value, autodiff[i], 1e-5, `at ${HS[i]}`));
    const second = await read(tf.grad((h) => slopeAt(h))(at(0)));
    const [above, below] = [await read(slopeAt(at(STEP))), await read(slopeAt(at(-STEP)))];
    second.forEach((value, i) =>
      assertAlmostEquals(value, (above[i] - below[i]) / (2 * STEP), 1e-3, `at ${HS[i]}`)
    );
  });
}
