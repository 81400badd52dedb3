/**
 * Runs a list of operations. Every thread that has joined calls `run` with the same list; for each
 * operation they take its chunks from a counter, and none goes on before all chunks are done. A
 * thread that joins late, or never, costs time and changes no number. One that fails calls
 * `abandon`.
 */
import { Code, COUNTER_BYTES, MANY_CHUNKS, OP_BYTES, Word } from "../../operation_protocol";
import { headD, headG, penalty } from "./heads";
import { loadRows, pack, transpose, unpack } from "./moves";
import { word } from "./op";
import { adam, blend, check, momentum } from "./optimisers";
import { backward, forward, gradient, toAffine } from "./products";

/** How often a thread looks at a counter before it sleeps for a moment: about 20 µs. */
const LOOKS: i32 = 20000;

export function run(program: usize, operations: i32, counters: usize): void {
  for (let i = 0; i < operations; i++) {
    const op = program + <usize> i * OP_BYTES;
    const next = counters + <usize> i * COUNTER_BYTES;
    const done = next + COUNTER_BYTES / 2;
    const chunks = word(op, Word.Chunks);
    let finished = 0;
    while (true) {
      const chunk = atomic.add<i32>(next, 1);
      if (chunk >= chunks) break;
      execute(op, chunk);
      finished++;
    }
    if (finished) atomic.add<i32>(done, finished);
    let looks = 0;
    while (true) {
      const seen = atomic.load<i32>(done);
      if (seen >= chunks) break;
      if (++looks > LOOKS) atomic.wait<i32>(done, seen, 50000);
    }
  }
}

/**
 * As if all chunks of a list were taken and done: nobody takes one any more, and nobody waits for
 * one.
 */
export function abandon(_program: usize, operations: i32, counters: usize): void {
  const end = counters + <usize> operations * COUNTER_BYTES;
  for (let counter = counters; counter < end; counter += COUNTER_BYTES / 2) {
    atomic.store<i32>(counter, MANY_CHUNKS);
  }
}

function execute(op: usize, chunk: i32): void {
  switch (word(op, Word.Code)) {
    case Code.Forward:
      return forward(op, chunk);
    case Code.Backward:
      return backward(op, chunk);
    case Code.ToAffine:
      return toAffine(op, chunk);
    case Code.Transpose:
      return transpose(op, chunk);
    case Code.Gradient:
      return gradient(op, chunk);
    case Code.Load:
      return loadRows(op, chunk);
    case Code.Pack:
      return pack(op, chunk);
    case Code.Unpack:
      return unpack(op, chunk);
    case Code.HeadD:
      return headD(op);
    case Code.HeadG:
      return headG(op);
    case Code.Penalty:
      return penalty(op);
    case Code.Adam:
      return adam(op, chunk);
    case Code.Momentum:
      return momentum(op, chunk);
    case Code.Blend:
      return blend(op, chunk);
    case Code.Check:
      return check(op);
    default:
      unreachable();
  }
}
