import { assertEquals } from "@std/assert";
import { table, tableText } from "@/plot/table.ts";
import { alignedNumbers, numberAlone, plainText, typeset, wrapped } from "@/plot/typeset.ts";

Deno.test("numbers of a column have one number of decimals, and their points stand below each other", () => {
  const columns: [number[], string[]][] = [
    [[1.386294, 0.693147], ["1.386", "0.693"]],
    [[0.5, 2, 8], ["0.5", "2.0", "8.0"]],
    [[10, 2, 1200], ["10", "2", "1200"]],
    [[0.1321, 0.0083], ["0.1321", "0.0083"]],
    [[241.2, 0.16681], ["241.200", "0.167"]],
    [[-1.25, NaN, Infinity], ["−1.25", "NaN   ", "∞   "]],
  ];
  for (const [values, expected] of columns) assertEquals(alignedNumbers(values), expected);
  const places = (text: string) =>
    text.indexOf(".") < 0 ? text.length : text.indexOf(".") - text.length;
  const texts = alignedNumbers([0.25, 1e-9, 12_345.6, 3]);
  assertEquals(new Set(texts.filter((text) => text.includes(".")).map(places)).size, 1, `${texts}`);
});

Deno.test("from 10,000 on numbers are whole, with commas: every digit counts", () => {
  assertEquals(alignedNumbers([1_505_680, 803_600, 9999]), ["1,505,680", "803,600", "9,999"]);
  assertEquals([numberAlone(1_505_680), numberAlone(-12_345.6)], ["1,505,680", "−12,346"]);
  assertEquals(tableText(table({ n: [1e4, 1.5] })), "       n\n10,000\n     1.5");
});

Deno.test("nothing that is not 0 is written as 0, and 0 without decimals", () => {
  assertEquals(alignedNumbers([0, 1e-17, 0.25]), ["0        ", "1.0·10⁻¹⁷", "0.25     "]);
  for (const value of [3e-5, -2e-12, 7e-300]) {
    assertEquals(/[1-9].*·10⁻/.test(numberAlone(value)), true, numberAlone(value));
  }
  assertEquals([numberAlone(0), numberAlone(-0)], ["0", "0"]);
});

Deno.test("names are set as mathematics has them, and plain text has them as they were", () => {
  const texts: [string, string][] = [
    ["p_data", "p<sub>data</sub>"],
    [
      "KL(p_data‖p_g), D* for p_g = p_data",
      "KL(p<sub>data</sub>‖p<sub>g</sub>), D* for p<sub>g</sub> = p<sub>data</sub>",
    ],
    ["p_data(x | y)", "p<sub>data</sub>(x | y)"],
    ["p_goal and map_data stay", "p_goal and map_data stay"],
    ["k-means, non-saturating", "k-means, non-saturating"],
  ];
  for (const [plain, set] of texts) {
    assertEquals(typeset(plain), set);
    assertEquals(typeset(set), set);
    assertEquals(plainText(set), plain);
  }
});

Deno.test("a minus is one that no line ends after; a hyphen stays", () => {
  assertEquals(typeset("within 0.001 nats of -log 4"), "within 0.001 nats of −log 4");
  assertEquals(typeset("(-1, -D) - ½, E = -V"), "(−1, −D) − ½, E = −V");
});

Deno.test("a text is broken between words only, a long word has a line of its own", () => {
  assertEquals(wrapped("half the width of the band"), "half the width<br>of the band");
  assertEquals(wrapped("Parzen-score", 5), "Parzen-score");
  assertEquals(wrapped("a p<sub>data</sub> b", 8), "a p<sub>data</sub><br>b");
});
