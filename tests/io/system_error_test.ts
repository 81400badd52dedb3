/** What the system says is told apart from what a program does wrong, and in one line. */
import { assertEquals, assertThrows } from "@std/assert";
import { firstError, isLasting, oneLine, systemCode } from "@/io/system_error.ts";
import { GraderFailure } from "@/course/failure.ts";

Deno.test("the system's code is found behind other errors, and no other error has one", () => {
  const system = assertThrows(() => Deno.readFileSync("/no/such/file"));
  assertEquals(systemCode(system), "ENOENT");
  assertEquals(systemCode(new GraderFailure("grade", system)), "ENOENT");
  assertEquals(
    systemCode(Object.assign(new Error(""), { code: "ERR_INVALID_ARG_TYPE" })),
    undefined,
  );
  assertEquals([new TypeError("x"), "text", undefined].map(systemCode), [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("a missing permission lasts, behind other errors too; a full disk does not", () => {
  const refused = Object.assign(new Deno.errors.PermissionDenied("no"), { code: "EACCES" });
  assertEquals(isLasting(new GraderFailure("grade", refused)), true);
  assertEquals(isLasting(Object.assign(new Error("full"), { code: "ENOSPC" })), false);
});

Deno.test("an error is one line, with what its causes add", () => {
  const cause = new Error("no space\n  left on the disk");
  assertEquals(
    oneLine(new Error("cannot write", { cause })),
    "cannot write: no space left on the disk",
  );
  assertEquals(oneLine(new Error("cannot write: x", { cause: new Error("x") })), "cannot write: x");
  const ring = new Error("ring");
  ring.cause = ring;
  assertEquals(oneLine(ring), "ring");
});

Deno.test("of two errors the first is told, not the one of tidying up", () => {
  const error = assertThrows(() => {
    using _ = {
      [Symbol.dispose]: () => {
        throw new Error("tidying");
      },
    };
    throw new Error("first");
  });
  assertEquals((firstError(error) as Error).message, "first");
  assertEquals(oneLine(error), "first");
});
