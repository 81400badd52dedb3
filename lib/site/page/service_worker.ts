/**
 * The service worker of the book: keeps its files, so that the book works without a network, and
 * sends the headers that isolate its pages where the host does not.
 *
 * The build puts `self.__BOOK = {…}` in front of this program: every file with the SHA-256 of its
 * bytes. A file is kept under its address and that digest, so editions do not mix: a new edition
 * fetches what has changed, takes the rest from the one before and, once it has taken over, removes
 * that. A file that is not what the edition says, as while a host is being updated, is shown and not
 * kept.
 *
 * It is a script of its own and imports nothing.
 *
 * @module
 */

/** What the build says of an edition. */
interface BookEdition {
  version: string;
  /** By its path in the site, the SHA-256 of a file, in hexadecimal digits. */
  files: Record<string, string>;
  /** Paths of files that are kept only once they were asked for. */
  large: string[];
}

interface LastingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchedEvent extends LastingEvent {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

interface ServiceWorkerScope {
  __BOOK: BookEdition;
  registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  clients: {
    claim(): Promise<void>;
    matchAll(): Promise<{ postMessage(message: unknown): void }[]>;
  };
  addEventListener(type: "fetch", heard: (event: FetchedEvent) => void): void;
  addEventListener(type: "message", heard: (event: LastingEvent & MessageEvent) => void): void;
  addEventListener(type: "install" | "activate", heard: (event: LastingEvent) => void): void;
}

const worker = self as unknown as ServiceWorkerScope;
const { version, files, large } = worker.__BOOK;
const SCOPE = worker.registration.scope;
/** The caches of this site, of all editions, begin like this. */
const OWN = `gan-workbook ${SCOPE} `;
const KEPT = OWN + version;

/** How many files are fetched at the same time. */
const AT_ONCE = 4;

const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

worker.addEventListener("install", (event) => {
  // The first edition takes over at once, so that its pages are isolated soon. A newer one fetches
  // all that is new, and waits until the reader wants it.
  event.waitUntil(worker.registration.active ? keepAll() : worker.skipWaiting());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([worker.clients.claim(), forgetOld()]));
});

worker.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(worker.skipWaiting());
  if (event.data === "keep") event.waitUntil(keepAndTell());
});

worker.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(SCOPE)) event.respondWith(answer(event.request));
});

/** A file from what is kept, or else from the host. */
async function answer(request: Request): Promise<Response> {
  const path = pathOf(request.url);
  const key = path === undefined ? undefined : keyOf(path);
  if (path === undefined || key === undefined) return isolated(await fetch(request));
  const cache = await caches.open(KEPT).catch(() => undefined);
  return await cache?.match(key).catch(() => {}) ?? await fetched(path, key, cache);
}

/** Fetches a file, and keeps it if it is this edition's and there is room. */
async function fetched(path: string, key: string, cache?: Cache): Promise<Response> {
  const response = await fetch(SCOPE + path, { cache: "no-cache" });
  if (!response.ok) return isolated(response);
  const bytes = await response.arrayBuffer();
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const copy = isolated(response, bytes);
  if (hexadecimal(digest) === files[path]) await cache?.put(key, copy.clone()).catch(() => {});
  return copy;
}

/** An answer that lets pages and workers share memory. */
function isolated(response: Response, body: BodyInit | null = response.body): Response {
  // What a browser makes of an answer from elsewhere, or of a page that has moved, stays as it is.
  if (response.type === "opaque" || response.type === "opaqueredirect") return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(status === 204 || status === 304 ? null : body, {
    status,
    statusText,
    headers,
  });
}

/** Keeps every file that is not large, as far as the host has them and there is room. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(KEPT);
  const waiting = await missing(cache);
  const fetchOnes = async () => {
    for (let path; (path = waiting.shift()) !== undefined;) {
      const key = keyOf(path)!;
      if (await takeOver(key, cache)) continue;
      const response = await fetched(path, key, cache);
      if (!response.ok) throw new Error(`Cannot keep ${path}: got ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fetchOnes));
}

/** Paths of what is to be kept and is not. */
async function missing(cache: Cache): Promise<string[]> {
  const kept = new Set((await cache.keys()).map(({ url }) => url));
  return Object.keys(files).filter((path) => !large.includes(path) && !kept.has(keyOf(path)!));
}

async function keepAndTell(): Promise<void> {
  const cache = await caches.open(KEPT);
  if ((await missing(cache)).length === 0) return;
  await keepAll();
  // Without one of its files, the book would not work offline.
  if ((await missing(cache)).length > 0) return;
  for (const client of await worker.clients.matchAll()) {
    client.postMessage({ type: "kept", version });
  }
}

/** Takes a file from another edition that has the same; returns whether it is here now. */
async function takeOver(key: string, cache: Cache): Promise<boolean> {
  try {
    const same = await caches.match(key);
    if (same) await cache.put(key, same);
    return same !== undefined;
  } catch {
    return false; // There is no room.
  }
}

/** Removes all other editions, but for what this one has as well. */
async function forgetOld(): Promise<void> {
  const cache = await caches.open(KEPT);
  for (const path of large) await takeOver(keyOf(path)!, cache);
  for (const name of await caches.keys()) {
    if (name.startsWith(OWN) && name !== KEPT) await caches.delete(name);
  }
}

/** The path of an address in the site; undefined if it is no text. */
function pathOf(url: string): string | undefined {
  let path = new URL(url).pathname.slice(new URL(SCOPE).pathname.length);
  try {
    path = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  return path === "" || path.endsWith("/") ? `${path}index.html` : path;
}

/** What a file is kept under; undefined for what is no file of this edition. */
function keyOf(path: string): string | undefined {
  if (!Object.hasOwn(files, path)) return undefined;
  return new URL(`${SCOPE}${encodeURI(path)}?${files[path]}`).href;
}

function hexadecimal(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
