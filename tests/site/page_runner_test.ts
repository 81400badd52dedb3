/** Cells in a worker: one at a time, in order, until one fails or is stopped. */
import { assertEquals, assertMatch } from "@std/assert";
import { CellRunner, type CellState, type CellsWorker } from "@/site/page/cell_runner.ts";
import { type CellToRun, type FromCells, type ToCells } from "@/site/cell_messages.ts";

/** A page, and a worker whose answers are given by the test. */
class Stage {
  readonly sent: ToCells[] = [];
  readonly states: Record<string, CellState["name"]> = {};
  readonly said: string[] = [];
  workers = 0;
  ended = 0;
  readonly runner: CellRunner;
  #worker?: CellsWorker;
  code = (id: string) => `code of ${id}`;

  constructor() {
    this.runner = new CellRunner(() => this.#make(), {
      settings: () => ({ backend: "auto", isolated: true }),
      // More than is asked for: what a page has of a cell cannot all be sent.
      cell: (id) => ({ code: this.code(id), number: Number(id), element: () => {} }),
      changed: (id, { name }) => this.states[id] = name,
      heard: (message) => this.said.push(message.type),
      busy: () => {},
      died: (why) => this.said.push(why),
    });
  }

  #make(): CellsWorker {
    this.workers++;
    return this.#worker = {
      postMessage: (message) => this.sent.push(structuredClone(message)),
      terminate: () => this.ended++,
      onmessage: null,
      onerror: null,
    };
  }

  tell(message: FromCells): void {
    this.#worker!.onmessage?.({ data: message } as MessageEvent<FromCells>);
  }

  fail(message: string): void {
    this.#worker!.onerror!({ message, preventDefault() {} } as ErrorEvent);
  }

  end(id: string, how: Partial<FromCells & { type: "ended" }> = {}): void {
    this.tell({ type: "began", id });
    this.tell({ type: "ended", id, seconds: 1, ...how });
  }

  /** The cells that were handed over. */
  get handed(): CellToRun[] {
    return this.sent.flatMap((message) => message.type === "run" ? message.cells : []);
  }
}

const ERROR = { name: "Error", message: "no", stack: "" };

Deno.test("cells are handed over one by one, each when the one before has ended", () => {
  const stage = new Stage();
  stage.runner.run(["1", "2"]);
  assertEquals(stage.sent, [{ type: "start", settings: { backend: "auto", isolated: true } }]);
  stage.tell({ type: "ready" });
  assertEquals(stage.handed, [{ id: "1", number: 1, code: "code of 1" }]);
  stage.tell({ type: "began", id: "1" });
  assertEquals(stage.states, { 1: "running", 2: "waiting" });
  // What waits can still be edited.
  stage.code = (id) => `new code of ${id}`;
  stage.end("1");
  assertEquals(stage.handed[1], { id: "2", number: 2, code: "new code of 2" });
  stage.end("2");
  assertEquals(stage.states, { 1: "done", 2: "done" });
  assertEquals([...stage.runner.ran], ["1", "2"]);
  assertEquals(stage.workers, 1);
});

Deno.test("when a cell fails, those that wait are given up, and it has not run", () => {
  const stage = new Stage();
  stage.runner.run(["1", "2", "3"]);
  stage.tell({ type: "ready" });
  stage.end("1");
  stage.end("2", { error: ERROR });
  assertEquals(stage.states, { 1: "done", 2: "failed", 3: "given up" });
  assertEquals([...stage.runner.ran], ["1"]);
  assertEquals(stage.handed.length, 2);
  stage.runner.run(["2"]);
  assertEquals(stage.handed.length, 3);
});

Deno.test("a cell that has run well and fails when it is run again counts as not run", () => {
  const stage = new Stage();
  stage.runner.run(["1"]);
  stage.tell({ type: "ready" });
  stage.end("1");
  stage.runner.run(["1"]);
  stage.end("1", { error: ERROR });
  assertEquals([...stage.runner.ran], []);
});

Deno.test("a cell that is stopped counts as run, what waits is given up, and the worker lives on", () => {
  const stage = new Stage();
  stage.runner.run(["1", "2"]);
  stage.tell({ type: "ready" });
  stage.tell({ type: "began", id: "1" });
  stage.runner.stop();
  assertEquals(stage.sent.at(-1), { type: "stop" });
  assertEquals(stage.states, { 1: "running", 2: "given up" });
  stage.tell({ type: "ended", id: "1", seconds: 1, stopped: true, error: ERROR });
  assertEquals(stage.states[1], "stopped");
  assertEquals([...stage.runner.ran], ["1"]);
  stage.runner.run(["2"]);
  stage.end("2");
  assertEquals([stage.states[2], stage.workers], ["done", 1]);
});

Deno.test("what is asked for after a stop runs once the stopped cell has ended", () => {
  const stage = new Stage();
  stage.runner.run(["1", "2"]);
  stage.tell({ type: "ready" });
  stage.tell({ type: "began", id: "1" });
  stage.runner.stop();
  stage.runner.run(["3"]);
  stage.tell({ type: "ended", id: "1", seconds: 1, stopped: true, error: ERROR });
  stage.end("3");
  assertEquals(stage.states, { 1: "stopped", 2: "given up", 3: "done" });
});

Deno.test("a worker that fails is said, and the next run starts a new one from the top", () => {
  const stage = new Stage();
  stage.runner.run(["1", "2"]);
  stage.tell({ type: "ready" });
  stage.end("1");
  stage.fail("out of memory");
  assertMatch(stage.said.at(-1)!, /has failed: out of memory. Run a cell to start a new one/);
  assertEquals([stage.states[2], stage.runner.ran.size, stage.ended], ["stopped", 0, 1]);
  stage.runner.run(["2"]);
  stage.tell({ type: "ready" });
  assertEquals([stage.workers, stage.handed.at(-1)!.id], [2, "2"]);
});

Deno.test("a reset forgets what was run, and what the old worker says late is not heard", () => {
  const stage = new Stage();
  stage.runner.run(["1"]);
  stage.tell({ type: "ready" });
  stage.tell({ type: "began", id: "1" });
  stage.runner.reset();
  assertEquals([stage.states[1], stage.runner.hasRun, stage.ended], ["stopped", false, 1]);
  stage.end("1");
  assertEquals([stage.states[1], stage.runner.ran.size], ["stopped", 0]);
});

Deno.test("the reader's files are given to every worker, the last one of a name", () => {
  const stage = new Stage();
  const file = (name: string, byte: number) => ({ name, bytes: new Uint8Array([byte]) });
  stage.runner.addFile(file("a.npy", 1));
  stage.runner.addFile(file("a.npy", 2));
  stage.runner.start();
  stage.runner.addFile(file("b.npy", 3));
  const given = () =>
    stage.sent.flatMap((message) => message.type === "file" ? [message.bytes[0]] : []);
  assertEquals(given(), [2, 3]);
  stage.runner.reset();
  stage.runner.start();
  assertEquals(given(), [2, 3, 2, 3]);
});
