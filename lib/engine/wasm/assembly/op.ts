import { Word } from "../../operation_protocol";

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

/** Where chunk `chunk` begins, and ends: at most at `all`. */
// @ts-ignore: decorator
@inline
export function chunkStart(op: usize, chunk: i32): i32 {
  return chunk * word(op, Word.ChunkSize);
}

// @ts-ignore: decorator
@inline
export function chunkEnd(op: usize, chunk: i32, all: i32): i32 {
  return min((chunk + 1) * word(op, Word.ChunkSize), all);
}
