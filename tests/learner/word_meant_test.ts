import { assertEquals } from "@std/assert";
import { wordMeant } from "@/learner/word_meant.ts";

Deno.test("a word is meant whatever its capitals and spaces, and a number by its digits", () => {
  const meant: [unknown, string[], string | undefined][] = [
    ["stay", ["stay", "gather"], "stay"],
    ["Stay ", ["stay", "gather"], "stay"],
    ["leave", ["stay", "gather"], undefined],
    [40, ["40", "0", "Infinity"], "40"],
    [Infinity, ["40", "0", "Infinity"], "Infinity"],
    ["KL(p_data||p_g)", ["KL(p_data‖p_g)", "KL(p_g‖p_data)"], "KL(p_data‖p_g)"],
    ["d", ["D", "d"], "d"],
    ["AB", ["aB", "Ab"], undefined],
    [["stay"], ["stay"], undefined],
  ];
  for (const [given, words, word] of meant) assertEquals(wordMeant(given, words), word);
});
