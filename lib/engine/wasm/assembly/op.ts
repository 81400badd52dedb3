import { PlacedWord, Word } from "../../operation_protocol";

// @ts-ignore: decorator
@inline
export function word(op: usize, index: i32): i32 {
  return load<i32>(op + (<usize> index << 2));
}

// @ts-ignore: decorator
@inline
export function address(op: usize, index: i32): usize {
  return <usize> load<u32>(op + (<usize> index << 2));
}

// @ts-ignore: decorator
@inline
export function number(op: usize, index: i32): f32 {
  return load<f32>(op + (<usize> index << 2));
}

/** The first item of chunk `chunk`. */
// @ts-ignore: decorator
@inline
export function chunkStart(op: usize, chunk: i32): i32 {
  const fine = chunk - word(op, PlacedWord.FirstFine);
  const size = word(op, Word.ChunkSize);
  if (fine <= 0 || word(op, PlacedWord.FineSize) == 0) return chunk * size;
  return (chunk - fine) * size + fine * word(op, PlacedWord.FineSize);
}

/** Where it ends: at most at `all`. */
// @ts-ignore: decorator
@inline
export function chunkEnd(op: usize, chunk: i32, all: i32): i32 {
  return min(chunkStart(op, chunk + 1), all);
}
