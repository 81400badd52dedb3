/**
 * The connection file: where a kernel listens, and the key that its messages are signed with.
 *
 * Source: https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files
 *
 * @module
 */
import * as v from "valibot";
import { shaped } from "@/formats/shaped.ts";

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));

const shape = v.object({
  ip: v.string(),
  transport: v.literal("tcp"),
  key: v.string(),
  signature_scheme: v.optional(v.literal("hmac-sha256"), "hmac-sha256"),
  shell_port: port,
  iopub_port: port,
  stdin_port: port,
  control_port: port,
  hb_port: port,
});

/** What a connection file holds. */
export type Connection = v.InferOutput<typeof shape>;

const PORTS = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"] as const;

/**
 * Reads a connection file.
 *
 * @throws {RangeError} If it is not one, or asks for another transport or signature than ours.
 */
export async function readConnection(path: string): Promise<Connection> {
  return shaped(
    shape,
    await Deno.readTextFile(path),
    `Cannot start the kernel: ${path} is no file of Jupyter's`,
  );
}

/** A connection on five ports of the loopback that are free at the moment. */
export function freeConnection(): Connection {
  const listeners = PORTS.map(() => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  // All are held until the last is found, so that no two are the same.
  const ports = listeners.map((listener) => (listener.addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return {
    ip: "127.0.0.1",
    transport: "tcp",
    key: crypto.randomUUID(),
    signature_scheme: "hmac-sha256",
    ...Object.fromEntries(PORTS.map((name, i) => [name, ports[i]])) as Record<
      typeof PORTS[number],
      number
    >,
  };
}
