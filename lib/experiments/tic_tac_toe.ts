/**
 * The rules of tic-tac-toe: what minimax search needs to know of a game.
 *
 * A board is a text of nine letters, row by row: "X", "O", or "." for an empty square. X begins.
 *
 * @module
 */

/** Nine letters, row by row. */
export type Board = string;

/** A player, by the mark that it sets. */
export type Player = "X" | "O";

/** The board before the first mark. */
export const EMPTY_BOARD: Board = ".........";

/** The squares of the rows, the columns and the diagonals. */
const LINES = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
];

/** The player whose turn it is. */
export function playerToMove(board: Board): Player {
  return [...board].filter((mark) => mark !== ".").length % 2 === 0 ? "X" : "O";
}

/** The boards that the next mark can lead to, by its square from the first to the last. */
export function nextBoards(board: Board): Board[] {
  const mark = playerToMove(board);
  return [...board].flatMap((square, i) =>
    square === "." ? [board.slice(0, i) + mark + board.slice(i + 1)] : []
  );
}

/** What X has won at the end: 1, −1 where O has three in a row, 0 for a draw; undefined before. */
export function outcome(board: Board): number | undefined {
  for (const [a, b, c] of LINES) {
    if (board[a] !== "." && board[a] === board[b] && board[a] === board[c]) {
      return board[a] === "X" ? 1 : -1;
    }
  }
  return board.includes(".") ? undefined : 0;
}
