/**
 * Ends Deno's kernel when ours is gone, whatever its cells calculate: a worker does it, since it
 * has a thread of its own.
 *
 * @module
 */

/** What the worker is told: where ours listens, and what it says there. */
export interface Watch {
  port: number;
  greeting: string;
}

globalThis.addEventListener("message", async (event) => {
  const { port, greeting } = (event as MessageEvent<Watch>).data;
  try {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(greeting));
    while (await connection.read(new Uint8Array(64)) !== null);
  } catch { /* Nobody listens any more. */ }
  Deno.kill(Deno.pid, "SIGKILL");
});
