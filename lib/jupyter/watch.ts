/**
 * Ends Deno's kernel when ours is gone, whatever its cells calculate: a worker, since it has a thread of its own.
 *
 * @module
 */

/** What the worker is told: where ours listens, and what it says there. */
export interface Watch {
  port: number;
  greeting: string;
}

/// <reference lib="deno.worker" />
(self as unknown as Worker).onmessage = async ({ data }: MessageEvent<Watch>) => {
  try {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: data.port });
    await connection.write(new TextEncoder().encode(data.greeting));
    while (await connection.read(new Uint8Array(64)) !== null);
  } catch { /* Nobody listens any more. */ }
  Deno.kill(Deno.pid, "SIGKILL");
};
