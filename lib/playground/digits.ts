/**
 * What G makes of pictures: 36 of them, the shares of the digits, and the way from one z to another.
 *
 * @module
 */
import { type Classifier, judge, loadClassifier } from "@/eval/classifier.ts";
import { CLASSES, digitsOf } from "@/eval/judgement.ts";
import { type Gan } from "@/gan/gan.ts";
import { latentSize } from "@/gan/options.ts";
import { lerp, slerp } from "@/math/interpolation.ts";
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
    shares: shares ? await sharesOfDigits(gan) : [],
  };
  if (between) digits.between = generate(gan, zBetween(gan, scene, between));
  return digits;
}

/** The share of each digit among 500 samples, [10]. */
export async function sharesOfDigits(gan: Gan): Promise<number[]> {
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
  { options }: Gan,
  { z }: FixedDraws,
  { from, to, t }: NonNullable<LookRequest["between"]>,
): Float32Array {
  const size = latentSize(options);
  const [a, b] = [from, to].map((picture) => z.subarray(picture * size, (picture + 1) * size));
  return Float32Array.from(options.latent === "normal" ? slerp(a, b, t) : lerp(a, b, t));
}
