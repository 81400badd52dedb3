/**
 * Runs a list of operations. Every thread that has joined calls `run` with the same list; for each
 * operation they take its chunks from a counter, and none goes on before all chunks are done. A thread
 * that joins late, or never, costs time and changes no number.
 */
import { Code, OP_BYTES, Word } from "../../fields";
import { headD, headG, penalty } from "./heads";
import { features, loadRows, pack, unpack } from "./moves";
import { word } from "./op";
import { adam, blend, momentum } from "./optimisers";
import { backward, below, forward, gradient } from "./products";

/** Bytes of the two counters of an operation: each has a cache line of its own. */
const COUNTER_BYTES: usize = 128;
/** Looks at a counter before a thread lies down for a moment: about 20 µs. */
const LOOKS: i32 = 20000;

export function run(program: usize, operations: i32, counters: usize): void {
  for (let i = 0; i < operations; i++) {
    const op = program + <usize> i * OP_BYTES;
    const next = counters + <usize> i * COUNTER_BYTES;
    const done = next + 64;
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

function execute(op: usize, chunk: i32): void {
  switch (word(op, Word.Code)) {
    case Code.Forward:
      return forward(op, chunk);
    case Code.Backward:
      return backward(op, chunk);
    case Code.Below:
      return below(op, chunk);
    case Code.Features:
      return features(op, chunk);
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
    default:
      unreachable();
  }
}
