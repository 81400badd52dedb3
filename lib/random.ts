/**
 * Seeded random numbers, passed as an argument wherever something is drawn.
 *
 * The generator is sfc32 (C. Doty-Humphrey, PractRand): four 32-bit words of state, period of at
 * least 2^32 from any state. A `Random` also knows the key it was seeded from, so that `split`
 * gives independent streams by name: a new reader of one stream never changes another.
 *
 * Nothing is cached between calls: `state()` is all there is, and `Random.restore` goes on with
 * exactly the numbers that would have come next.
 *
 * @module
 */

/** What `Random.state` saves: the key it was seeded from and sfc32's four words. */
export interface RandomState {
  /** The key that the stream was seeded from. */
  key: number;
  /** Where the stream has got to. */
  words: [number, number, number, number];
}

const TWO_TO_MINUS_32 = 2 ** -32;

/** The finaliser of MurmurHash3: every input bit changes half of the output bits. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A stream of random numbers; `split` makes independent ones of it. */
export class Random {
  #key: number;
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /**
   * A stream of its own: the same seed gives the same numbers.
   *
   * @param seed An integer in [0, 2^53).
   * @throws {RangeError} If the seed is not such an integer.
   */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(
        `Cannot seed a generator: the seed must be an integer from 0 to 2^53 - 1, got ${seed}`,
      );
    }
    const low = seed >>> 0;
    const high = Math.floor(seed / 2 ** 32);
    this.#key = mix(low ^ mix(high ^ 0x9e3779b9));
    this.#a = low;
    this.#b = high;
    this.#c = this.#key;
    // sfc32 mixes its seed within 12 to 15 rounds.
    for (let round = 0; round < 15; round++) this.uint32();
  }

  /** A stream of its own, named by `label`; it does not depend on what was drawn so far. */
  split(label: string): Random {
    let hash = this.#key;
    for (let i = 0; i < label.length; i++) {
      hash = mix(Math.imul(hash, 31) + label.charCodeAt(i) + 0x9e3779b9);
    }
    return new Random(mix(hash) + (mix(hash ^ this.#key) & 0x1fffff) * 2 ** 32);
  }

  /** All that decides the numbers to come. */
  state(): RandomState {
    return {
      key: this.#key,
      words: [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#counter >>> 0],
    };
  }

  /**
   * The generator whose `state()` this was.
   *
   * @throws {TypeError} If it is not such a state.
   */
  static restore(state: RandomState): Random {
    const words = [state?.key, ...(state?.words ?? [])];
    if (words.length !== 5 || words.some((w) => !Number.isInteger(w) || w < 0 || w >= 2 ** 32)) {
      throw new TypeError(
        `Cannot restore a generator: its state is a key and four words, integers from 0 to 2^32 - 1, got ${
          JSON.stringify(state)
        }`,
      );
    }
    const random = new Random(0);
    random.#key = state.key;
    [random.#a, random.#b, random.#c, random.#counter] = state.words;
    return random;
  }

  /** An integer from 0 to 2^32 - 1. */
  uint32(): number {
    const t = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** `count` integers from 0 to 2^32 - 1: the words that all other numbers are made of. */
  words(count: number): Uint32Array {
    const words = new Uint32Array(count);
    // As `uint32`, with local variables, which keep the loop fast.
    let a = this.#a, b = this.#b, c = this.#c, counter = this.#counter;
    for (let i = 0; i < count; i++) {
      const t = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + t) | 0;
      words[i] = t;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
    return words;
  }

  /** A number in [0, 1), a multiple of 2^-32. */
  uniform(): number {
    return this.uint32() * TWO_TO_MINUS_32;
  }

  /**
   * An integer in [0, bound), each equally likely (draws that would favour small integers are
   * repeated).
   *
   * @throws {RangeError} If the bound is not an integer from 1 to 2^32.
   */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new RangeError(
        `Cannot draw an integer: the bound must be an integer from 1 to 2^32, got ${bound}`,
      );
    }
    const unbiased = 2 ** 32 - (2 ** 32 % bound);
    let draw = this.uint32();
    while (draw >= unbiased) draw = this.uint32();
    return draw % bound;
  }

  /** `count` numbers, uniform in [low, high). */
  uniforms(count: number, low = 0, high = 1): Float32Array {
    const scale = (high - low) * TWO_TO_MINUS_32;
    const words = this.words(count);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = low + words[i] * scale;
    return values;
  }

  /** The words that `normals` would make its numbers of. */
  wordsOfNormals(count: number): Uint32Array {
    return this.words(count + (count & 1));
  }

  /** `count` numbers from N(0, 1), by pairs (Box and Muller); |x| < 6.67, since u >= 2^-32. */
  normals(count: number): Float32Array {
    const words = this.wordsOfNormals(count);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i += 2) {
      const radius = Math.sqrt(-2 * Math.log((words[i] + 1) * TWO_TO_MINUS_32));
      const angle = 2 * Math.PI * words[i + 1] * TWO_TO_MINUS_32;
      values[i] = radius * Math.cos(angle);
      if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
    }
    return values;
  }

  /** `count` values, each `value` with probability `probability` and 0 otherwise. */
  bernoullis(count: number, probability: number, value = 1): Float32Array {
    const words = this.words(count);
    const values = new Float32Array(count);
    const threshold = probability * 2 ** 32;
    for (let i = 0; i < count; i++) if (words[i] < threshold) values[i] = value;
    return values;
  }

  /** The integers 0 to count - 1 in random order (Fisher and Yates). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}
