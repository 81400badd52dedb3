/**
 * Numbers on their way to a GPU: gathered here, written there in one go before a submit, and copied
 * where they belong in its course. Each has a place of its own until it is sent, so that several
 * steps may be waiting.
 *
 * @module
 */

/** Bytes of the first buffer. */
const FIRST = 2 ** 16;
/** Padding of an allocation, which a copy may run over. */
const PADDING = 64;

interface Upload {
  buffer: GPUBuffer;
  bytes: Uint8Array<ArrayBuffer>;
  used: number;
}

interface Copy<Target> {
  upload: Upload;
  from: number;
  target: Target;
  to: number;
  size: number;
}

/** @template Target Where numbers go, as the caller knows it. */
export class Uploads<Target> {
  /** What is not copied yet. */
  #copies: Copy<Target>[] = [];
  /** The last one is in use; those before it were too small. */
  #uploads: Upload[] = [];

  constructor(readonly device: GPUDevice) {}

  /** Bytes that wait to be sent. */
  get waiting(): number {
    return this.#uploads.reduce((sum, { used }) => sum + used, 0);
  }

  /** Puts numbers behind those that are waiting to be sent. */
  put(target: Target, to: number, values: Float32Array | Uint32Array | Uint8Array): void {
    const size = values.byteLength;
    const last = this.#copies.at(-1);
    let upload = this.#uploads.at(-1);
    // Neighbours are copied together, with the padding between them.
    const gap = last && last.target === target && last.upload === upload
      ? to - last.to - last.size
      : -1;
    const joined = gap >= 0 && gap < PADDING;
    const needed = size + (joined ? gap : 0);
    if (!upload || upload.used + needed > upload.bytes.length) {
      upload = this.#createUpload(size);
    }
    const bytes = new Uint8Array(values.buffer, values.byteOffset, size);
    if (joined && upload === last!.upload) {
      upload.bytes.fill(0, upload.used, upload.used + gap);
      upload.bytes.set(bytes, upload.used + gap);
      upload.used += needed;
      last!.size += needed;
      return;
    }
    upload.bytes.set(bytes, upload.used);
    this.#copies.push({ upload, from: upload.used, target, to, size });
    upload.used += size;
  }

  /** What is to be copied now, in this order, so that what follows finds it in its place. */
  take(): { buffer: GPUBuffer; from: number; target: Target; to: number; size: number }[] {
    const taken = this.#copies.map(({ upload: { buffer }, ...rest }) => ({ buffer, ...rest }));
    this.#copies = [];
    return taken;
  }

  /** Writes everything that was put in: right before the submit with the copies. */
  write(): void {
    for (const upload of this.#uploads) {
      const { buffer, bytes, used } = upload;
      if (used > 0) this.device.queue.writeBuffer(buffer, 0, bytes, 0, used);
      upload.used = 0;
    }
  }

  /** Gives up the buffers that were too small: right behind that submit. */
  tidy(): void {
    for (const { buffer } of this.#uploads.splice(0, this.#uploads.length - 1)) buffer.destroy();
  }

  #createUpload(size: number): Upload {
    const length = Math.max(FIRST, 2 * (this.#uploads.at(-1)?.bytes.length ?? 0), size);
    const buffer = this.device.createBuffer({
      size: Math.ceil(length / 4) * 4,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    const upload = { buffer, bytes: new Uint8Array(length), used: 0 };
    this.#uploads.push(upload);
    return upload;
  }
}
