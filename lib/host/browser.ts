/**
 * The host in a browser, in a page and in its workers. In the import map of a bundle it stands for
 * `deno.ts`.
 *
 * What comes with the library is fetched from the bundle's folder: `data/…` and `lib/…` as in the
 * project, the files of npm packages below `npm/`. A thread is `thread.js` beside it, made from
 * `lib/wasm/worker.ts`. Threads share their memory, so the page must be isolated:
 * `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`. In
 * one that is not, the engine has one thread. Train in a worker: a page itself may wait neither for
 * threads nor for a file, so it has no engine, and autodiff takes its steps on one thread.
 *
 * Browsers differ: `docs/browsers.md` says in what, and what is done about it.
 *
 * @module
 */
import "./missing.ts";
import { sha256 } from "@noble/hashes/sha2.js";
import { GzipError } from "./gzip_error.ts";
import { type Asset, type Host } from "./host.ts";
import { offeredOutlet } from "./outlet.ts";
import { bytesOfResponse, fetchPacked, PACKED, pickedFiles } from "./picked.ts";
import { written } from "./written.ts";

/** Browsers have it and Deno has not, so its types are not known here. */
declare const XMLHttpRequest: new () => {
  responseType: "arraybuffer";
  readonly status: number;
  readonly response: ArrayBuffer;
  open(method: string, url: string, async: boolean): void;
  send(): void;
};

/** The error for something that is not there. */
class NotFound extends Error {
  override name = "NotFound";
}

/** The name of a worker that is a thread. */
const THREAD = "gan-workbook thread";

/**
 * What a thread is handed. The listener is there from the first moment: nothing keeps the message
 * for modules that run later.
 */
const handed: Promise<unknown> = new Promise((resolve) => {
  if ((globalThis as { name?: unknown }).name !== THREAD) return;
  addEventListener("message", (event) => resolve((event as MessageEvent).data), { once: true });
});

export const host: Host = {
  NotFound,
  files: pickedFiles(NotFound),
  get jupyter() {
    return offeredOutlet();
  },
  get tensorflowFolder() {
    return placeOf("npm:@tensorflow/tfjs-backend-wasm/dist/");
  },

  async asset(name) {
    if (PACKED.test(name)) {
      const bytes = await fetchPacked(`${placeOf(name)}.gz`, name.split("/").at(-1)!, gunzip);
      if (bytes) return bytes;
    }
    const response = await fetch(placeOf(name));
    if (response.ok) return await bytesOfResponse(response, name.split("/").at(-1)!);
    await response.body?.cancel();
    throw refusal(name, response.status);
  },
  assetNow(name) {
    const request = new XMLHttpRequest();
    request.open("GET", placeOf(name), false);
    request.responseType = "arraybuffer";
    request.send();
    if (request.status === 200) return new Uint8Array(request.response);
    throw refusal(name, request.status);
  },
  placeOf,

  environment: () => undefined,
  prepareGraphics() {},

  get threads() {
    const { document, crossOriginIsolated } = globalThis as Record<string, unknown>;
    return document === undefined && crossOriginIsolated === true;
  },
  startThread(data) {
    if ("document" in globalThis) {
      throw new Error("Cannot start a thread: a page may not wait for one, only its workers may");
    }
    if (!host.threads) {
      throw new Error(
        "Cannot start a thread: it shares memory, which a browser allows in isolated pages alone. " +
          "Serve the page with the headers that docs/browsers.md names",
      );
    }
    const url = new URL("./thread.js", import.meta.url);
    const worker = new Worker(url, { type: "module", name: THREAD });
    worker.addEventListener("error", (event) => event.preventDefault());
    worker.postMessage(data);
    return worker;
  },
  threadData: <T>() => handed as Promise<T>,

  sha256(...parts) {
    const hash = sha256.create();
    for (const part of parts) {
      hash.update(typeof part === "string" ? new TextEncoder().encode(part) : part);
    }
    return hash.digest().toHex();
  },
  gunzip,
  gunzipStart,

  nextTurn,
  pause: (ms) => ms === 0 ? nextTurn() : new Promise((resolve) => setTimeout(resolve, ms)),

  inspect: written,
};

function placeOf(name: Asset): string {
  return new URL(`./${name.replace(/^npm:/, "npm/")}`, import.meta.url).href;
}

function refusal(name: Asset, status: number): Error {
  const message = `Cannot fetch ${placeOf(name)}: the server answered ${status}`;
  return status === 404 ? new NotFound(message) : new Error(message);
}

/** A message to itself: a browser's timers wait for 4 ms when there are many. */
function nextTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

async function gunzip(packed: Uint8Array, mostBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const { reader, writer } = unpacker();
  let taken = false;
  const write = async () => {
    await writer.write(packed as Uint8Array<ArrayBuffer>);
    taken = true;
    await writer.close();
  };
  // A failure shows at the reading end.
  write().catch(() => {});
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    for (let next; !(next = await reader.read()).done;) {
      parts.push(next.value);
      size += next.value.length;
      if (size > mostBytes) throw new GzipError("longer", `more than ${mostBytes} bytes`);
    }
  } catch (error) {
    if (error instanceof GzipError) {
      await reader.cancel();
      throw error;
    }
    // Damaged bytes fail when they are taken; a cut file fails when nothing more comes.
    throw new GzipError(taken ? "truncated" : "damaged", (error as Error).message);
  }
  return joined(parts);
}

async function gunzipStart(beginning: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const { reader, writer } = unpacker();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const read = async () => {
    for (let next; !(next = await reader.read()).done;) parts.push(next.value);
  };
  const reading = read().catch(() => {});
  try {
    await writer.write(beginning as Uint8Array<ArrayBuffer>);
  } catch (error) {
    throw new GzipError("damaged", (error as Error).message);
  }
  // It is never closed, which would be an error for a cut file: what has come by now is all.
  await nextTurn();
  await reader.cancel();
  await reading;
  return joined(parts);
}

/** Safari before 27 cannot iterate a stream, so it is read by a reader. */
function unpacker() {
  const { readable, writable } = new DecompressionStream("gzip");
  return {
    reader: (readable as ReadableStream<Uint8Array<ArrayBuffer>>).getReader(),
    writer: writable.getWriter(),
  };
}

function joined(parts: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
