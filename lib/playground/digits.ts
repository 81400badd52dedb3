/**
 * What G makes of pictures: 36 of them, the shares of the digits, and the way from one z to another.
 *
 * @module
 */
import { type Classifier, judge, loadClassifier } from "@/eval/classifier.ts";
import { CLASSES, digitsOf } from "@/eval/judgement.ts";
import { type Gan } from "@/gan/gan.ts";
import { latentSize } from "@/gan/options.ts";
import { judgeRows } from "./judge.ts";
import { type Digits, type LookRequest } from "./playground_messages.ts";
import { type FixedDraws, fixedDraws, generate } from "./scene.ts";

/** Pictures that are shown. */
const PICTURES = 36;
/** Samples that the shares are counted over. */
const COUNTED = 500;

let classifier: Promise<Classifier> | undefined;

/** The pictures of a GAN, as it is now. */
export async function digitsAt(
  gan: Gan,
  { between, shares = true }: Pick<LookRequest, "between" | "shares">,
): Promise<Digits> {
  const size = latentSize(gan.options);
  const scene = fixedDraws(gan, COUNTED);
  const pictures = generate(gan, scene.z.subarray(0, PICTURES * size));
  const digits: Digits = {
    pictures,
    d: judgeRows(gan, pictures, scene.companions),
    shares: shares ? await sharesOf(gan) : [],
  };
  if (between) digits.between = generate(gan, zBetween(scene, size, between));
  return digits;
}

/** The share of each digit among 500 samples, [10]. */
export async function sharesOf(gan: Gan): Promise<number[]> {
  classifier ??= loadClassifier();
  const judgement = await judge(await classifier, generate(gan, fixedDraws(gan, COUNTED).z));
  const shares = new Array<number>(CLASSES).fill(0);
  for (const digit of digitsOf(judgement)) shares[digit] += 1 / COUNTED;
  return shares;
}

/**
 * z at t from one z to another. For normal z along the arc, so that its length stays a usual one;
 * on a straight way it would be too short in the middle.
 */
function zBetween(
  { z }: FixedDraws,
  size: number,
  { from, to, t }: NonNullable<LookRequest["between"]>,
): Float32Array {
  const [a, b] = [from, to].map((picture) => z.subarray(picture * size, (picture + 1) * size));
  const dot = a.reduce((sum, value, i) => sum + value * b[i], 0);
  const lengths = [a, b].map((each) => Math.hypot(...each));
  const angle = Math.acos(Math.min(1, Math.max(-1, dot / (lengths[0] * lengths[1]))));
  const [ofA, ofB] = angle < 1e-3
    ? [1 - t, t]
    : [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
  return a.map((value, i) => ofA * value + ofB * b[i]);
}
