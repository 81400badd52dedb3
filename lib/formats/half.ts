/**
 * Numbers of float16 (IEEE 754's binary16), as their 16 bits: one of sign, 5 of exponent, 10 of
 * fraction. JavaScript has had an array of them, `Float16Array`, only since 2025, and files must
 * open in browsers that are older.
 *
 * @module
 */

/** The bits of infinity, and of the one NaN that is written. */
const INFINITY = 0x7c00, NOT_A_NUMBER = 0x7e00;
/** 1.5·2^52: a sum with it has no place for a fraction, so that it is rounded, halves to even. */
const TO_INTEGER = 1.5 * 2 ** 52;

/** The bits of the nearest float16 of each number, halves to even; beyond 65,504 infinity. */
export function halvesOf(data: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const halves = new Uint16Array(data.length);
  for (let i = 0; i < halves.length; i++) {
    const sign = (words[i] >>> 16) & 0x8000;
    halves[i] = sign | magnitudeOf(words[i] & 0x7fffffff, Math.abs(data[i]));
  }
  return halves;
}

/** Of the bits of a float32 without a sign, and their value. */
function magnitudeOf(bits: number, value: number): number {
  if (bits > 0x7f800000) return NOT_A_NUMBER;
  if (value >= 2 ** 16) return INFINITY;
  // Below the least normal number they are multiples of 2^-24.
  if (value < 2 ** -14) return (value * 2 ** 24 + TO_INTEGER) - TO_INTEGER;
  // The exponents differ by 112 and the fractions by 13 bits, which are rounded away.
  const moved = bits - (112 << 23);
  return (moved + 0xfff + ((moved >>> 13) & 1)) >>> 13;
}

/** The numbers that these bits are. */
export function numbersOf(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(halves, (bits) => {
    const exponent = (bits >>> 10) & 31;
    const fraction = bits & 1023;
    const magnitude = exponent === 0
      ? fraction * 2 ** -24
      : exponent < 31
      ? (1024 + fraction) * 2 ** (exponent - 25)
      : fraction === 0
      ? Infinity
      : NaN;
    return bits & 0x8000 ? -magnitude : magnitude;
  });
}
