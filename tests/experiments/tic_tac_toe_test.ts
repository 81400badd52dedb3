import { assertEquals } from "@std/assert";
import {
  type Board,
  EMPTY_BOARD,
  nextBoards,
  outcome,
  playerToMove,
} from "@/experiments/tic_tac_toe.ts";

Deno.test("the games of tic-tac-toe are as many as are known, and so are their ends", () => {
  const seen = new Set<Board>();
  const ends = { "1": 0, "-1": 0, "0": 0 };
  const play = (board: Board): void => {
    seen.add(board);
    const end = outcome(board);
    if (end === undefined) nextBoards(board).forEach(play);
    else ends[`${end}` as keyof typeof ends]++;
  };
  play(EMPTY_BOARD);
  // 255,168 games over 5,478 boards are the textbook's numbers.
  assertEquals(seen.size, 5478);
  assertEquals(ends, { "1": 131_184, "-1": 77_904, "0": 46_080 });
});

Deno.test("the players take turns, each on an empty square", () => {
  assertEquals(playerToMove("X.O......"), "X");
  assertEquals(nextBoards("XOXOXO.X."), ["XOXOXOOX.", "XOXOXO.XO"]);
});

Deno.test("three in a row, a column or a diagonal end the game, and a full board is a draw", () => {
  assertEquals(["XXX.O.O..", "XO.XO..O.", "X.O.XO..X"].map(outcome), [1, -1, 1]);
  assertEquals(["XOXXOOOXX", "XOXXOOOX."].map(outcome), [0, undefined]);
});
