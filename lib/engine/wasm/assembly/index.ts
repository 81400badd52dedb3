/**
 * Runs a list of operations. Every thread that has joined calls `run` with the same list. For each
 * operation they take its chunks from a counter; none begins an operation before those are done
 * that it waits for, and none leaves before all are. A thread that joins late, or never, costs time
 * and changes no number. One that fails calls `abandon`.
 */
import { Code, COUNTER_BYTES, MANY_CHUNKS, OP_BYTES, PlacedWord, Word } from "../../operation_protocol";
import { headD, headG, penalty } from "./heads";
import { loadRows, pack, transpose, unpack } from "./moves";
import { word } from "./op";
import { adam, blend, check, momentum } from "./optimisers";
import { backward, forward, gradient, toAffine } from "./products";

/**
 * How often a thread looks at a counter before it sleeps: about 80 µs, longer than most chunks
 * take. A thread that looked on would keep another program, which may be a training too, from its
 * core.
 */
const LOOKS: i32 = 80000;
/** The longest sleep, in nanoseconds; a sleeper is woken, but for one whose list was abandoned. */
const SLEEP: i64 = 1000000;

/** Places of the counters of an operation: chunks taken; chunks done, and threads that sleep. */
const DONE: usize = COUNTER_BYTES / 2;
const SLEEPERS: usize = DONE + 4;

export function run(program: usize, operations: i32, counters: usize): void {
  let finished = 0;
  for (let i = 0; i < operations; i++) {
    const op = program + <usize> i * OP_BYTES;
    const before = i - word(op, PlacedWord.Ahead);
    for (; finished < before; finished++) {
      waitUntil(counters + <usize> finished * COUNTER_BYTES + DONE, chunksOf(program, finished));
    }
    takeChunks(op, counters + <usize> i * COUNTER_BYTES);
  }
  for (; finished < operations; finished++) {
    waitUntil(counters + <usize> finished * COUNTER_BYTES + DONE, chunksOf(program, finished));
  }
}

// @ts-ignore: decorator
@inline
function chunksOf(program: usize, operation: i32): i32 {
  return word(program + <usize> operation * OP_BYTES, Word.Chunks);
}

function takeChunks(op: usize, counter: usize): void {
  const chunks = word(op, Word.Chunks);
  const done = counter + DONE;
  let own = 0;
  while (true) {
    const chunk = atomic.add<i32>(counter, 1);
    if (chunk >= MANY_CHUNKS) {
      // The gate is closed, or the list was abandoned.
      if (atomic.load<i32>(done) >= chunks) break;
      waitForGate(counter, done, chunks);
      continue;
    }
    if (chunk >= chunks) break;
    execute(op, chunk);
    own++;
  }
  if (own && atomic.add<i32>(done, own) + own >= chunks && atomic.load<i32>(counter + SLEEPERS)) {
    atomic.notify(done);
  }
}

/** Returns when the counter at `done` has reached `chunks`. */
function waitUntil(done: usize, chunks: i32): void {
  for (let looks = 0; looks < LOOKS; looks++) {
    if (atomic.load<i32>(done) >= chunks) return;
  }
  const sleepers = done + 4;
  atomic.add<i32>(sleepers, 1);
  while (true) {
    const seen = atomic.load<i32>(done);
    if (seen >= chunks) break;
    atomic.wait<i32>(done, seen, SLEEP);
  }
}

/** Returns when chunks may be taken, or need not be any more. */
function waitForGate(counter: usize, done: usize, chunks: i32): void {
  let looks = 0;
  while (true) {
    const taken = atomic.load<i32>(counter);
    if (taken < MANY_CHUNKS || atomic.load<i32>(done) >= chunks) return;
    if (++looks > LOOKS) atomic.wait<i32>(counter, taken, SLEEP);
  }
}

/**
 * As if all chunks of a list were taken and done: nobody takes one any more, and nobody waits for
 * one.
 */
export function abandon(_program: usize, operations: i32, counters: usize): void {
  const end = counters + <usize> operations * COUNTER_BYTES;
  for (let counter = counters; counter < end; counter += COUNTER_BYTES) {
    atomic.store<i32>(counter, MANY_CHUNKS);
    atomic.store<i32>(counter + DONE, MANY_CHUNKS);
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
