/**
 * The part of NumPy that our advice uses, so that advice can be followed to the letter where there is no
 * NumPy: an expression of x is read and computed.
 *
 *     expression = term (("+" | "-") term)*;  term = factor (("*" | "/") factor)*
 *     factor = (number | "x" | "(" expression ")" | "np." name "(" expression ("," number)* ")") method*
 *     method = ".T" | ".reshape(" numbers ")" | ".astype(...)"
 */
interface Values {
  shape: number[];
  data: Float64Array;
}

/** The value of an expression of x. What NumPy would refuse is an error. */
export function numpy(expression: string, x: { shape: number[]; data: ArrayLike<number> }): Values {
  return new Reader(expression, { shape: x.shape, data: Float64Array.from(x.data) }).whole();
}

const isValues = (value: Values | number): value is Values => typeof value !== "number";

class Reader {
  #tokens: string[];

  constructor(readonly text: string, readonly x: Values) {
    this.#tokens = text.match(/\d+\.?\d*|"[^"]*"|np\.\w+|\.[A-Za-z]+|[A-Za-z]+|\S/g) ?? [];
  }

  whole(): Values {
    const value = this.#expression();
    if (this.#tokens.length > 0 || !isValues(value)) this.#fail();
    return value as Values;
  }

  #fail(): never {
    throw new SyntaxError(`Cannot compute ${this.text}: it stops at ${this.#tokens.join(" ")}`);
  }

  #take(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) this.#fail();
  }

  #expression(): Values | number {
    let value = this.#term();
    while (["+", "-"].includes(this.#tokens[0])) {
      const plus = this.#tokens.shift() === "+";
      value = combine(value, this.#term(), (a, b) => plus ? a + b : a - b);
    }
    return value;
  }

  #term(): Values | number {
    let value = this.#factor();
    while (["*", "/"].includes(this.#tokens[0])) {
      const times = this.#tokens.shift() === "*";
      value = combine(value, this.#factor(), (a, b) => times ? a * b : a / b);
    }
    return value;
  }

  #factor(): Values | number {
    let value = this.#first();
    while (/^\.[A-Za-z]/.test(this.#tokens[0] ?? "")) {
      const method = this.#tokens.shift();
      if (!isValues(value)) this.#fail();
      if (method === ".T") value = transpose(value as Values);
      else if (method === ".reshape") value = reshape(value as Values, this.#numbers());
      else if (method === ".astype") {
        for (const token of ["(", '"float32"', ")"]) this.#expect(token);
      } else this.#fail();
    }
    return value;
  }

  #first(): Values | number {
    const token = this.#tokens.shift() ?? "";
    if (token === "x") return this.x;
    if (/^\d/.test(token)) return Number(token);
    if (token === "(") {
      const value = this.#expression();
      this.#expect(")");
      return value;
    }
    if (token !== "np.clip" && token !== "np.moveaxis") this.#fail();
    this.#expect("(");
    const value = this.#expression();
    this.#expect(",");
    const [first, second] = this.#numbers(true);
    if (!isValues(value)) this.#fail();
    if (token === "np.clip") {
      return combine(value, 0, (a) => Math.min(second, Math.max(first, a)));
    }
    // From the last axis to the first is all that is advised.
    if (first !== -1 || second !== 0) this.#fail();
    return lastAxisFirst(value as Values);
  }

  /** Numbers in brackets, the opening one already taken or not. */
  #numbers(opened = false): number[] {
    if (!opened) this.#expect("(");
    const numbers: number[] = [];
    do {
      const sign = this.#take("-") ? -1 : 1;
      numbers.push(sign * Number(this.#tokens.shift()));
    } while (this.#take(","));
    this.#expect(")");
    return numbers;
  }
}

function combine(
  a: Values | number,
  b: Values | number,
  f: (a: number, b: number) => number,
): Values | number {
  if (isValues(a) && isValues(b)) throw new TypeError("one of the two must be a number");
  if (isValues(a)) return { ...a, data: a.data.map((value) => f(value, b as number)) };
  if (isValues(b)) return { ...b, data: b.data.map((value) => f(a, value)) };
  return f(a, b);
}

function reshape({ shape, data }: Values, wanted: number[]): Values {
  const known = wanted.filter((side) => side !== -1).reduce((a, b) => a * b, 1);
  const sides = wanted.map((side) => side === -1 ? data.length / known : side);
  if (sides.reduce((a, b) => a * b, 1) !== data.length || !sides.every(Number.isInteger)) {
    throw new TypeError(`cannot reshape [${shape}] to [${wanted}]`);
  }
  return { shape: sides, data };
}

function transpose({ shape, data }: Values): Values {
  if (shape.length !== 2) throw new TypeError(`advice transposes two axes, got [${shape}]`);
  const [rows, columns] = shape;
  const turned = data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
  return { shape: [columns, rows], data: turned };
}

function lastAxisFirst({ shape, data }: Values): Values {
  const last = shape.at(-1)!;
  const { data: turned } = transpose({ shape: [data.length / last, last], data });
  return { shape: [last, ...shape.slice(0, -1)], data: turned };
}
